"""Reads worth a name, by what they are about; import them from here."""
