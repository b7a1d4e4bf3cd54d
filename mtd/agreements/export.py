"""Handing the agreement out: as PDF, DOCX and JSON, one by one or as a folder.

A fixed text is handed out as it was fixed, with the signatures so far; a text in work as a draft that says so on
every page.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from mtd.core.actor import SYSTEM
from mtd.documents.content import Document
from mtd.documents.docx import render_docx
from mtd.documents.models import StoredFile
from mtd.documents.pdf import render_pdf

from .annexes import AnnexText
from .document import annex_document, to_document
from .models import Agreement, AnnexVersion, SigningRound
from .queries import Room, fixed_round, load_room
from .text import AgreementText, assemble, text_from_json

FORMAT = "make-the-difference-agreement/1"


@dataclass(frozen=True)
class Reading:
    """What a version says: its fixed text with its signing round, or the draft as it reads now."""

    text: AgreementText
    round: SigningRound | None

    @property
    def draft(self) -> bool:
        return self.round is None


def read(room: Room) -> Reading:
    """The text of the room's version: the fixed one where there is one, else assembled anew."""
    found = fixed_round(room.version)
    if found is None:
        return Reading(assemble(room), None)
    return Reading(text_from_json(found.text), found)


def document_of(reading: Reading) -> Document:
    """The text as a document; a fixed one bears the day on which it was fixed."""
    if reading.round is None:
        return to_document(reading.text, on=timezone.localdate())
    started = timezone.localtime(reading.round.started_at).date()
    return to_document(reading.text, on=started, fixing=reading.round.number)


def pdf_of(reading: Reading) -> bytes:
    """The PDF: the very file that is signed, with all signatures so far; or the draft."""
    if reading.round is not None:
        return bytes(StoredFile.objects.get(pk=reading.round.current_id).content)
    return render_pdf(document_of(reading))


def docx_of(reading: Reading) -> bytes:
    """The same text for Word. It is never the version that counts."""
    return render_docx(document_of(reading))


def answers_of(room: Room, reading: Reading) -> dict[str, Any]:
    """All answers, positions and texts as plain data, with a check sum over everything else in it."""
    agreement, version = room.agreement, room.version
    data: dict[str, Any] = {
        "format": FORMAT,
        "agreement": {
            "code": agreement.code,
            "title": agreement.title,
            "purpose": agreement.purpose,
            "network": agreement.network.name,
            "country": agreement.network.country,
            "languages": list(agreement.languages),
            "binding_language": agreement.binding_language,
            "legal_form": agreement.legal_form,
            "state": agreement.state,
        },
        "guide": {"guide": room.pack.guide, "version": room.pack.version},
        "version": {"number": version.number, "kind": version.kind, "state": version.state},
        "parties": [
            {
                "id": str(party.pk),
                "name": party.organization.name,
                "help_system": party.organization.help_system,
            }
            for party in room.parties
        ],
        "answers": {
            key: {
                "value": answer.value,
                "revision": answer.revision,
                "asked": key in room.open_keys,
                "agreed": key in room.agreed_values,
            }
            for key, answer in sorted(room.answers.items())
        },
        "positions": [
            {
                "question": position.question_key,
                "party": str(position.party_id),
                "stance": position.stance,
                "proposal": position.proposal,
                "reason": position.reason,
                "answer_revision": position.answer_revision,
            }
            for position in sorted(room.positions, key=lambda p: (p.question_key, str(p.party_id)))
        ],
        "texts": reading.text.to_json(),
        "signed_file_sha256": reading.round.current_sha256 if reading.round else None,
    }
    data["sha256"] = checksum(data)
    return data


def checksum(data: Mapping[str, Any]) -> str:
    """SHA-256 over the data without its own check sum: sorted keys, no spaces, UTF-8."""
    rest = {key: value for key, value in data.items() if key != "sha256"}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def to_text(data: Mapping[str, Any]) -> bytes:
    """JSON that people can read as well."""
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def file_stem(agreement: Agreement, number: int) -> str:
    """How files of a version are called, without ending."""
    return f"{agreement.code}-v{number}"


def annex_pdf(room: Room, annex: AnnexText, *, approved: bool) -> bytes:
    """One annex as a document of its own."""
    with override(room.agreement.language):
        number = _("Version %(number)s of this annex") % {"number": annex.number}
        footer = number if approved else f"{number} · " + _("Draft – not approved")
    document = annex_document(
        annex, agreement=room.agreement, on=timezone.localdate(), number=number, footer=footer
    )
    return render_pdf(document)


def export_agreement(agreement: Agreement, folder: Path) -> Iterator[Path]:
    """Write the current version into `folder`/CODE: PDF, DOCX, JSON and annexes; yields every file written.

    All or nothing: the files are written beside and moved into place together, so a folder that exists is whole.
    An earlier export of the same agreement is replaced.
    """
    room = load_room(SYSTEM, agreement)
    reading = read(room)
    stem = file_stem(agreement, reading.text.number)
    folder.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{agreement.code}-", dir=folder))
    target = folder / agreement.code
    try:
        name = stem if not reading.draft else f"{stem}-draft"
        (beside / f"{name}.pdf").write_bytes(pdf_of(reading))
        (beside / f"{name}.docx").write_bytes(docx_of(reading))
        (beside / f"{stem}.json").write_bytes(to_text(answers_of(room, reading)))
        for place, annex in enumerate(reading.text.annexes, 1):
            part = f"annex-{place:02d}-{annex.key}-v{annex.number}"
            (beside / f"{part}.pdf").write_bytes(annex_pdf(room, annex, approved=not reading.draft))
            stored = _file_of(agreement, annex)
            if stored is not None:
                (beside / f"{part}-{_safe(stored.name)}").write_bytes(bytes(stored.content))
        beside.chmod(0o750)
        if target.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{agreement.code}-old-", dir=folder))
            os.replace(target, old / "was")
            os.replace(beside, target)
            shutil.rmtree(old)
        else:
            os.replace(beside, target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    yield from sorted(target.iterdir())


def _file_of(agreement: Agreement, annex: AnnexText) -> StoredFile | None:
    if not annex.file_sha256:
        return None
    version = (
        AnnexVersion.objects.filter(
            annex__agreement=agreement, annex__key=annex.key, file__sha256=annex.file_sha256
        )
        .select_related("file")
        .first()
    )
    return version.file if version else None


def _safe(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in name).lstrip(".") or "file"
