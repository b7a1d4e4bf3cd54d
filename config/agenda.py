"""From where the agenda of a meeting is built: functions `(actor, meeting) -> list[Suggestion]`, in this order."""

SOURCES: list[str] = [
    "mtd.meetings.queries.open_from_before",
    "mtd.cooperation.queries.agenda_suggestions",
]
