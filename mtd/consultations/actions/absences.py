"""Saying who is away and who stands in, so that no question waits for somebody on holiday."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mtd.accounts.models import User
from mtd.audit.actions import record
from mtd.consultations.models import Absence
from mtd.consultations.permissions import can_set_absence
from mtd.core.actor import Actor
from mtd.core.errors import Refused, require
from mtd.core.templatetags.mtd import day as day_words
from mtd.notifications.actions import notify
from mtd.organizations.models import Membership, Organization

LONGEST = timedelta(days=3 * 366)


@transaction.atomic(durable=True)
def set_absence(
    *,
    actor: Actor,
    user: User,
    organization: Organization,
    since: date,
    until: date,
    deputy: User | None = None,
    absence: Absence | None = None,
) -> Absence:
    """Say that somebody is away from a day until a day, both included, and who answers meanwhile; or change it.

    Without a deputy the lead answers. Raises NotAllowed; Refused when the days make no sense or overlap with others,
    and when the deputy is no colleague or away in all of these days.
    """
    Organization.objects.select_for_update().get(pk=organization.pk)
    require(can_set_absence(actor, user.pk, organization.pk))
    if absence is not None:
        absence = Absence.objects.filter(pk=absence.pk, user=user, organization=organization).first()
        if absence is None:
            raise Refused(gettext_lazy("This has been taken out meanwhile."), code="gone")
    _require_days(user, organization, since, until, absence)
    _require_colleagues(user, deputy, organization, since, until)
    if absence is None:
        absence = Absence(user=user, organization=organization)
    told_before = absence.deputy_id
    absence.since, absence.until, absence.deputy = since, until, deputy
    absence.save()
    record(actor, "absence.set", absence, user=user.pk, since=since, until=until, deputy=absence.deputy_id)
    if deputy is not None and deputy.pk != told_before:
        name = user.full_name
        notify(
            actor=actor,
            users=[deputy],
            kind="consultations.standing_in",
            text=lambda: (
                _("You stand in for %(name)s from %(since)s to %(until)s")
                % {
                    "name": name,
                    "since": day_words(since),
                    "until": day_words(until),
                }
            ),
            link=reverse("consultations:absence"),
        )
    return absence


@transaction.atomic(durable=True)
def end_absence(*, actor: Actor, absence: Absence) -> None:
    """Take an absence out: the person is back, or stays after all. Twice is once."""
    found = Absence.objects.select_for_update().filter(pk=absence.pk).first()
    if found is None:
        return
    require(can_set_absence(actor, found.user_id, found.organization_id))
    record(actor, "absence.ended", found, user=found.user_id)
    found.delete()


def _require_days(
    user: User, organization: Organization, since: date, until: date, absence: Absence | None
) -> None:
    if until < since:
        raise Refused(gettext_lazy("The last day lies before the first."), code="order", field="until")
    if until < timezone.localdate():
        raise Refused(gettext_lazy("These days have passed."), code="past", field="until")
    if until - since > LONGEST:
        raise Refused(
            gettext_lazy("Three years at most; enter it anew after that."), code="long", field="until"
        )
    others = Absence.objects.filter(user=user, organization=organization, since__lte=until, until__gte=since)
    if absence is not None:
        others = others.exclude(pk=absence.pk)
    if others.exists():
        raise Refused(
            gettext_lazy("There is an absence in these days already. Change that one."),
            code="overlap",
            field="since",
        )


def _require_colleagues(
    user: User, deputy: User | None, organization: Organization, since: date, until: date
) -> None:
    works = Membership.objects.filter(organization=organization, ended_on__isnull=True, user__is_active=True)
    if not works.filter(user=user).exists():
        raise Refused(gettext_lazy("This person does not work there any more."), code="left", field="user")
    if deputy is None:
        return
    if deputy.pk == user.pk or not works.filter(user=deputy).exists():
        raise Refused(
            gettext_lazy("Choose a colleague of the same organisation."), code="no_colleague", field="deputy"
        )
    away = Absence.objects.filter(user=deputy, organization=organization, since__lte=since, until__gte=until)
    if away.exists():
        raise Refused(
            gettext_lazy("This person is away themselves in these days. Choose somebody else."),
            code="deputy_away",
            field="deputy",
        )
