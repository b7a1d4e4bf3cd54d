"""What upper floors add to the register of agreements: functions `(actor, agreements) -> Column`, in this order."""

COLUMNS: list[str] = [
    "mtd.cooperation.queries.lived.register_column",
]
