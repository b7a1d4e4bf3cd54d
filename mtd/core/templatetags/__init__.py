"""Template tags that every page may load with `{% load mtd %}`."""
