"""Checking PDFs that come from outside: who signed, what holds, and whether a file only adds signatures.

Nothing here trusts its input. A file is measured before it is read, read with limits on what it may unpack
to, and every failure ends in one of the exceptions below, whose message tells a person what to do next.
"""

from __future__ import annotations

import datetime
import io
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget
from pyhanko.pdf_utils.generic import IndirectObject
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.ades.qualified_asn1 import get_qc_statements
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    CatalogModificationRule,
    DiffPolicy,
    DiffResult,
    ModificationLevel,
    ReferenceUpdate,
    StandardDiffPolicy,
    SuspiciousModification,
)
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm, enumerate_sig_fields
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from mtd.core.errors import Message, Refused

# pyHanko logs the names in a certificate when it cannot follow its chain; what a file holds is not for our logs.
for _noisy in ("pyhanko.sign", "pyhanko_certvalidator"):
    logging.getLogger(_noisy).setLevel(logging.CRITICAL)

MAX_BYTES = 25 * 1024 * 1024
MAX_REVISIONS = 200
_LIMITS = DecodeLimits(document_budget=DocumentDecodeBudget(base_allowance=128 * 1024 * 1024, max_ratio=20))


class FileRefused(Refused):
    """A file that cannot be taken as what it is offered for; nothing was changed."""

    CODE = "file"
    MESSAGE: Message = ""

    def __init__(self) -> None:
        super().__init__(self.MESSAGE, code=self.CODE, field="file")


class NotAPdf(FileRefused):
    """Not a PDF, or one too damaged to be read."""

    CODE = "not_a_pdf"
    MESSAGE = _("This file is not a PDF, or it is damaged. Please choose the signed PDF.")


class TooLarge(FileRefused):
    """Larger than `MAX_BYTES`, or made to unpack to more than any real document."""

    CODE = "too_large"
    MESSAGE = _("This file is too large. Up to 25 MB can be checked.")


class EncryptedFile(FileRefused):
    """Protected with a password or certificate."""

    CODE = "encrypted"
    MESSAGE = _(
        "This file is encrypted and cannot be checked. Please save it without password protection, or sign the "
        "original file again."
    )


class UnrelatedFile(FileRefused):
    """A PDF that has nothing to do with the one expected."""

    CODE = "unrelated"
    MESSAGE = _(
        "This is a different document. Please choose the file that you downloaded here and then signed."
    )


class AlteredFile(FileRefused):
    """The expected file, but with at least one bit changed, or cut short."""

    CODE = "altered"
    MESSAGE = _(
        "This file was changed: its beginning is no longer the document that was agreed on. Please download it again "
        "and sign that file."
    )


class AnotherVersion(FileRefused):
    """An earlier or later version of the document, or the same one saved anew instead of signed."""

    CODE = "another_version"
    MESSAGE = _(
        "This is another version of the document, or a program saved it anew instead of adding a signature. "
        "Please download the current file, which holds all signatures so far, and sign that one."
    )


class NothingSigned(FileRefused):
    """The expected file without any new signature."""

    CODE = "nothing_signed"
    MESSAGE = _(
        "This file holds no new signature. Please sign it first, save it, and upload the signed file."
    )


class SignatureBroken(FileRefused):
    """A new signature is there, but it does not fit the document."""

    CODE = "signature_broken"
    MESSAGE = _("The signature in this file does not hold. Please sign the downloaded file once more.")


class ChangedBeyondSigning(FileRefused):
    """More was added than signatures: text, pages, notes, a visible field over the page."""

    CODE = "changed_beyond_signing"
    MESSAGE = _(
        "Besides the signature, something else in this file was changed or added. Please sign the downloaded "
        "file without notes or other changes, and choose an invisible signature if your program offers a visible one."
    )


class LockedFile(FileRefused):
    """The new signature forbids any further one, while others have still to sign."""

    CODE = "locked"
    MESSAGE = _(
        "Your program locked this file, so that nobody could sign after you. Please sign the downloaded file once more "
        "without locking or certifying it."
    )


class _FirstCertification(CatalogModificationRule):
    """Lets the first signature certify the document.

    pyHanko compares with a signed revision, in which the entry /Perms can only be added by mischief; our base may
    be the unsigned file, to which a certifying signature rightly adds it.
    """

    def apply_qualified(
        self, old: HistoricalResolver, new: HistoricalResolver
    ) -> Iterable[tuple[ModificationLevel, ReferenceUpdate]]:
        if "/Perms" in old.root or "/Perms" not in new.root:
            yield from super().apply_qualified(old, new)
            return
        if set(new.root["/Perms"]) != {"/DocMDP"}:
            raise SuspiciousModification("More than a certification was added to the permissions.")
        without: CatalogModificationRule = CatalogModificationRule(self.ignored_keys | {"/Perms"})  # type: ignore[no-untyped-call]
        yield from without.apply_qualified(old, new)
        if isinstance(reference := new.root.raw_get("/Perms"), IndirectObject):
            yield ModificationLevel.FORM_FILLING, ReferenceUpdate(reference.reference)


class _StepByStep(StandardDiffPolicy):
    """Judges each revision against the one before, once for all signatures of a file.

    pyHanko compares every signature with every later revision, which takes the square of their number: seconds
    for twenty parties, and a door for whoever wants to keep the server busy. If each step only signs, so do all
    of them together. Where a signature locks single fields, pyHanko's own way is taken.
    """

    def __init__(self) -> None:
        super().__init__(DEFAULT_DIFF_POLICY.global_rules, DEFAULT_DIFF_POLICY.form_rule)
        self.judged: dict[tuple[int, MDPPerm | None], DiffResult | SuspiciousModification] = {}

    def review_file(
        self,
        reader: PdfFileReader,
        base_revision: int | HistoricalResolver,
        field_mdp_spec: FieldMDPSpec | None = None,
        doc_mdp: MDPPerm | None = None,
    ) -> DiffResult | SuspiciousModification:
        if field_mdp_spec is not None or not isinstance(base_revision, int):
            return super().review_file(reader, base_revision, field_mdp_spec, doc_mdp)
        level, fields = ModificationLevel.NONE, set()
        for revision in range(base_revision + 1, reader.xrefs.total_revisions):
            if (revision, doc_mdp) not in self.judged:
                self.judged[revision, doc_mdp] = self._step(reader, revision, doc_mdp)
            step = self.judged[revision, doc_mdp]
            if isinstance(step, SuspiciousModification):
                return step
            level = max(level, step.modification_level)
            fields |= step.changed_form_fields
        return DiffResult(level, fields)

    def _step(
        self, reader: PdfFileReader, revision: int, doc_mdp: MDPPerm | None
    ) -> DiffResult | SuspiciousModification:
        try:
            return self.apply(
                reader.get_historical_resolver(revision - 1),
                reader.get_historical_resolver(revision),
                doc_mdp=doc_mdp,
            )
        except SuspiciousModification as found:
            return found


_ONLY_SIGNING = StandardDiffPolicy(
    global_rules=[
        _FirstCertification()  # type: ignore[no-untyped-call]
        if isinstance(rule, CatalogModificationRule)
        else rule
        for rule in DEFAULT_DIFF_POLICY.global_rules
    ],
    form_rule=DEFAULT_DIFF_POLICY.form_rule,
)


class Level(TextChoices):
    """What a signature legally claims to be (eIDAS, Regulation (EU) No 910/2014), told honestly."""

    OWN = (
        "own",
        pgettext_lazy("signature level", "made in this system: electronic signature, not a qualified one"),
    )
    FOREIGN = (
        "foreign",
        pgettext_lazy(
            "signature level", "made elsewhere, with a certificate that this system cannot vouch for"
        ),
    )
    CLAIMS_QUALIFIED = (
        "claims_qualified",
        pgettext_lazy(
            "signature level",
            "says it is a qualified electronic signature; this system cannot check the EU trusted list",
        ),
    )


@dataclass(frozen=True, slots=True)
class SignatureFinding:
    """What one signature in a file turned out to be.

    `intact`: the signed bytes are as they were. `valid`: the signature fits its certificate. `trusted`: the
    certificate comes from one of the authorities given. `covers_document`: what was added later, if anything,
    is only further signatures. `locks`: it forbids any later signature. Times without a time stamp are the
    signer's own word.
    """

    field: str
    signer: str
    organization: str
    issuer: str
    email: str
    reason: str
    signed_at: datetime.datetime | None
    timestamped_at: datetime.datetime | None
    timestamped_by: str
    intact: bool
    valid: bool
    trusted: bool
    ours: bool
    level: Level
    covers_document: bool
    certifies: bool
    locks: bool
    revision: int
    fingerprint: str

    @property
    def holds(self) -> bool:
        """True if the signature fits and nothing but signatures came after it."""
        return self.intact and self.valid and self.covers_document


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a PDF holds, as far as it can be read. Of an encrypted file nothing else is known."""

    pages: int
    encrypted: bool
    signatures: tuple[SignatureFinding, ...] = ()
    timestamps: tuple[datetime.datetime, ...] = ()
    keywords: str = ""
    title: str = ""
    unreadable_signatures: int = 0

    @property
    def all_hold(self) -> bool:
        """True if there is a signature and every one of them holds."""
        return (
            bool(self.signatures) and not self.unreadable_signatures and all(s.holds for s in self.signatures)
        )


@dataclass(frozen=True, slots=True)
class Update:
    """A file accepted as the base file plus signatures."""

    new: tuple[SignatureFinding, ...]
    inspection: Inspection


def read_limited(chunks: Iterable[bytes], limit: int = MAX_BYTES) -> bytes:
    """Join an upload's chunks, and stop with `TooLarge` as soon as the limit is passed."""
    parts, size = [], 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLarge
        parts.append(chunk)
    return b"".join(parts)


def _reader(pdf: bytes, *, strict: bool = True) -> PdfFileReader:
    """Open a PDF, or raise `TooLarge` or `NotAPdf`.

    Strict reading also refuses constructions by which two programs may see two different documents.
    """
    if len(pdf) > MAX_BYTES:
        raise TooLarge
    if b"%PDF-" not in pdf[:1024]:
        raise NotAPdf
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=strict, decode_limits=_LIMITS)
        revisions = reader.xrefs.total_revisions
    except Exception as error:
        # A parser that meets hostile bytes may fail in any way; all of them mean "not readable".
        raise NotAPdf from error
    if revisions > MAX_REVISIONS:
        raise TooLarge
    return reader


def _is_encrypted(reader: PdfFileReader) -> bool:
    try:
        return "/Encrypt" in reader.trailer
    except Exception:
        # What names an encryption dictionary that cannot be read is encrypted for us as well.
        return True


def _authorities(trusted: Sequence[bytes]) -> list[asn1_x509.Certificate]:
    return [
        asn1_x509.Certificate.load(pem.unarmor(cert)[2] if pem.detect(cert) else cert) for cert in trusted
    ]


def inspect_pdf(pdf: bytes, trusted: Sequence[bytes] = ()) -> Inspection:
    """Say what a PDF holds and whether its signatures hold.

    `trusted` are certificates of authorities, PEM or DER. Raises `TooLarge` or `NotAPdf`, nothing else.
    """
    authorities = _authorities(trusted)
    try:
        return _inspect(_reader(pdf), authorities)
    except NotAPdf:
        return _inspect(_reader(pdf, strict=False), authorities)


def _inspect(reader: PdfFileReader, authorities: list[asn1_x509.Certificate]) -> Inspection:
    if _is_encrypted(reader):
        return Inspection(pages=0, encrypted=True)
    try:
        pages = int(reader.root["/Pages"]["/Count"])
        embedded = list(reader.embedded_signatures)
        filled = sum(1 for _ in _filled_fields(reader))
    except Exception as error:
        raise NotAPdf from error
    if len(embedded) > MAX_REVISIONS:
        raise TooLarge
    findings: list[SignatureFinding] = []
    stamps: list[datetime.datetime] = []
    unreadable = max(0, filled - len(embedded))
    policy = _StepByStep()
    for signature in embedded:
        try:
            if signature.sig_object_type == "/DocTimeStamp":
                status = validate_pdf_timestamp(signature, _context(authorities, None), diff_policy=policy)
                if status.intact and status.valid and status.timestamp:
                    stamps.append(status.timestamp)
                else:
                    unreadable += 1
            else:
                findings.append(_finding(signature, authorities, policy))
        except Exception:
            # A signature that cannot even be evaluated counts, so that nobody takes the rest for the whole.
            unreadable += 1
    return Inspection(
        pages=pages,
        encrypted=False,
        signatures=tuple(findings),
        timestamps=tuple(stamps),
        keywords=_information(reader, "/Keywords"),
        title=_information(reader, "/Title"),
        unreadable_signatures=unreadable,
    )


def _filled_fields(reader: PdfFileReader) -> Iterator[tuple[Any, ...]]:
    yield from enumerate_sig_fields(reader, filled_status=True)


def _information(reader: PdfFileReader, key: str) -> str:
    try:
        return str(reader.trailer["/Info"][key])
    except Exception:
        return ""  # optional everywhere in PDF, and often damaged


def _context(authorities: list[asn1_x509.Certificate], moment: datetime.datetime | None) -> ValidationContext:
    return ValidationContext(
        trust_roots=authorities, moment=moment, allow_fetching=False, revocation_mode="soft-fail"
    )


def _aware(moment: datetime.datetime | None) -> datetime.datetime | None:
    if moment is not None and moment.tzinfo is None:
        return moment.replace(tzinfo=datetime.UTC)
    return moment


def _finding(
    signature: EmbeddedPdfSignature, authorities: list[asn1_x509.Certificate], policy: DiffPolicy
) -> SignatureFinding:
    certificate = signature.signer_cert
    said = _aware(signature.self_reported_timestamp)
    # At the time it names, since our certificates outlive their keys by years; a foreign chain is never trusted.
    status = validate_pdf_signature(signature, _context(authorities, said), diff_policy=policy)
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.intact and stamp.valid):
        stamp = None
    subject, issuer = certificate.subject.native, certificate.issuer.native
    diff: Any = signature.diff_result
    coverage: Any = signature.coverage
    covers = (
        coverage in (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION)
        and isinstance(diff, DiffResult)
        and diff.modification_level <= ModificationLevel.FORM_FILLING
        and bool(status.docmdp_ok)
    )
    ours = bool(status.trusted)
    return SignatureFinding(
        field=str(signature.field_name),
        signer=_first(subject.get("common_name")),
        organization=_first(subject.get("organization_name")),
        issuer=_first(issuer.get("common_name") or issuer.get("organization_name")),
        email=_first(subject.get("email_address")),
        reason=str(signature.sig_object.get("/Reason", "")),
        signed_at=_aware(status.signer_reported_dt) or said,
        timestamped_at=_aware(stamp.timestamp) if stamp else None,
        timestamped_by=_first(stamp.signing_cert.subject.native.get("common_name")) if stamp else "",
        intact=bool(status.intact),
        valid=bool(status.valid),
        trusted=bool(status.trusted),
        ours=ours,
        level=Level.OWN
        if ours
        else Level.CLAIMS_QUALIFIED
        if _claims_qualified(certificate)
        else Level.FOREIGN,
        covers_document=covers,
        certifies=signature.docmdp_level is not None,
        locks=signature.docmdp_level == MDPPerm.NO_CHANGES,
        revision=int(signature.signed_revision),
        fingerprint=certificate.sha256.hex(),
    )


def _first(value: Any) -> str:
    # Names may hold several values, and anybody may write anything into a certificate.
    if isinstance(value, list):
        value = value[0] if value else ""
    return str(value or "")[:200]


def _claims_qualified(certificate: asn1_x509.Certificate) -> bool:
    """QcCompliance, QcSSCD and a certificate for signatures (ETSI EN 319 412-5); a claim, not a proof."""
    try:
        statements = {s["statement_id"].native: s["statement_info"] for s in get_qc_statements(certificate)}
        kinds = statements["qc_type"].native if "qc_type" in statements else ["qct_esign"]
        return "qc_compliance" in statements and "qc_sscd" in statements and "qct_esign" in kinds
    except Exception:
        return False  # unreadable statements claim nothing


def check_update(
    base: bytes,
    candidate: bytes,
    *,
    expect_new_signature: bool = True,
    others_follow: bool = True,
    trusted: Sequence[bytes] = (),
) -> Update:
    """Accept a file only if it is the base file, byte for byte, plus signatures.

    Raises one of the `FileRefused` exceptions above. Time stamps and validation data may come along. While
    `others_follow`, a signature that locks the file is refused too.
    """
    if len(candidate) > MAX_BYTES:
        raise TooLarge
    if b"%PDF-" not in candidate[:1024]:
        raise NotAPdf
    if not candidate.startswith(base):
        raise _why_not(base, candidate)
    if not candidate[len(base) :].strip():
        return _unchanged(base, trusted, expect_new_signature)
    before = _reader(base)
    try:
        after = _reader(candidate)
    except NotAPdf as error:
        raise AlteredFile from error  # begins right and ends in something unreadable: cut short or damaged
    if _is_encrypted(after):
        raise EncryptedFile
    _require_only_signing(before, after)
    authorities = _authorities(trusted)
    inspection = _inspect(after, authorities)
    known = {name for name, *_rest in _filled_fields(before)}
    new = tuple(finding for finding in inspection.signatures if finding.field not in known)
    if any(not (finding.intact and finding.valid) for finding in new) or inspection.unreadable_signatures:
        raise SignatureBroken
    if not all(finding.holds for finding in inspection.signatures):
        raise ChangedBeyondSigning
    if not known <= {finding.field for finding in inspection.signatures}:
        raise ChangedBeyondSigning
    if expect_new_signature and not new:
        raise NothingSigned
    if others_follow and any(finding.locks for finding in new):
        raise LockedFile
    return Update(new, inspection)


def _unchanged(base: bytes, trusted: Sequence[bytes], expect_new_signature: bool) -> Update:
    if expect_new_signature:
        raise NothingSigned
    return Update((), inspect_pdf(base, trusted))


def _require_only_signing(before: PdfFileReader, after: PdfFileReader) -> None:
    """Every revision after the base may add signatures, time stamps and validation data, and nothing else."""
    last = before.xrefs.total_revisions - 1
    if after.xrefs.total_revisions <= last + 1:
        raise ChangedBeyondSigning
    try:
        # The new revisions must build on the base's last one: an update may also point past it.
        if after.xrefs.get_startxref_for_revision(last) != before.xrefs.get_startxref_for_revision(last):
            raise ChangedBeyondSigning
        diff = _ONLY_SIGNING.review_file(after, last, doc_mdp=MDPPerm.FILL_FORMS)
    except FileRefused:
        raise
    except Exception as error:
        raise ChangedBeyondSigning from error
    if isinstance(diff, SuspiciousModification) or diff.modification_level > ModificationLevel.FORM_FILLING:
        raise ChangedBeyondSigning
    signed = {name for name, *_rest in _filled_fields(after)}
    if not set(diff.changed_form_fields) <= signed:
        raise ChangedBeyondSigning


def _why_not(base: bytes, candidate: bytes) -> FileRefused:
    """The most helpful reason why a file does not begin with the base."""
    shared = max((end + 5 for end in _ends(base) if candidate.startswith(base[: end + 5])), default=0)
    if base.startswith(candidate):
        # An earlier state as it was, or cut short somewhere else?
        return AnotherVersion() if len(candidate) <= shared + 2 else AlteredFile()
    if shared >= len(base) - 2 or _nearly_equal(base[shared:], candidate[shared:]):
        return AlteredFile()
    if shared:
        # Signed on top of an earlier state: somebody else signed meanwhile.
        return AnotherVersion()
    try:
        theirs = _reader(candidate)
    except FileRefused as error:
        return error
    if _is_encrypted(theirs):
        return EncryptedFile()
    ours = _reader(base)
    same_code = _information(ours, "/Keywords") and _information(ours, "/Keywords") == _information(
        theirs, "/Keywords"
    )
    if same_code or _permanent_id(ours) & _permanent_id(theirs):
        return AnotherVersion()
    return UnrelatedFile()


def _ends(pdf: bytes) -> list[int]:
    ends: list[int] = []
    at = pdf.find(b"%%EOF")
    while at >= 0 and len(ends) <= MAX_REVISIONS:
        ends.append(at)
        at = pdf.find(b"%%EOF", at + 5)
    return ends


def _nearly_equal(base: bytes, candidate: bytes) -> bool:
    """True if the candidate's beginning differs from the base in less than a hundredth of its bits."""
    if len(candidate) < len(base) * 0.9:
        return False
    size = min(len(base), len(candidate))
    # As one large number each, so that 25 MB take a blink.
    differing = int.from_bytes(base[:size], "big") ^ int.from_bytes(candidate[:size], "big")
    return differing.bit_count() * 100 < size * 8


def _permanent_id(reader: PdfFileReader) -> set[bytes]:
    try:
        return {bytes(reader.trailer["/ID"][0].original_bytes)}
    except Exception:
        return set()  # the identifier is optional in PDF
