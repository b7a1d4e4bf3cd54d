"""How a message becomes an e-mail: its shape, its headers, and the links it carries."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from .models import Area, Message

ALL = "all"
"""What a bundled mail's unsubscribe link stops: every area."""
_STOP = "mtd.notifications.stop"
_ADDRESS = "mtd.notifications.address"
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for the person, as far as a mail may know it."""

    area: str
    mark: str
    """A short hash that stays the same as long as it is the same thing in the same state."""
    late: bool = False
    pressing: bool = False
    """Overdue, or due within a week."""


def mail_domain() -> str:
    """The domain that our mails come from; also the right-hand side of their Message-IDs."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def composed(message: Message) -> EmailMultiAlternatives:
    """The e-mail as it leaves: text, and a calendar part in the shape that calendars take in.

    Outlook reads the `text/calendar` alternative with its method, Google and Apple also the attached file. The
    Message-ID, and the envelope's sender where MTD_BOUNCES is set, hold the message's own identifier, so that a
    bounce finds back to it. A reminder can be stopped with one click (RFC 8058).
    """
    headers = {"Message-ID": f"<{message.pk}@{mail_domain()}>"}
    if not message.calendar:  # some calendars leave out invitations that call themselves automatic
        headers["Auto-Submitted"] = "auto-generated"
    sender = None
    if settings.MTD_BOUNCES:
        local, _, domain = settings.MTD_BOUNCES.rpartition("@")
        sender = f"{local}+{message.pk}@{domain}"
        headers["From"] = settings.DEFAULT_FROM_EMAIL
    if message.stops and message.recipient_id:
        link = f"{settings.MTD_BASE_URL}{stop_path(message.recipient_id, message.stops)}"
        headers["List-Unsubscribe"] = f"<{link}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.body,
        from_email=sender,
        to=[message.address],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers=headers,
    )
    if message.calendar:
        mail.attach_alternative(message.calendar, f"text/calendar; method={message.calendar_method}")
        mail.attach("invite.ics", message.calendar.encode(), "application/ics")
    return mail


def message_ids_in(text: str) -> list[uuid.UUID]:
    """Identifiers of our messages in headers of a bounce: Message-IDs and envelope addresses hold them."""
    return list(dict.fromkeys(uuid.UUID(found) for found in _ID.findall(text)))


def stop_path(user_id: uuid.UUID, stops: str) -> str:
    """The address of the page that stops reminders of an area (or ALL) without signing in."""
    token = signing.dumps([str(user_id), stops], salt=_STOP)
    return reverse("notifications:unsubscribe", args=[token])


def read_stop(token: str) -> tuple[uuid.UUID, str] | None:
    """Whose reminders of which area a link stops; None when the link is not ours."""
    try:
        user, stops = signing.loads(token, salt=_STOP)
        return (uuid.UUID(user), stops) if stops == ALL or stops in Area.values else None
    except (signing.BadSignature, ValueError, TypeError):
        return None


def address_path(user_id: uuid.UUID, address: str) -> str:
    """The address of the page that confirms that mail to an address arrives."""
    token = signing.dumps([str(user_id), address], salt=_ADDRESS)
    return reverse("notifications:confirm_address", args=[token])


def read_address(token: str) -> tuple[uuid.UUID, str] | None:
    """Whose address a link confirms; None when the link is not ours or older than two weeks."""
    try:
        user, address = signing.loads(token, salt=_ADDRESS, max_age=14 * 24 * 3600)
        return uuid.UUID(user), str(address)
    except (signing.BadSignature, ValueError, TypeError):
        return None


def footer(user_id: uuid.UUID, stops: str, language: str) -> str:
    """The end of every reminder: where to set how often, and where to stop them, in the reader's language."""
    base = settings.MTD_BASE_URL
    with translation.override(language):
        often, none = gettext("How often you get such e-mails:"), gettext("No more of these e-mails:")
        return (
            f"\n-- \n{often}\n{base}{reverse('notifications:settings')}\n"
            f"{none}\n{base}{stop_path(user_id, stops)}\n"
        )
