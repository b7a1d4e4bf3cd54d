"""Every write of this slice, one function per verb; one module per part of the work."""
