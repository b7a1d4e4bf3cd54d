"""Reading files and the certificates by which our own signatures are recognised."""

from __future__ import annotations

from .models import IssuingKey, StoredFile
from .verifying import Inspection, Update, check_update, inspect_pdf


def authority_certificates() -> list[bytes]:
    """The certificates (PEM) under which this installation has ever signed; public."""
    return [
        key.certificate_pem.encode()
        for key in IssuingKey.objects.only("certificate_pem").order_by("created_at", "id")
    ]


def inspect(pdf: bytes) -> Inspection:
    """`verifying.inspect_pdf` with this installation's own certificates trusted. Keeps nothing."""
    return inspect_pdf(pdf, authority_certificates())


def signed_update(base: bytes, candidate: bytes) -> Update:
    """`verifying.check_update` with this installation's own certificates trusted: must hold a new signature."""
    return check_update(base, candidate, trusted=authority_certificates())


def files_with_hash(sha256: str) -> list[StoredFile]:
    """Files with exactly this content, by its SHA-256 in lower-case hex; their content stays closed."""
    return list(StoredFile.objects.defer("content").filter(sha256=sha256).order_by("created_at", "id"))
