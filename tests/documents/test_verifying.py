"""A file from outside is taken only as the expected one plus signatures; anything else gets its own clear answer."""

from __future__ import annotations

import dataclasses
import re
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtd.documents import verifying
from mtd.documents.pdf import render_pdf
from mtd.documents.verifying import (
    MAX_BYTES,
    AlteredFile,
    AnotherVersion,
    ChangedBeyondSigning,
    EncryptedFile,
    FileRefused,
    LockedFile,
    NotAPdf,
    NothingSigned,
    SignatureBroken,
    TooLarge,
    UnrelatedFile,
    check_update,
    inspect_pdf,
    read_limited,
)

from . import files
from .samples import agreement

SECONDS = 5.0


@pytest.mark.parametrize("count", range(1, files.PARTIES + 1))
def test_each_new_signature_is_accepted_on_the_file_before_it(count: int) -> None:
    update = check_update(
        files.signed(count - 1), files.signed(count), trusted=[files.authority().certificate_pem]
    )
    assert [finding.field for finding in update.new] == [f"party-{count}"]
    assert len(update.inspection.signatures) == count
    assert update.inspection.all_hold


def test_several_signatures_at_once_are_accepted() -> None:
    assert len(check_update(files.unsigned(), files.signed(3)).new) == 3


def test_a_file_without_a_new_signature_is_refused_where_one_is_expected() -> None:
    for base in (files.unsigned(), files.signed(2)):
        with pytest.raises(NothingSigned):
            check_update(base, base)
        with pytest.raises(NothingSigned):
            check_update(base, base + b"\r\n")
    assert check_update(files.signed(2), files.signed(2), expect_new_signature=False).new == ()


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"\x89PNG", b"%PD", b"GIF" * 9000])
def test_what_is_no_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPdf):
        check_update(files.unsigned(), content)
    with pytest.raises(NotAPdf):
        inspect_pdf(content)


def test_two_hundred_megabytes_are_refused_before_they_are_read() -> None:
    chunk = b"%PDF-1.7\n" + bytes(1 << 20)
    taken = 0

    def upload() -> object:
        nonlocal taken
        for _ in range(200):
            taken += len(chunk)
            yield chunk

    with pytest.raises(TooLarge):
        read_limited(upload())  # type: ignore[arg-type]
    assert taken < MAX_BYTES + 2 * len(chunk)
    began = time.process_time()
    for check in (inspect_pdf, lambda pdf: check_update(files.unsigned(), pdf)):
        with pytest.raises(TooLarge):
            check(chunk * 26)
    assert time.process_time() - began < 1


def test_a_small_file_that_unpacks_to_gigabytes_is_refused_in_time() -> None:
    bomb = zlib.compress(zlib.compress(bytes(1 << 28), 9), 9)
    body = b"%PDF-1.7\n"
    at = len(body)
    body += (
        b"1 0 obj\n<</Type/XRef/Size 2/W[1 4 1]/Root 1 0 R/Filter[/FlateDecode/FlateDecode]/Length %d>>\nstream\n"
        % len(bomb)
    )
    body += bomb + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % at
    began = time.process_time()
    with pytest.raises(FileRefused):
        inspect_pdf(body)
    assert time.process_time() - began < SECONDS


def test_another_document_is_refused() -> None:
    other = dataclasses.replace(agreement(2), code="XYZ-1", title="Something else", author="Somebody")
    with pytest.raises(UnrelatedFile):
        check_update(files.unsigned(), render_pdf(other))
    with pytest.raises(UnrelatedFile):
        check_update(files.signed(1), files.sign(render_pdf(other)))


def test_a_signed_file_of_another_version_is_refused() -> None:
    other = files.sign(files.unsigned(2))
    with pytest.raises(AnotherVersion):
        check_update(files.unsigned(), other)


def test_a_signature_on_an_earlier_state_is_refused_as_outdated() -> None:
    # Two download the same file; the first to upload has won, the second must sign the newer one.
    meanwhile, mine = files.signed(2), files.sign(files.signed(1), 7)
    with pytest.raises(AnotherVersion):
        check_update(meanwhile, mine)
    with pytest.raises(AnotherVersion):
        check_update(files.signed(2), files.signed(1))


@settings(max_examples=150)
@given(st.data())
def test_one_altered_bit_in_the_agreed_text_is_refused(data: st.DataObject) -> None:
    base, candidate = files.unsigned(), files.signed(1)
    place = data.draw(st.integers(0, len(base) * 8 - 1))
    altered = bytearray(candidate)
    altered[place // 8] ^= 1 << place % 8
    with pytest.raises((AlteredFile, NotAPdf)) as refused:
        check_update(base, bytes(altered))
    assert isinstance(refused.value, AlteredFile) or place < 5 * 8  # "%PDF-" itself


@settings(max_examples=40)
@given(st.data())
def test_one_altered_bit_in_what_was_added_never_passes_as_a_different_signature(data: st.DataObject) -> None:
    base, candidate = files.unsigned(), files.signed(1)
    contents = re.search(rb"/Contents <([0-9a-fA-F]+?)0*>", candidate)
    assert contents is not None
    padding = range(contents.end(), candidate.index(b">", contents.end() - 1) + 1)
    place = data.draw(st.integers(len(base) * 8, len(candidate) * 8 - 1))
    altered = bytearray(candidate)
    altered[place // 8] ^= 1 << place % 8
    try:
        update = check_update(base, bytes(altered))
    except FileRefused:
        return
    # Only bits that carry nothing may differ: the case of hex digits, the padding behind the signature.
    assert (
        contents.start() <= place // 8 <= max(contents.end(), padding.stop)
        or place // 8 >= len(candidate) - 2
    )
    assert update.new[0].fingerprint == check_update(base, candidate).new[0].fingerprint


@settings(max_examples=30)
@given(st.integers(min_value=0), st.booleans())
def test_a_file_cut_short_is_refused(seed: int, after_the_base: bool) -> None:
    base, candidate = files.unsigned(), files.signed(1)
    low, high = (len(base) + 2, len(candidate) - 8) if after_the_base else (0, len(base) - 8)
    with pytest.raises(FileRefused):
        check_update(base, candidate[: low + seed % (high - low)])


@settings(max_examples=30)
@given(st.binary(max_size=2000), st.integers(0, 3))
def test_bytes_put_in_or_behind_never_crash(noise: bytes, kind: int) -> None:
    base, candidate = files.unsigned(), files.signed(1)
    middle = len(base) // 2
    made = (
        candidate + noise,
        base + noise + candidate[len(base) :],
        base[:middle] + noise + base[middle:],
        b"%PDF-1.7\n" + noise,
    )[kind]
    try:
        update = check_update(base, made)
    except FileRefused:
        return
    assert update.inspection.all_hold


@pytest.mark.parametrize("signatures", [0, 1, 3])
def test_a_note_laid_over_the_page_is_refused(signatures: int) -> None:
    base = files.signed(signatures)
    noted = files.with_note(base)
    with pytest.raises(ChangedBeyondSigning):
        check_update(base, noted)
    with pytest.raises(ChangedBeyondSigning):
        check_update(base, files.sign(noted, 8))
    if signatures:
        with pytest.raises(ChangedBeyondSigning):
            check_update(base, files.with_note(files.signed(signatures + 1)))
        assert not inspect_pdf(noted).all_hold


def test_an_update_that_skips_the_earlier_signatures_is_refused() -> None:
    base = files.signed(2)
    rollback = files.sign(files.signed(1), 5)[len(files.signed(1)) :]
    with pytest.raises(FileRefused):
        check_update(base, base + rollback)


def test_a_signature_that_does_not_fit_is_refused() -> None:
    base, candidate = files.unsigned(), bytearray(files.signed(1))
    at = candidate.index(b"/Name", len(base))
    candidate[at + 12] ^= 1  # a letter of the signer's name, covered by the signature
    with pytest.raises(SignatureBroken):
        check_update(base, bytes(candidate))


def test_a_signature_that_locks_the_file_is_refused_while_others_have_to_sign() -> None:
    base, locking = files.unsigned(), files.locking(files.unsigned())
    with pytest.raises(LockedFile):
        check_update(base, locking)
    assert check_update(base, locking, others_follow=False).new[0].locks


def test_a_first_signature_without_certification_is_accepted() -> None:
    plain = files.locking(files.unsigned(), certify=False)
    assert not check_update(files.unsigned(), plain).new[0].certifies
    assert check_update(plain, files.sign(plain, 2)).inspection.all_hold


def test_encrypted_files_are_named_as_such(shared_data: Path) -> None:
    for name in ("minimal-aes256.pdf", "minimal-rc4.pdf", "minimal-pubkey-aes256.pdf"):
        pdf = (shared_data / "pdf" / "pyhanko" / name).read_bytes()
        assert inspect_pdf(pdf).encrypted
        with pytest.raises(EncryptedFile):
            check_update(files.unsigned(), pdf)


def test_every_file_of_the_corpora_gets_an_answer_in_time(shared_data: Path) -> None:
    everything = sorted((shared_data / "pdf").rglob("*.pdf"))
    assert len(everything) > 300
    readable = signed = 0
    for path in everything:
        pdf = path.read_bytes()
        began = time.process_time()
        try:
            inspection = inspect_pdf(pdf)
            readable += 1
            signed += bool(inspection.signatures)
        except FileRefused:
            pass
        with pytest.raises(FileRefused):
            check_update(files.unsigned(), pdf)
        with pytest.raises(FileRefused):
            check_update(files.unsigned(), files.unsigned() + pdf)
        with pytest.raises(FileRefused):
            check_update(pdf, pdf + b"\n")
        assert time.process_time() - began < SECONDS, path.name
    assert readable > 320
    assert signed >= 28


def test_attacks_on_forms_are_seen(shared_data: Path) -> None:
    attacked = [
        path
        for path in sorted((shared_data / "pdf" / "pyhanko").rglob("form-update*.pdf"))
        if inspect_pdf(path.read_bytes()).signatures
    ]
    for path in attacked:
        if "sneaky" in path.name:
            assert not inspect_pdf(path.read_bytes()).all_hold, path.name


@pytest.mark.parametrize(
    "name", ["one-byterange.pdf", "tail-uncovered.pdf", "weird-byterange.pdf", "signature-gap-too-big.pdf"]
)
def test_a_signature_that_does_not_cover_its_file_does_not_hold(shared_data: Path, name: str) -> None:
    path = next((shared_data / "pdf" / "pyhanko").rglob(name))
    assert not inspect_pdf(path.read_bytes()).all_hold


def test_logs_never_hold_what_a_certificate_says(caplog: pytest.LogCaptureFixture) -> None:
    inspect_pdf(files.signed(2))
    assert "Bräuer" not in caplog.text


def test_every_refusal_has_words_and_a_code_of_its_own() -> None:
    kinds = FileRefused.__subclasses__()
    assert len({kind().code for kind in kinds}) == len(kinds) == 10
    assert all(len(str(kind())) > 30 for kind in kinds)
    assert verifying.MAX_BYTES == 25 * 1024 * 1024
