"""Correcting a country record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mtd.core.actor import Actor
from mtd.core.errors import Conflict, require
from mtd.countries import permissions, queries, records
from mtd.countries.models import CountryValue


@transaction.atomic
def correct_value(
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
    """Put a new state on top of a value's history; nothing is overwritten.

    `value` None means "not known", and takes an entry off its list. `based_on` is the number of the state
    that the person saw. Raises NotAllowed, records.UnknownCountry, records.InvalidValue and, when somebody
    else was faster or nothing would change, Conflict. Not durable and without audit of its own: audit stands
    on the same floor, so mtd.programme.actions.correct_country_value calls this and records it.
    """
    rows = list(CountryValue.objects.select_for_update().filter(country=country, key=key).order_by("number"))
    require(permissions.can_correct(actor))
    now = queries.country(country)
    records.check_fact(
        key,
        value,
        source=source,
        date=source_date,
        confirmed=confirmed,
        note=note,
        regions=now.regions,
    )
    number = rows[-1].number if rows else 0
    if based_on is not None and based_on != number:
        raise Conflict(_somebody_was_faster(), code="corrected_meanwhile")
    before = now.facts.get(key)
    if before is None and value is None:
        raise Conflict(_("There is no such entry to withdraw."), code="nothing_to_withdraw")
    after = (value, source, source_date, confirmed, dict(note))
    if before and after == (before.value, before.source, before.date, before.confirmed, dict(before.note)):
        raise Conflict(_("Nothing is different. Change something, or go back."), code="nothing_changed")
    try:
        with transaction.atomic():
            return CountryValue.objects.create(
                country=country,
                key=key,
                number=number + 1,
                value=value,
                source=source,
                source_date=source_date,
                confirmed=confirmed,
                note=dict(note),
                previous=before
                and {
                    "value": before.value,
                    "source": before.source,
                    "source_date": before.date,
                    "confirmed": before.confirmed,
                    "note": dict(before.note),
                },
                author_id=actor.user_id,
            )
    except IntegrityError as error:
        raise Conflict(_somebody_was_faster(), code="corrected_meanwhile") from error


def _somebody_was_faster() -> str:
    return str(
        _("Somebody has corrected this value meanwhile. Nothing of yours is lost: compare and save again.")
    )
