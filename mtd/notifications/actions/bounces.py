"""Mail that comes back: taken in, shown, and forgotten once the address is confirmed."""

from __future__ import annotations

import email.message
import re
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from mtd.accounts.models import User
from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.core.errors import NotAllowed, Refused
from mtd.notifications.models import Message, Undeliverable
from mtd.notifications.outbox import address_path, message_ids_in
from mtd.notifications.queries import bounces_due

from .outbox import enqueue

CONFIRM = "account.address"
PAUSE = timedelta(minutes=5)
"""Between two mails that ask to confirm an address."""
_STATUS = re.compile(r"[2-5]\.\d{1,3}\.\d{1,3}")
_OWN_HEADERS = ("to", "delivered-to", "x-original-to", "original-recipient", "in-reply-to", "references")
_RETURNED_HEADERS = ("message-id", "return-path")


@transaction.atomic
def take_in_bounce(*, actor: Actor, message: email.message.EmailMessage) -> bool:
    """Take in a delivery report (RFC 3464) and note at the address that mail to it comes back.

    It is ours if it names the identifier of a message that we sent, which only its receivers can know. A delay, a
    delivery, and a full mailbox (which empties again) change nothing. False if the message is no delivery report.
    """
    code = _verdict(message)
    if code is None:
        return False
    sent = Message.objects.filter(pk__in=message_ids_in(_clues(message)), attempts__gt=0).first()
    if not code or sent is None:
        return True
    if sent.recipient is not None and sent.recipient.email != sent.address.lower():
        return True  # the person has another address by now
    row, new = Undeliverable.objects.get_or_create(
        address=sent.address.lower(), defaults={"user": sent.recipient, "code": code}
    )
    if not new:
        Undeliverable.objects.filter(pk=row.pk).update(
            code=code, last_at=timezone.now(), times=F("times") + 1, user=sent.recipient
        )
    record(actor, "account.mail_came_back", row, code=code)
    return True


def _verdict(message: email.message.Message) -> str | None:
    """None: no delivery report. Empty: nothing final. Else the status code of what failed for good."""
    if message.get_content_type() != "multipart/report":
        return None
    reports = [part for part in message.walk() if part.get_content_type() == "message/delivery-status"]
    if not reports:
        return None
    for report in reports:
        for block in _inside(report):
            status = str(block.get("status", "")).split(" ")[0].strip()[:12]
            final = str(block.get("action", "")).strip().lower() == "failed"
            if final and _STATUS.fullmatch(status) and not status.endswith(".2.2"):
                return status
    return ""


def _inside(part: email.message.Message) -> list[email.message.Message]:
    payload = part.get_payload()
    inner = payload if isinstance(payload, list) else []
    return [one for one in inner if isinstance(one, email.message.Message)]


def _clues(message: email.message.Message) -> str:
    """The headers of the report, and of the message it returns, that may hold our identifier."""
    found = [str(message.get(name, "")) for name in _OWN_HEADERS]
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
            found += [line for line in text.splitlines() if line.lower().startswith(_RETURNED_HEADERS)]
        elif kind == "message/rfc822":
            for one in _inside(part):
                found += [str(one.get(name, "")) for name in _RETURNED_HEADERS]
    return "\n".join(found)


@transaction.atomic(durable=True)
def send_confirmation(*, actor: Actor, user: User) -> None:
    """Send a link to the person's own address; following it shows that mail arrives again.

    Raises NotAllowed for another's address, Refused("asked_just_now") within five minutes.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if actor.user_id != user.pk:
        raise NotAllowed(gettext_lazy("Everybody confirms only their own address."), code="not_own_account")
    if Message.objects.filter(recipient=user, kind=CONFIRM, created_at__gt=timezone.now() - PAUSE).exists():
        raise Refused(
            gettext_lazy(
                "The e-mail is on its way. Please wait five minutes before you ask for another one."
            ),
            code="asked_just_now",
        )
    link = f"{settings.MTD_BASE_URL}{address_path(user.pk, user.email)}"
    enqueue(
        actor=actor,
        kind=CONFIRM,
        recipient=user,
        subject=gettext_lazy("Does this e-mail reach you?"),
        body=lambda: (
            gettext(
                "If you can read this, open the link and confirm. Reminders will then come again.\n\n%(link)s\n"
            )
            % {"link": link}
        ),
    )
    record(actor, "account.address_asked", user)


@transaction.atomic(durable=True)
def confirm_address(*, actor: Actor, user: User, address: str) -> None:
    """Mail to the address arrives: whoever opens the link in a mail has received it."""
    for row in Undeliverable.objects.select_for_update().filter(address=address.lower(), user=user):
        record(actor, "account.address_confirmed", row)
        row.delete()


@transaction.atomic(durable=True)
def forget_undeliverable(*, actor: Actor, now: datetime | None = None) -> int:
    """Forget addresses whose mail came back long ago (MTD_KEEP_BOUNCES): they are tried again."""
    return bounces_due(now or timezone.now()).delete()[0]
