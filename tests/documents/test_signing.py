"""Eight parties sign one after the other, and every signature stays valid for everybody who checks."""

from __future__ import annotations

import datetime
import io
import shutil
import subprocess
from pathlib import Path

import page
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from mtd.documents.signing import CannotSign, TimestampUnavailable, issue_credential, new_authority, sign_pdf
from mtd.documents.verifying import Level, check_update, inspect_pdf

from . import files

COUNTS = range(1, files.PARTIES + 1)


@pytest.mark.parametrize("count", COUNTS)
def test_after_every_signature_all_hold_for_pyhanko_with_its_own_defaults(count: int) -> None:
    reader = PdfFileReader(io.BytesIO(files.signed(count)))
    context = ValidationContext(trust_roots=[files.authority_certificate()], allow_fetching=False)
    statuses = [validate_pdf_signature(each, context) for each in reader.embedded_signatures]
    assert len(statuses) == count
    assert all(status.bottom_line for status in statuses)
    assert statuses[-1].coverage.name == "ENTIRE_FILE"


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler's pdfsig: not installed")
@pytest.mark.parametrize("count", COUNTS)
def test_after_every_signature_all_hold_for_poppler(count: int, tmp_path: Path) -> None:
    file = tmp_path / "signed.pdf"
    file.write_bytes(files.signed(count))
    told = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=True).stdout
    assert told.count("Signature is Valid.") == count
    assert told.count("ETSI.CAdES.detached") == count
    assert "Total document signed" in told.rsplit("Signature #", 1)[1]


@pytest.mark.parametrize("count", COUNTS)
def test_after_every_signature_the_file_keeps_pdf_ua_and_pdf_a(count: int) -> None:
    pdf = files.signed(count)
    assert page.is_pdf_compliant_bytes(pdf, profile="ua1")
    failed = {failure.rule_id for failure in page.validate_pdf_bytes(pdf, profile="2a").failures}
    # The checker asks every signature to cover the whole file, which only the last of several can do;
    # that each one covers its whole revision is what pyHanko checks above.
    assert failed <= ({"PDFA2A-SIGNATURE-BYTERANGE-001"} if count > 1 else set())


def test_a_signature_only_adds_bytes() -> None:
    for count in COUNTS:
        assert files.signed(count).startswith(files.signed(count - 1))


def test_the_first_signature_certifies_and_the_others_approve() -> None:
    found = inspect_pdf(files.signed(3)).signatures
    assert [finding.certifies for finding in found] == [True, False, False]


def test_a_signature_tells_who_when_and_why() -> None:
    finding = inspect_pdf(files.signed(1), [files.authority().certificate_pem]).signatures[0]
    assert finding.signer == "Λυδία Bräuer 1"
    assert finding.organization == "Suchtberatung am Markt"
    assert finding.reason == "Unterschrift für Suchtberatung am Markt"
    assert finding.signed_at == files.NOW + datetime.timedelta(minutes=1)
    assert finding.timestamped_at is None
    assert (finding.ours, finding.trusted, finding.level) == (True, True, Level.OWN)


def test_a_certificate_of_another_authority_of_the_same_name_is_not_ours() -> None:
    pdf = files.sign(files.unsigned(), by=new_authority("Make the Difference", "mtd.example", at=files.NOW))
    finding = inspect_pdf(pdf, [files.authority().certificate_pem]).signatures[0]
    assert finding.holds
    assert (finding.ours, finding.level) == (False, Level.FOREIGN)


def test_a_certificate_that_claims_to_be_qualified_is_told_as_a_claim() -> None:
    pdf = sign_pdf(
        files.unsigned(),
        credential=files.qualified_credential(),
        field_name="elsewhere",
        reason="",
        location="",
        signed_at=files.NOW,
    )
    finding = inspect_pdf(pdf, [files.authority().certificate_pem]).signatures[0]
    assert finding.level == Level.CLAIMS_QUALIFIED
    assert "cannot check" in str(finding.level.label)
    assert not finding.trusted


def test_a_time_stamp_is_kept_and_told() -> None:
    credential = issue_credential(files.authority(), common_name="Jonas Reuter", at=files.NOW)
    pdf = sign_pdf(
        files.unsigned(),
        credential=credential,
        field_name="party-1",
        reason="",
        location="",
        signed_at=files.NOW,
        timestamper=files.timestamper(),
    )
    finding = check_update(files.unsigned(), pdf, trusted=[files.authority().certificate_pem]).new[0]
    assert finding.timestamped_at == files.NOW + datetime.timedelta(minutes=5)
    assert finding.timestamped_by == "Testzeit"
    assert page.is_pdf_compliant_bytes(pdf, profile="ua1")


def test_a_time_stamp_service_that_does_not_answer_is_told_and_nothing_is_signed() -> None:
    credential = issue_credential(files.authority(), common_name="Jonas Reuter", at=files.NOW)
    with pytest.raises(TimestampUnavailable):
        sign_pdf(
            files.unsigned(),
            credential=credential,
            field_name="party-1",
            reason="",
            location="",
            signed_at=files.NOW,
            timestamp_url="http://127.0.0.1:9/tsa",
        )


def test_the_same_field_is_not_signed_twice() -> None:
    with pytest.raises(CannotSign):
        files.sign(files.signed(1), 1)


def test_names_longer_than_a_certificate_allows_can_sign() -> None:
    credential = issue_credential(
        files.authority(), common_name="N" * 300, organization="Ö" * 300, email="ü@x.example", at=files.NOW
    )
    pdf = sign_pdf(
        files.unsigned(), credential=credential, field_name="a", reason="r", location="", signed_at=files.NOW
    )
    assert inspect_pdf(pdf).signatures[0].holds


def test_keys_do_not_show_in_logs() -> None:
    credential = issue_credential(files.authority(), common_name="Jonas Reuter", at=files.NOW)
    assert "PRIVATE" not in repr(files.authority())
    assert repr(credential) == "Credential(…)"
