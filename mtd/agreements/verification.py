"""Checking a file or a code without sign-in: whose signatures, and whether this very version is in force.

Nothing is kept: the file is looked at in memory, compared by its hash with what was signed here, and forgotten.
Names of signers are told only to those who hold the file, because they stand in it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from mtd.documents.queries import inspect
from mtd.documents.verifying import Inspection

from .models import Agreement, Signature, SigningRound, Version

KNOWN_CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")


@dataclass(frozen=True)
class Finding:
    """What a file, a hash or a code turned out to be.

    `match`: "whole" the file with all signatures; "part" a file of the same round with fewer; "fixed" the text
    without signatures; "stopped" a file of a round that was stopped; "code" found by its code alone; "named" the
    file names a code but is none of our files; "unknown".
    """

    match: str
    agreement: Agreement | None = None
    version: Version | None = None
    round: SigningRound | None = None
    sha256: str = ""
    inspection: Inspection | None = None

    @property
    def status(self) -> str:
        """in_force, superseded, ended, signed, signing, stopped, work or unknown."""
        if self.version is None:
            return "unknown"
        if self.match == "stopped":
            return "stopped"
        known = {
            Version.State.IN_FORCE: "in_force",
            Version.State.SUPERSEDED: "superseded",
            Version.State.ENDED: "ended",
            Version.State.SIGNED: "signed",
            Version.State.SIGNING: "signing",
        }
        return known.get(Version.State(self.version.state), "work")

    @property
    def certain(self) -> bool:
        """The file itself was recognised, byte for byte."""
        return self.match in ("whole", "part", "fixed", "stopped")


def check_file(content: bytes) -> Finding:
    """Say what a PDF is. Raises one of the refusals of mtd.documents.verifying when it cannot be read."""
    digest = hashlib.sha256(content).hexdigest()
    inspection = inspect(content)
    found = check_hash(digest)
    if found.version is not None:
        return Finding(found.match, found.agreement, found.version, found.round, digest, inspection)
    named = KNOWN_CODE.search(inspection.keywords.upper())
    if named:
        told = check_code(named.group())
        if told.version is not None:
            return Finding("named", told.agreement, told.version, told.round, digest, inspection)
    return Finding("unknown", sha256=digest, inspection=inspection)


def check_hash(sha256: str) -> Finding:
    """Say which file has this SHA-256."""
    digest = sha256.strip().lower()
    known = Q(frozen_sha256=digest) | Q(current_sha256=digest) | Q(signatures__sha256=digest)
    signing_round = _rounds().filter(known).distinct().order_by("-started_at").first()
    if signing_round is None:
        return Finding("unknown", sha256=digest)
    match = "part"
    if signing_round.state in (SigningRound.State.DECLINED, SigningRound.State.CANCELLED):
        match = "stopped"
    elif digest == signing_round.current_sha256 and signing_round.signed_count:
        match = "whole"
    elif digest == signing_round.frozen_sha256:
        match = "fixed"
    version = signing_round.version
    return Finding(match, version.agreement, version, signing_round, digest)


def check_code(code: str) -> Finding:
    """Say where the agreement with this code stands."""
    cleaned = code.strip().upper().replace(" ", "")
    if len(cleaned) == 8 and "-" not in cleaned:
        cleaned = f"{cleaned[:4]}-{cleaned[4:]}"
    agreement = Agreement.objects.filter(code=cleaned).select_related("network").first()
    if agreement is None:
        return Finding("unknown")
    versions = list(agreement.versions.order_by("-number"))
    settled = (Version.State.IN_FORCE, Version.State.SIGNED, Version.State.SUPERSEDED, Version.State.ENDED)
    for states in (settled[:1], settled[1:], tuple(Version.State)):
        for version in versions:
            if version.state in states:
                version.agreement = agreement
                signing_round = _rounds().filter(version=version, state=SigningRound.State.COMPLETE).first()
                return Finding("code", agreement, version, signing_round)
    return Finding("unknown")


def look_up(text: str) -> Finding:
    """A hash or a code, as somebody typed it."""
    plain = "".join(text.split())
    if re.fullmatch(r"[0-9a-fA-F]{64}", plain):
        return check_hash(plain)
    return check_code(plain)


def _rounds() -> QuerySet[SigningRound]:
    places = Signature.objects.select_related("party__organization").order_by("position")
    return (
        SigningRound.objects.defer("text")
        .select_related("version__agreement__network")
        .prefetch_related(Prefetch("signatures", queryset=places))
    )
