"""Every write of consultations, one function per verb; import them from here."""
