"""Writing to the outbox in the transaction of what it tells about, and sending what waits."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Substr
from django.utils import timezone, translation
from django.utils.functional import Promise

from mtd.accounts.models import User
from mtd.core.actor import Actor
from mtd.core.encryption import KeyDestroyed, destroy
from mtd.notifications.models import ATTEMPTS, DIRECT, CalendarMethod, Message, Notice, Pace
from mtd.notifications.outbox import composed, footer
from mtd.notifications.permissions import visible_notices
from mtd.notifications.queries import area_of, messages_due, notices_due, paces_of
from mtd.notifications.worker import is_gone, whoami

Text = str | Promise | Callable[[], str]
CLAIM = timedelta(minutes=10)
"""A worker that claimed a message and died gives it back after this time."""


def _said(text: Text, language: str) -> str:
    with translation.override(language):
        return str(text) if isinstance(text, (str, Promise)) else text()


@transaction.atomic
def enqueue(
    *,
    actor: Actor,
    kind: str,
    subject: Text,
    body: Text,
    recipient: User | None = None,
    address: str = "",
    language: str = "",
    calendar: str = "",
    calendar_method: str = "",
    reply_to: str = "",
    stops: str = "",
) -> Message | None:
    """Put an e-mail into the outbox, within the caller's transaction, in the reader's language.

    Subject and body tell counts and links, never anything about a family. Who has no active account gets none.
    `calendar` is a whole iCalendar file; `calendar_method` (REQUEST, CANCEL, PUBLISH) must be the METHOD in it.
    `reply_to` is where answers to the invitation go. `stops` makes it a reminder: it names the area (or "all") that
    the recipient can stop with one click, and gets the lines about that at its end.
    """
    if recipient is None and not address:
        raise ValueError("A message needs a recipient or an address.")
    if stops and recipient is None:
        raise ValueError("Only who has an account can stop reminders.")
    if bool(calendar) != (calendar_method in CalendarMethod.values):
        raise ValueError("A calendar file and its method (REQUEST, CANCEL or PUBLISH) come together.")
    if recipient is not None and not recipient.is_active:
        return None
    spoken = language or (recipient.language if recipient else settings.LANGUAGE_CODE)
    return Message.objects.create(
        recipient=recipient,
        address=address or (recipient.email if recipient else ""),
        kind=kind,
        language=spoken,
        subject=" ".join(_said(subject, spoken).split())[:160],
        body=_said(body, spoken) + (footer(recipient.pk, stops, spoken) if recipient and stops else ""),
        calendar=calendar or None,
        calendar_method=calendar_method,
        reply_to=reply_to,
        stops=stops,
    )


@transaction.atomic
def notify(
    *,
    actor: Actor,
    users: Iterable[User],
    kind: str,
    text: Text,
    link: str,
    mail: bool = True,
    direct: bool = False,
) -> None:
    """Tell people in the product, and by e-mail unless `mail` is off; never the one who acted.

    What is asked of this very person (`direct`, or a kind of DIRECT) is mailed at once. Everything else goes at the
    pace that the person chose for the area, the first word of the kind: counted in the bundled mail, or at once.
    """
    told: dict[object, User] = {}
    for user in users:
        if user.is_active and user.pk != actor.user_id:
            told.setdefault(user.pk, user)
    area = area_of(kind)
    paces = paces_of(told, area) if mail and area and not direct and kind not in DIRECT else {}
    for pk, user in told.items():
        line = _said(text, user.language)
        pace = paces.get(pk, Pace.AT_ONCE)
        waits = mail and pace in (Pace.DAILY, Pace.WEEKLY)
        Notice.objects.create(user=user, kind=kind, text=line[:200], link=link, waits_for_mail=waits)
        if mail and pace == Pace.AT_ONCE:
            enqueue(
                actor=actor,
                kind=kind,
                recipient=user,
                subject=line,
                body=f"{line}\n\n{settings.MTD_BASE_URL}{link}\n",
                stops=area if paces else "",
            )


@transaction.atomic(durable=True)
def mark_read(*, actor: Actor, notice: Notice | None = None) -> int:
    """Mark one of one's own notices as read, or all of them; returns how many changed."""
    own = visible_notices(actor).filter(read_at__isnull=True)
    if notice is not None:
        own = own.filter(pk=notice.pk)
    return own.update(read_at=timezone.now())


@transaction.atomic
def forget_notices_about(*, actor: Actor, links: Collection[str], kinds: Collection[str] = ()) -> int:
    """Delete the notices that lead to one of these pages, or below it, because the page has gone for good.

    `kinds`: only these, because what they told has been done.
    """
    gone = 0
    notices = Notice.objects.filter(kind__in=kinds) if kinds else Notice.objects.all()
    for length in {len(link) for link in links}:
        begins = notices.annotate(begins=Substr("link", 1, length))
        same = [link for link in links if len(link) == length]
        gone += begins.filter(begins__in=same).delete()[0]
    return gone


def claim_due(*, actor: Actor, now: datetime | None = None, limit: int = 50) -> list[Message]:
    """Take waiting messages, each by one conditional UPDATE, so that no two workers hold the same."""
    moment = now or timezone.now()
    taken = [pk for pk in _waiting(moment, limit) if _claim(pk, moment)]
    return list(Message.objects.filter(pk__in=taken).order_by("created_at", "id"))


def _free(moment: datetime) -> QuerySet[Message]:
    unclaimed = Q(claimed_at__isnull=True) | Q(claimed_at__lt=moment - CLAIM)
    return Message.objects.filter(
        unclaimed, sent_at__isnull=True, not_before__lte=moment, attempts__lt=ATTEMPTS
    )


def _waiting(moment: datetime, limit: int) -> list[uuid.UUID]:
    return list(_free(moment).order_by("not_before", "id").values_list("pk", flat=True)[:limit])


def _claim(pk: uuid.UUID, moment: datetime) -> bool:
    won = _free(moment).filter(pk=pk)
    return bool(won.update(claimed_at=moment, claimed_by=whoami(), attempts=F("attempts") + 1))


def _take_over_from_the_dead() -> None:
    """Give back what a process of this machine held when it was killed."""
    held = Message.objects.filter(sent_at__isnull=True, claimed_at__isnull=False)
    for owner in set(held.values_list("claimed_by", flat=True)):
        if is_gone(owner):
            held.filter(claimed_by=owner).update(claimed_at=None, claimed_by="")


def send_due(*, actor: Actor, now: datetime | None = None, limit: int = 200) -> int:
    """Send what waits. A failure is tried again later, with longer pauses; the text goes once sent.

    A message is claimed right before it is handed to the mail server, one at a time. So a process that is killed
    leaves at most that one undecided: it is sent again, with the same Message-ID, because a mail twice is better
    than none.
    """
    _take_over_from_the_dead()
    sent = 0
    moment = now or timezone.now()
    for pk in _waiting(moment, limit):
        if _claim(pk, moment):
            sent += _send(Message.objects.get(pk=pk), moment)
    return sent


def _send(message: Message, moment: datetime) -> bool:
    row = Message.objects.filter(pk=message.pk)
    try:
        composed(message).send()
    except KeyDestroyed:
        row.update(attempts=ATTEMPTS, claimed_at=None, claimed_by="")
        return False
    except Exception:
        pause = timedelta(minutes=2**message.attempts)
        row.update(claimed_at=None, claimed_by="", not_before=moment + pause)
        return False
    with transaction.atomic():
        row.update(sent_at=timezone.now(), claimed_at=None, claimed_by="")
        destroy(message)
    return True


@transaction.atomic(durable=True)
def forget_old(*, actor: Actor, now: datetime | None = None) -> int:
    """Delete messages (MTD_KEEP_SENT) and notices (MTD_KEEP_NOTICES) of long ago; returns how many went."""
    moment = now or timezone.now()
    messages = list(messages_due(moment).defer("body", "calendar"))
    for message in messages:
        destroy(message)
    Message.objects.filter(pk__in=[message.pk for message in messages]).delete()
    read, _ = notices_due(moment).delete()
    return len(messages) + read
