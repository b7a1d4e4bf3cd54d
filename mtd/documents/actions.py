"""Storing and deleting files, and signing with the installation's own authority.

These actions belong to a write of the slice that holds the file, so they join its transaction instead of
opening a durable one, and that slice has asked `may you` before.
"""

from __future__ import annotations

import datetime
import hashlib
import unicodedata

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.core.encryption import destroy
from mtd.core.errors import Refused

from .models import IssuingKey, StoredFile
from .signing import Authority, issue_credential, new_authority, sign_pdf
from .verifying import MAX_BYTES, TooLarge

MEDIA_TYPES = frozenset(
    {
        "application/pdf",
        "application/json",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.oasis.opendocument.text",
        "image/png",
        "image/jpeg",
        "image/svg+xml",
    }
)


@transaction.atomic
def store_file(*, actor: Actor, name: str, content: bytes, media_type: str = "application/pdf") -> StoredFile:
    """Keep a file, encrypted with a key of its own. Raises `Refused` if it is empty or of a kind we do not keep."""
    if not content:
        raise Refused(_("This file is empty."), code="empty_file", field="file")
    if len(content) > MAX_BYTES:
        raise TooLarge
    if media_type not in MEDIA_TYPES:
        raise Refused(
            _("Files of this kind cannot be kept here. Please choose a PDF or a picture."),
            code="media_type",
            field="file",
        )
    file = StoredFile(
        name=_file_name(name),
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        uploaded_by_id=actor.user_id,
    )
    file.save(force_insert=True)
    record(actor, "file.stored", file, size=file.size, sha256=file.sha256)
    return file


def _file_name(name: str) -> str:
    """The last part of a path, without characters that hide or reorder it, and with its ending kept."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp")).strip()
    stem, dot, ending = shown.rpartition(".")
    if dot and 0 < len(ending) <= 8:
        return f"{stem[: 159 - len(ending)]}.{ending}"
    return shown[:160] or "file"


@transaction.atomic
def delete_file(*, actor: Actor, file: StoredFile) -> None:
    """Delete a file and destroy its key, so that it is gone from old backups as well."""
    record(actor, "file.deleted", file, sha256=file.sha256)
    destroy(file)
    StoredFile.objects.filter(pk=file.pk).delete()


@transaction.atomic
def get_authority(*, actor: Actor) -> Authority:
    """The installation's issuing authority; made on first use, once, even if two ask at the same moment."""
    key = IssuingKey.objects.filter(current=True).first()
    if key is None:
        fresh = new_authority("Make the Difference", _installation(), at=timezone.now())
        try:
            with transaction.atomic():
                key = IssuingKey(
                    certificate_pem=fresh.certificate_pem.decode(), private_key_pem=fresh.private_key_pem
                )
                key.save(force_insert=True)
                record(actor, "issuing_key.created", key)
        except IntegrityError:
            # Somebody else made it meanwhile; the constraint let only one through.
            key = IssuingKey.objects.get(current=True)
    return Authority(key.certificate_pem.encode(), bytes(key.private_key_pem))


def _installation() -> str:
    return settings.MTD_BASE_URL.split("://")[-1].rstrip("/")


def seal(
    *,
    actor: Actor,
    pdf: bytes,
    signer: str,
    organization: str,
    email: str = "",
    field_name: str,
    reason: str,
    location: str = "",
    signed_at: datetime.datetime,
) -> bytes:
    """Sign a PDF in somebody's name with a key made for this one signature; returns the new file.

    The caller has confirmed the person's second factor and mandate. With MTD_TSA_URL set, the signature carries a
    time stamp, and `signing.TimestampUnavailable` is raised if the service does not answer.
    """
    credential = issue_credential(
        get_authority(actor=actor),
        common_name=signer,
        organization=organization,
        email=email,
        at=signed_at,
    )
    return sign_pdf(
        pdf,
        credential=credential,
        field_name=field_name,
        reason=reason,
        location=location,
        signed_at=signed_at,
        timestamp_url=settings.MTD_TSA_URL or None,
    )
