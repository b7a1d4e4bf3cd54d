"""Who takes in mail that arrives, in this order; the first that knows a message ends the search."""

HANDLERS: list[str] = [
    "mtd.notifications.actions.take_in_bounce",
    "mtd.meetings.actions.take_in_reply",
]
