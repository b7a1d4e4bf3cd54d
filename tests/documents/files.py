"""Signed and damaged files for the tests of this folder, made once per run."""

from __future__ import annotations

import datetime
import io
from functools import lru_cache

from asn1crypto import keys, pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from mtd.documents.pdf import render_pdf
from mtd.documents.signing import Authority, Credential, issue_credential, new_authority, sign_pdf

from .samples import agreement

NOW = datetime.datetime(2026, 11, 21, 10, 30, tzinfo=datetime.UTC)
PARTIES = 8


@lru_cache
def authority(name: str = "Make the Difference") -> Authority:
    return new_authority(name, "mtd.example", at=NOW)


@lru_cache
def unsigned(parts: int = 3, bilingual: bool = False) -> bytes:
    return render_pdf(agreement(parts, bilingual=bilingual))


def sign(pdf: bytes, number: int = 1, *, by: Authority | None = None) -> bytes:
    credential = issue_credential(
        by or authority(),
        common_name=f"Λυδία Bräuer {number}",
        organization="Suchtberatung am Markt",
        email="lydia@markt.example",
        at=NOW,
    )
    return sign_pdf(
        pdf,
        credential=credential,
        field_name=f"party-{number}",
        reason="Unterschrift für Suchtberatung am Markt",
        location="Birkenfurt",
        signed_at=NOW + datetime.timedelta(minutes=number),
    )


@lru_cache
def signed(times: int) -> bytes:
    return unsigned() if times == 0 else sign(signed(times - 1), times)


def qualified_credential() -> Credential:
    """A certificate that claims to be qualified (QcCompliance, QcSSCD, QcType esign), as anybody could make one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "Jonas Reuter"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Kreis Birkenfurt"),
        ]
    )
    compliance, sscd, kind = (bytes.fromhex("060604008e4601" + end) for end in ("01", "04", "06"))
    esign = bytes.fromhex("3009" "0607" "04008e46010601")  # fmt: skip
    parts = b"".join(_sequence(part) for part in (compliance, sscd, kind + esign))
    statements = _sequence(parts)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - datetime.timedelta(days=1))
        .not_valid_after(NOW + datetime.timedelta(days=900))
        .add_extension(
            x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3"), statements), False
        )
        .add_extension(
            x509.KeyUsage(False, True, False, False, False, False, False, False, False), critical=True
        )
        .sign(key, hashes.SHA256())
    )
    der = certificate.public_bytes(serialization.Encoding.DER)
    return Credential(
        der,
        key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        der,
    )


def _sequence(content: bytes) -> bytes:
    return bytes([0x30, len(content)]) + content


@lru_cache
def timestamper() -> DummyTimeStamper:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Testzeit")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - datetime.timedelta(days=1))
        .not_valid_after(NOW + datetime.timedelta(days=900))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    return DummyTimeStamper(
        asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        ),
        fixed_dt=NOW + datetime.timedelta(minutes=5),
    )


def authority_certificate() -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(pem.unarmor(authority().certificate_pem)[2])


def locking(pdf: bytes, *, certify: bool = True) -> bytes:
    """Signed by a program of somebody's own: certified without any further change, or not at all."""
    credential = qualified_credential()
    signer = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(credential.certificate_der),
        signing_key=keys.PrivateKeyInfo.load(credential.private_key_der),
        cert_registry=SimpleCertificateStore(),
    )
    about = signers.PdfSignatureMetadata(
        field_name="Signature1", certify=certify, docmdp_permissions=MDPPerm.NO_CHANGES, md_algorithm="sha512"
    )
    return signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), about, signer=signer).getvalue()


def with_note(pdf: bytes) -> bytes:
    """An incremental update that lays a note over the first page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Contents"): generic.pdf_string("Ziffer 5 gilt nicht"),
            generic.pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (10, 10, 300, 100))),
        }
    )
    page[generic.pdf_name("/Annots")] = generic.ArrayObject([writer.add_object(note)])
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
