"""Untrusted input of an agreement's pages; one module per part of the work."""
