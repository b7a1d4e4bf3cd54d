"""What the programme office does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.countries.actions import correct_value
from mtd.countries.models import CountryValue


@transaction.atomic(durable=True)
def correct_country_value(
    *,
    actor: Actor,
    country: str,
    key: str,
    value: Any,
    source: str,
    source_date: str,
    confirmed: bool,
    note: Mapping[str, str],
    based_on: int | None = None,
) -> CountryValue:
    """Correct one value of a country record and record who did.

    `value` None: not known; takes an entry off its list. Raises NotAllowed for all but the programme office,
    records.UnknownCountry, records.InvalidValue with every mistake, and Conflict when somebody was faster.
    """
    row = correct_value(
        actor=actor,
        country=country,
        key=key,
        value=value,
        source=source,
        source_date=source_date,
        confirmed=confirmed,
        note=note,
        based_on=based_on,
    )
    verb = "country.value_withdrawn" if value is None else "country.value_corrected"
    record(actor, verb, row, country=country, key=key, number=row.number, confirmed=confirmed)
    return row
