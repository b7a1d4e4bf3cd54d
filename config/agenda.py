"""From where the agenda of a meeting is built: functions `(actor, meeting) -> list[Suggestion]`, in this order."""

SOURCES: list[str] = [
    "mtd.meetings.queries.open_from_before",
    "mtd.cooperation.queries.agenda_suggestions",
]

SPOKEN_ONLY: frozenset[str] = frozenset({"consultation"})
"""Kinds of source that are talked over and not written down, whatever meeting it is: minutes are kept for years, and a
question ends."""

PAGES: dict[str, str] = {"consultation": "mtd.consultations.queries.pages_of"}
"""Kind of source → function `(actor, source_ids) -> {source_id: address}` of those pages that the person may open."""
