"""Steps that the writes about needs share; each runs inside the transaction of the one that calls it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mtd.cooperation.models import Need, NeedGroup
from mtd.cooperation.queries.needs import WAITING
from mtd.core.actor import SYSTEM, Actor
from mtd.core.encryption import EMPTIED, destroy
from mtd.core.errors import Conflict, Refused

LIMIT = 2000
"""Characters of a need: it is written in a minute, and read out in a meeting."""

State = NeedGroup.State


def clean_text(text: str, *, limit: int = LIMIT, name: str = "text", empty: bool = False) -> str:
    """The typed text without blanks around it. Refused when it is empty (unless it may be) or too long."""
    clean = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not clean and not empty:
        raise Refused(_("Write in a sentence what is missing or does not work."), code="empty", field=name)
    if len(clean) > limit:
        raise Refused(
            _("The text has %(count)s characters; at most %(limit)s are possible. Shorten it.")
            % {"count": len(clean), "limit": limit},
            code="too_long",
            field=name,
        )
    return clean


def lock_group(group_id: uuid.UUID) -> NeedGroup:
    """The group as it is now, for a change. Conflict when it was put together with another one meanwhile."""
    group = NeedGroup.objects.select_for_update(of=("self",)).select_related("network").get(pk=group_id)
    if group.merged_into_id is not None:
        raise Conflict(
            _("This need was put together with another one meanwhile. Nothing is lost: go on there."),
            code="merged",
        )
    return group


def lock_group_of(need: Need) -> NeedGroup:
    """The group that holds a need now, wherever it was moved meanwhile."""
    return lock_group(Need.objects.values_list("group_id", flat=True).get(pk=need.pk))


def require_waiting(group: NeedGroup) -> None:
    """Refused once it was decided or taken back."""
    if group.state == State.DECIDED:
        raise Refused(_("This need has been decided meanwhile. Read the answer first."), code="decided")
    if group.state not in WAITING:
        raise Refused(_("This need was taken back meanwhile."), code="withdrawn")


def in_whose_name(actor: Actor, need: Need) -> Actor:
    """Who the log names: nobody, where the need was raised without a name."""
    return SYSTEM if need.anonymous else actor


def move_needs(source: NeedGroup, target: NeedGroup) -> None:
    """Move what one group holds to another; the shell stays and shows where to, without words."""
    Need.objects.filter(group=source).update(group=target)
    source.decisions.update(group=target)
    target.first_raised_on = min(target.first_raised_on, source.first_raised_on)
    target.save(update_fields=["first_raised_on"])
    NeedGroup.objects.filter(merged_into=source).update(merged_into=target)
    NeedGroup.objects.filter(pk=source.pk).update(merged_into=target)
    empty_groups([source])


def empty_needs(needs: Iterable[Need]) -> None:
    """Destroy the words of needs; day, answer and whether it helped stay."""
    rows = list(needs)
    for need in rows:
        destroy(need)
    Need.objects.filter(pk__in=[n.pk for n in rows]).update(
        text=EMPTIED, helped_note=EMPTIED, data_key_id=None
    )


def empty_groups(groups: Iterable[NeedGroup]) -> None:
    """Destroy the wording of groups; topic, state and dates stay."""
    rows = list(groups)
    for group in rows:
        destroy(group)
    NeedGroup.objects.filter(pk__in=[g.pk for g in rows]).update(
        wording=EMPTIED, data_key_id=None, emptied_on=timezone.localdate()
    )
