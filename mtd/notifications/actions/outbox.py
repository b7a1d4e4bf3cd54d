"""Writing to the outbox in the transaction of what it tells about, and sending what waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.functional import Promise

from mtd.accounts.models import User
from mtd.core.actor import Actor
from mtd.core.encryption import KeyDestroyed, destroy

from .models import ATTEMPTS, CalendarMethod, Message, Notice
from .permissions import visible_notices
from .queries import messages_due, notices_due

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
) -> Message | None:
    """Put an e-mail into the outbox, within the caller's transaction, in the reader's language.

    Subject and body tell counts and links, never anything about a family. Who has no active account gets none.
    `calendar` is a whole iCalendar file; `calendar_method` (REQUEST, CANCEL, PUBLISH) must be the METHOD in it.
    `reply_to` is where answers to the invitation go.
    """
    if recipient is None and not address:
        raise ValueError("A message needs a recipient or an address.")
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
        body=_said(body, spoken),
        calendar=calendar or None,
        calendar_method=calendar_method,
        reply_to=reply_to,
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
) -> None:
    """Tell people in the product, and by e-mail unless `mail` is off; never the one who acted."""
    told: set[object] = {actor.user_id} if actor.user_id else set()
    for user in users:
        if user.pk in told or not user.is_active:
            continue
        told.add(user.pk)
        line = _said(text, user.language)
        Notice.objects.create(user=user, kind=kind, text=line[:200], link=link)
        if mail:
            enqueue(
                actor=actor,
                kind=kind,
                recipient=user,
                subject=line,
                body=f"{line}\n\n{settings.MTD_BASE_URL}{link}\n",
            )


@transaction.atomic(durable=True)
def mark_read(*, actor: Actor, notice: Notice | None = None) -> int:
    """Mark one of one's own notices as read, or all of them; returns how many changed."""
    own = visible_notices(actor).filter(read_at__isnull=True)
    if notice is not None:
        own = own.filter(pk=notice.pk)
    return own.update(read_at=timezone.now())


def claim_due(*, actor: Actor, now: datetime | None = None, limit: int = 50) -> list[Message]:
    """Take waiting messages, each by one conditional UPDATE, so that no two workers hold the same."""
    moment = now or timezone.now()
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=moment - CLAIM)
    due = Message.objects.filter(free, sent_at__isnull=True, not_before__lte=moment, attempts__lt=ATTEMPTS)
    taken = []
    for pk in list(due.order_by("not_before", "id").values_list("pk", flat=True)[:limit]):
        won = due.filter(pk=pk).update(claimed_at=moment, attempts=F("attempts") + 1)
        if won:
            taken.append(pk)
    return list(Message.objects.filter(pk__in=taken).order_by("created_at", "id"))


def composed(message: Message) -> EmailMultiAlternatives:
    """The e-mail as it leaves: text, and a calendar part in the shape that calendars take in.

    Outlook reads the `text/calendar` alternative with its method, Google and Apple also the attached file.
    The Message-ID holds the message's own identifier, so that bounces find back to it.
    """
    headers = {"Message-ID": f"<{message.pk}@{mail_domain()}>"}
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.body,
        to=[message.address],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers=headers,
    )
    if message.calendar:
        mail.attach_alternative(message.calendar, f"text/calendar; method={message.calendar_method}")
        mail.attach("invite.ics", message.calendar.encode(), "application/ics")
    return mail


def mail_domain() -> str:
    """The domain that our mails come from; also the right-hand side of their Message-IDs."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def send_due(*, actor: Actor, now: datetime | None = None, limit: int = 50) -> int:
    """Send what waits. A failure is tried again later, with longer pauses; the text goes once sent."""
    sent = 0
    for message in claim_due(actor=actor, now=now, limit=limit):
        try:
            composed(message).send()
        except KeyDestroyed:
            Message.objects.filter(pk=message.pk).update(attempts=ATTEMPTS, claimed_at=None)
        except Exception:
            pause = timedelta(minutes=2**message.attempts)
            Message.objects.filter(pk=message.pk).update(
                claimed_at=None, not_before=(now or timezone.now()) + pause
            )
        else:
            with transaction.atomic():
                Message.objects.filter(pk=message.pk).update(sent_at=timezone.now(), claimed_at=None)
                destroy(message)
            sent += 1
    return sent


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
