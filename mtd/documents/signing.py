"""Signing PDFs with certificates that this installation issues itself.

Every signature gets a key of its own: it is made, used once and forgotten, so nobody can sign with it a second time.
The certificate stays valid as long as the authority, so that an offline reader does not call old
signatures expired. Signatures are PAdES (ETSI EN 319 142-1) baseline B, or T with a time-stamp authority.

What keeps PDF/UA-1 and PDF/A-2a with pyHanko (measured, see the tests): an invisible field with the print flag set,
a readable name and its box outside the page; and the XMP metadata left as the renderer wrote them.
"""

from __future__ import annotations

import datetime
import io
from dataclasses import dataclass

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils.translation import gettext_lazy as _
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from mtd.core.errors import Refused

_AUTHORITY_YEARS = 30
_KEY_USE = datetime.timedelta(days=1)


class TimestampUnavailable(Refused):
    """The configured time-stamp authority did not answer; nothing was signed."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The time-stamp service did not answer, so nothing was signed. Please try again in a few minutes."
            ),
            code="timestamp_unavailable",
        )


class CannotSign(Refused):
    """The file cannot take another signature, for example because the field is signed already."""

    def __init__(self) -> None:
        super().__init__(
            _("This file cannot take this signature. Load the page again and sign the newest version."),
            code="cannot_sign",
        )


@dataclass(frozen=True, slots=True)
class Authority:
    """The installation's own issuing certificate with its private key, both as PEM."""

    certificate_pem: bytes
    private_key_pem: bytes

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.certificate_pem)

    def __repr__(self) -> str:
        return "Authority(…)"  # never a private key in a log


@dataclass(frozen=True, slots=True)
class Credential:
    """A certificate for one signature, with its private key (DER). Keep it for that signature only."""

    certificate_der: bytes
    private_key_der: bytes
    issuer_der: bytes

    def __repr__(self) -> str:
        return "Credential(…)"


def _name(common: str, organization: str, email: str = "") -> x509.Name:
    # X.520 limits these to 64 characters; a longer name is cut here and stands in full in the document.
    parts = []
    if organization:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization[:64]))
    parts.append(x509.NameAttribute(NameOID.COMMON_NAME, (common or "–")[:64]))
    if email and email.isascii():
        parts.append(x509.NameAttribute(NameOID.EMAIL_ADDRESS, email[:255]))
    return x509.Name(parts)


def new_authority(common_name: str, organization: str, *, at: datetime.datetime) -> Authority:
    """Make the installation's issuing certificate: self-signed, ECDSA P-256, valid for thirty years."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(common_name, organization)
    start = at.astimezone(datetime.UTC).replace(microsecond=0)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - datetime.timedelta(days=1))
        .not_valid_after(start + datetime.timedelta(days=365 * _AUTHORITY_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )


def _key_usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_cert_sign=certificates,
        crl_sign=certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def issue_credential(
    authority: Authority,
    *,
    common_name: str,
    organization: str = "",
    email: str = "",
    at: datetime.datetime,
) -> Credential:
    """A fresh key and certificate for one signature by one person, usable from an hour before `at` for a day."""
    issuer = authority.certificate
    issuer_key = serialization.load_pem_private_key(authority.private_key_pem, password=None)
    if not isinstance(issuer_key, ec.EllipticCurvePrivateKey):
        raise TypeError("The authority's key is not an elliptic-curve key.")
    key = ec.generate_private_key(ec.SECP256R1())
    start = at.astimezone(datetime.UTC).replace(microsecond=0) - datetime.timedelta(hours=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(common_name, organization, email))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(max(start, issuer.not_valid_before_utc))
        .not_valid_after(issuer.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(certificates=False), critical=True)
        .add_extension(x509.PrivateKeyUsagePeriod(start, start + _KEY_USE), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
            ),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )
    return Credential(
        certificate.public_bytes(serialization.Encoding.DER),
        key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        issuer.public_bytes(serialization.Encoding.DER),
    )


class _QuietWriter(IncrementalPdfFileWriter):
    """Leaves document information and XMP as they are.

    pyHanko would write the XMP anew and lose the declaration of PDF/UA in it.
    """

    def _update_meta(self) -> None:
        return


class _DatedSigner(signers.PdfSigner):
    """Signs with a given time, so that the document, the database and the log name the same one."""

    signed_at: datetime.datetime

    def init_signing_session(
        self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.signed_at
        return session


def sign_pdf(
    pdf: bytes,
    *,
    credential: Credential,
    field_name: str,
    reason: str,
    location: str,
    signed_at: datetime.datetime,
    timestamp_url: str | None = None,
    timestamper: TimeStamper | None = None,
) -> bytes:
    """Add one PAdES signature as an incremental update; everything before stays byte for byte.

    The first signature certifies the document and permits nothing but further signatures. Raises
    `TimestampUnavailable` if a time-stamp authority is named and does not answer, `CannotSign` if the
    file cannot take the signature.
    """
    certificate = asn1_x509.Certificate.load(credential.certificate_der)
    registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    registry.register(asn1_x509.Certificate.load(credential.issuer_der))
    signer = signers.SimpleSigner(
        signing_cert=certificate,
        signing_key=asn1_keys.PrivateKeyInfo.load(credential.private_key_der),
        cert_registry=registry,
    )
    if timestamper is None and timestamp_url:
        timestamper = HTTPTimeStamper(timestamp_url, timeout=10)
    try:
        writer = _QuietWriter(io.BytesIO(pdf))
        # Only filled fields: a file prepared elsewhere may bring empty ones, and still nobody has signed it.
        first = next(iter(fields.enumerate_sig_fields(writer.prev, filled_status=True)), None) is None
        pdf_signer = _DatedSigner(
            signers.PdfSignatureMetadata(
                field_name=field_name,
                md_algorithm="sha256",
                name=certificate.subject.native.get("common_name"),
                reason=reason or None,
                location=location or None,
                subfilter=SigSeedSubFilter.PADES,
                certify=first,
                docmdp_permissions=MDPPerm.FILL_FORMS,
            ),
            signer=signer,
            timestamper=timestamper,
            new_field_spec=fields.SigFieldSpec(
                field_name,
                readable_field_name=reason or field_name,
                invis_sig_settings=fields.InvisSigSettings(
                    set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True
                ),
            ),
        )
        pdf_signer.signed_at = signed_at
        signed: bytes = pdf_signer.sign_pdf(writer).getvalue()
    except (TimestampRequestError, OSError) as error:
        raise TimestampUnavailable from error
    except (SigningError, PdfError) as error:
        raise CannotSign from error
    if not signed.startswith(pdf):
        raise CannotSign
    return signed if signed.endswith(b"\n") else signed + b"\n"
