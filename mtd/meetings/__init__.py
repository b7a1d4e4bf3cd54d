"""Meetings: finding a date, inviting, agenda, minutes, decisions, and calendars that other programs read."""
