"""Signing: mixed ways, every bad file refused with a reason, nothing half done, earlier signatures stay valid."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pypdf import PdfReader, PdfWriter

from mtd.agreements.actions import adoption, lifecycle, rounds, signing
from mtd.agreements.models import (
    Adoption,
    Agreement,
    Answer,
    Entry,
    Signature,
    SigningRound,
    Version,
)
from mtd.agreements.queries import current_version
from mtd.agreements.text import text_from_json
from mtd.agreements.verification import check_code, check_file, check_hash
from mtd.documents.queries import inspect
from mtd.notifications.models import Notice
from mtd.organizations.queries import leads_of
from tests.cast import Cast
from tests.documents import files
from tests.documents.test_pdf import conforms
from tests.factories import agreements as factory
from tests.factories import signing as stage

refusal = factory.refusal


# ---------------------------------------------------------------- adoption and mandates


def test_adoption_waits_for_needed_answers_and_names_them(birkenfurt: Agreement) -> None:
    version = factory.agree_all(birkenfurt, skip=("review_period",), quick=True)
    with refusal("required_open") as refused:
        adoption.start_adoption(actor=stage.coordinator(birkenfurt), version=version)
    number = next(q.number for q in factory.open_now(version) if q.key == "review_period")
    assert number in str(refused.value)
    assert Version.objects.get(pk=version.pk).state == Version.State.WORKING


def test_only_the_lead_decides_alone_and_only_own_bodies_are_recorded(birkenfurt: Agreement) -> None:
    version = stage.adopting(birkenfurt)
    markt, jugendamt = factory.party(birkenfurt, "Markt"), factory.party(birkenfurt, "Kreisjugendamt")
    with refusal("not_allowed"):
        adoption.record_adoption(
            actor=factory.speaker(jugendamt),
            version=version,
            party=markt,
            body="Rat",
            decided_on=timezone.localdate(),
        )
    with refusal("not_allowed"):
        adoption.record_adoption(actor=factory.speaker(markt), version=version, party=markt, needed=False)
    adoption.record_adoption(actor=factory.lead(markt), version=version, party=markt, needed=False)
    with refusal("future"):
        adoption.record_adoption(
            actor=factory.lead(markt),
            version=version,
            party=markt,
            body="Rat",
            decided_on=timezone.localdate() + timedelta(days=1),
        )


def test_reopening_takes_decisions_back_and_the_log_keeps_them(birkenfurt: Agreement) -> None:
    version = stage.adopting(birkenfurt)
    stage.adopt(version, factory.party(birkenfurt, "Markt"))
    adoption.reopen(actor=stage.coordinator(birkenfurt), version=version, reason="Ziffer 5 fehlt")
    assert not Adoption.objects.filter(version=version).exists()
    kept = Entry.objects.filter(version=version, data__change="withdrawn").get()
    assert kept.data["body"] == "Kreistag"
    assert Version.objects.get(pk=version.pk).state == Version.State.WORKING


def test_a_mandate_counts_when_the_lead_confirmed_it_and_until_it_runs_out(birkenfurt: Agreement) -> None:
    stage.adopting(birkenfurt)
    party = factory.party(birkenfurt, "Markt")
    worker = factory.speaker(party)
    proposed = adoption.propose_mandate(
        actor=worker,
        agreement=birkenfurt,
        party=party,
        name="Erika Ohne",
        function="Vorstand",
        evidence="Satzung",
    )
    with refusal("not_allowed"):
        adoption.confirm_mandate(actor=worker, mandate=proposed)
    with refusal("past"):
        adoption.propose_mandate(
            actor=worker,
            agreement=birkenfurt,
            party=party,
            name="Erika Ohne",
            function="Vorstand",
            evidence="Satzung",
            valid_until=timezone.localdate() - timedelta(days=1),
        )
    stranger = leads_of(factory.party(birkenfurt, "Kreisjugendamt").organization).first()
    with refusal("not_member"):
        adoption.propose_mandate(
            actor=worker, agreement=birkenfurt, party=party, user=stranger, function="x", evidence="y"
        )


def test_freezing_names_who_is_missing(birkenfurt: Agreement) -> None:
    version = stage.adopting(birkenfurt)
    coordinator = stage.coordinator(birkenfurt)
    with refusal("not_adopted"):
        rounds.freeze(actor=coordinator, version=version)
    for party in birkenfurt.parties.all():
        stage.adopt(version, party)
    with refusal("no_mandate") as refused:
        rounds.freeze(actor=coordinator, version=version)
    assert "Markt" in str(refused.value)
    assert not SigningRound.objects.exists()


def test_a_text_without_a_review_date_is_not_fixed(birkenfurt: Agreement) -> None:
    version = stage.adopted(birkenfurt)
    Answer.objects.filter(version=version, question_key__in=("in_force", "review_period")).delete()
    coordinator = stage.coordinator(birkenfurt)
    with refusal("in_force_from"):
        rounds.freeze(actor=coordinator, version=version)
    with refusal("review_on"):
        rounds.freeze(actor=coordinator, version=version, in_force_from=date(2027, 1, 1))
    with refusal("review_order"):
        rounds.freeze(
            actor=coordinator, version=version, in_force_from=date(2027, 1, 1), review_on=date(2026, 1, 1)
        )
    fixed = rounds.freeze(
        actor=coordinator, version=version, in_force_from=date(2027, 1, 1), review_on=date(2028, 1, 1)
    )
    assert text_from_json(fixed.text).review_on == "2028-01-01"


# ---------------------------------------------------------------- signing


def test_signers_are_told_when_it_is_their_turn(birkenfurt: Agreement) -> None:
    signing_round = stage.frozen(birkenfurt, order="sequence")
    due = Notice.objects.filter(kind="agreements.signature_due")
    assert due.count() == 1
    stage.sign_here(stage.place(signing_round, 0))
    assert due.count() == 2


def test_in_a_sequence_nobody_signs_before_it_is_their_turn(birkenfurt: Agreement) -> None:
    signing_round = stage.frozen(birkenfurt, order="sequence")
    with refusal("not_your_turn") as refused:
        stage.sign_here(stage.place(signing_round, 1))
    assert stage.place(signing_round, 0).party.organization.short_name in str(refused.value)


def test_nobody_signs_without_mandate_unread_twice_or_under_another_name(birkenfurt: Agreement) -> None:
    signing_round = stage.frozen(birkenfurt)
    place = stage.place(signing_round, 0)
    with refusal("no_mandate"):
        signing.confirm_read(actor=factory.speaker(place.party), signature=place)
    other = stage.signer(stage.place(signing_round, 2))
    with refusal("no_mandate"):
        signing.sign_in_system(actor=other, signature=place, declaration="x")
    signer = stage.signer(place)
    name = leads_of(place.party.organization)[0].full_name
    with refusal("not_read"):
        signing.sign_in_system(actor=signer, signature=place, declaration=name)
    signing.confirm_read(actor=signer, signature=place)
    with refusal("declaration"):
        signing.sign_in_system(actor=signer, signature=place, declaration="Ja")
    signing.sign_in_system(actor=signer, signature=place, declaration=f"  {name.upper()} ")
    with refusal("already_signed"):
        signing.sign_in_system(actor=signer, signature=place, declaration=name)


def test_a_revoked_mandate_no_longer_signs(birkenfurt: Agreement) -> None:
    signing_round = stage.frozen(birkenfurt)
    place = stage.place(signing_round, 0)
    adoption.revoke_mandate(actor=stage.signer(place), mandate=place.party.mandates.get())
    with refusal("no_mandate"):
        stage.sign_here(place)


def test_having_read_belongs_to_the_person(birkenfurt: Agreement, cast: Cast) -> None:
    signing_round = stage.frozen(birkenfurt)
    place = stage.place(signing_round, 0)
    signing.confirm_read(actor=stage.signer(place), signature=place)
    worker = factory.speaker(place.party)
    user = place.party.organization.memberships.get(user=worker.user_id).user
    stage.mandate(place.party, user=user)
    with refusal("not_read"):
        signing.sign_in_system(actor=worker, signature=place, declaration=user.full_name)


def test_three_ways_mix_and_every_signature_stays_valid(birkenfurt: Agreement) -> None:
    signing_round = stage.frozen(birkenfurt)
    stage.sign_here(stage.place(signing_round, 0))
    own = stage.place(signing_round, 1)
    content = stage.signed_elsewhere(stage.current_file(signing_round))
    mandate = own.party.mandates.get()
    done = signing.upload_signed(
        actor=factory.speaker(own.party), signature=own, mandate=mandate, content=content
    )
    assert done.level == Signature.Level.QUALIFIED
    paper = stage.place(signing_round, 2)
    signing.upload_paper(
        actor=factory.speaker(paper.party),
        signature=paper,
        mandate=paper.party.mandates.get(),
        signed_on=timezone.localdate(),
        scan=("scan.pdf", b"%PDF-1.4 scan", "application/pdf"),
    )
    signing.confirm_paper(
        actor=factory.speaker(own.party), signature=stage.place(signing_round, 2), accept=True
    )
    stage.sign_here(stage.place(signing_round, 3))
    signing_round.refresh_from_db()
    assert signing_round.state == SigningRound.State.COMPLETE
    found = inspect(stage.current_file(signing_round))
    assert found.all_hold
    assert len(found.signatures) == 3


def tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name}: not installed")
    return path


def test_eight_signatures_hold_one_after_the_other_in_every_reader(
    heinsberg: Agreement, tmp_path: Path
) -> None:
    signing_round = stage.frozen(heinsberg)
    pdfsig = tool("pdfsig")
    for number in range(8):
        stage.sign_here(stage.place(signing_round, number))
        content = stage.current_file(signing_round)
        found = inspect(content)
        assert found.all_hold
        assert [s.ours for s in found.signatures] == [True] * (number + 1)
        (tmp_path / "a.pdf").write_bytes(content)
        said = subprocess.run(
            [pdfsig, "-nocert", str(tmp_path / "a.pdf")], capture_output=True, text=True, check=False
        ).stdout
        assert said.count("Signature is Valid") == number + 1
    # The checker wants every signature to cover the whole file, which only the newest of several can (ISO 19005-2
    # allows that by its incremental updates); anything else would be a loss.
    assert [problem for problem in conforms(content) if "SIGNATURE-BYTERANGE" not in problem] == []


# ---------------------------------------------------------------- bad files


def hand_in(signing_round: SigningRound, content: bytes, number: int = 0) -> None:
    place = stage.place(signing_round, number)
    signing.upload_signed(
        actor=factory.speaker(place.party),
        signature=place,
        mandate=place.party.mandates.get(),
        content=content,
    )


def unchanged(signing_round: SigningRound) -> bool:
    fresh = SigningRound.objects.get(pk=signing_round.pk)
    waiting = fresh.signatures.filter(state=Signature.State.WAITING).count()
    return fresh.current_id == signing_round.current_id and waiting == fresh.signatures.count()


def altered(content: bytes) -> bytes:
    place = len(content) // 3
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def unrelated() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def encrypted(content: bytes) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt("geheim", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_every_bad_file_is_refused_with_its_own_reason(birkenfurt: Agreement) -> None:
    signing_round = stage.frozen(birkenfurt)
    frozen = stage.current_file(signing_round)
    good = stage.signed_elsewhere(frozen)
    cases = {
        "altered": altered(good),
        "unrelated": unrelated(),
        "encrypted": encrypted(good),
        "not_a_pdf": b"hello",
        "nothing_signed": frozen,
        "too_large": b"%PDF-1.7" + b"0" * (25 * 1024 * 1024),
        "changed_beyond_signing": stage.signed_elsewhere(files.with_note(frozen)),
        "locked": files.locking(frozen),
    }
    for code, content in cases.items():
        with refusal(code):
            hand_in(signing_round, content)
        assert unchanged(signing_round), code
    hand_in(signing_round, good)


def test_the_signed_file_of_another_version_is_refused(birkenfurt: Agreement) -> None:
    first = stage.frozen(birkenfurt)
    old = stage.signed_elsewhere(stage.current_file(first))
    rounds.cancel_round(actor=stage.coordinator(birkenfurt), signing_round=first, reason="Tippfehler")
    Agreement.objects.filter(pk=birkenfurt.pk).update(purpose="Anders als zuvor.")
    birkenfurt.refresh_from_db()
    second = stage.frozen(birkenfurt)
    with refusal("another_version"):
        hand_in(second, old)
    assert unchanged(second)


def test_a_file_of_a_stopped_round_never_passes_for_one_of_the_next_even_word_for_word(
    birkenfurt: Agreement,
) -> None:
    first = stage.frozen(birkenfurt)
    old = stage.signed_elsewhere(stage.current_file(first))
    rounds.cancel_round(actor=stage.coordinator(birkenfurt), signing_round=first, reason="Termin verlegt")
    second = stage.frozen(birkenfurt)
    assert second.text == first.text
    with refusal("another_version"):
        hand_in(second, old)
    assert unchanged(second)


def test_a_file_from_before_somebody_else_signed_says_who_and_what_to_do(birkenfurt: Agreement) -> None:
    signing_round = stage.frozen(birkenfurt)
    mine = stage.signed_elsewhere(stage.current_file(signing_round))
    stage.sign_here(stage.place(signing_round, 1))
    with refusal("older_state") as refused:
        hand_in(signing_round, mine)
    assert stage.place(signing_round, 1).party.organization.short_name in str(refused.value)


def test_while_one_has_the_file_the_others_wait_and_time_gives_it_back(birkenfurt: Agreement) -> None:
    signing_round = stage.frozen(birkenfurt)
    place = stage.place(signing_round, 0)
    signing.hold_file(actor=factory.speaker(place.party), signature=place)
    with refusal("held"):
        stage.sign_here(stage.place(signing_round, 1))
    hand_in(signing_round, stage.signed_elsewhere(stage.current_file(signing_round)))
    stage.sign_here(stage.place(signing_round, 1))
    third = stage.place(signing_round, 2)
    signing.hold_file(actor=factory.speaker(third.party), signature=third)
    Signature.objects.filter(pk=third.pk).update(held_until=timezone.now() - timedelta(minutes=1))
    stage.sign_here(stage.place(signing_round, 3))


# ---------------------------------------------------------------- paper, declining, stopping


def test_paper_counts_only_when_another_party_has_looked(birkenfurt: Agreement) -> None:
    signing_round = stage.frozen(birkenfurt)
    place = stage.place(signing_round, 0)
    worker = factory.speaker(place.party)

    def scan(**changes: object) -> Signature:
        wanted = {
            "actor": worker,
            "signature": stage.place(signing_round, 0),
            "mandate": place.party.mandates.get(),
            "signed_on": timezone.localdate(),
            "scan": ("scan.jpg", b"\xff\xd8\xff scan", "image/jpeg"),
        }
        return signing.upload_paper(**{**wanted, **changes})  # type: ignore[arg-type]

    with refusal("before_frozen"):
        scan(signed_on=timezone.localdate() - timedelta(days=2))
    with refusal("media_type"):
        scan(scan=("a.svg", b"<svg/>", "image/svg+xml"))
    scan()
    with refusal("not_allowed"):
        signing.confirm_paper(actor=worker, signature=place, accept=True)
    other = factory.speaker(stage.place(signing_round, 2).party)
    signing.confirm_paper(actor=other, signature=place, accept=False, reason="Seite 3 fehlt")
    assert stage.place(signing_round, 0).state == Signature.State.WAITING
    scan()
    signing.confirm_paper(actor=other, signature=place, accept=True)
    assert stage.place(signing_round, 0).state == Signature.State.SIGNED


def test_declining_says_why_reopens_and_keeps_everything(birkenfurt: Agreement) -> None:
    signing_round = stage.frozen(birkenfurt)
    stage.sign_here(stage.place(signing_round, 0))
    place = stage.place(signing_round, 1)
    answers = Answer.objects.count()
    with refusal("reason"):
        signing.decline(actor=stage.signer(place), signature=place, reason="  ")
    signing.decline(actor=stage.signer(place), signature=place, reason="Kosten ungeklärt")
    version = current_version(birkenfurt)
    assert version.state == Version.State.WORKING
    assert Answer.objects.count() == answers
    states = [stage.place(signing_round, n).state for n in range(4)]
    assert states == ["signed", "declined", "dropped", "dropped"]
    with refusal("round_closed"):
        stage.sign_here(stage.place(signing_round, 2))
    again = stage.frozen(birkenfurt)
    assert again.number == 2
    assert stage.sign_all(again).state == Version.State.SIGNED


def test_a_party_that_leaves_in_mid_round_stops_it_and_the_others_go_on(birkenfurt: Agreement) -> None:
    signing_round = stage.frozen(birkenfurt)
    stage.sign_here(stage.place(signing_round, 0))
    place = stage.place(signing_round, 3)
    lifecycle.leave_table(
        actor=stage.signer(place), version=signing_round.version, party=place.party, reason="Umzug"
    )
    signing_round.refresh_from_db()
    assert signing_round.state == SigningRound.State.CANCELLED
    assert current_version(birkenfurt).state == Version.State.WORKING
    with refusal("round_closed"):
        stage.sign_here(stage.place(signing_round, 1))
    again = stage.frozen(birkenfurt)
    assert again.signatures.count() == 3
    assert stage.sign_all(again).state == Version.State.SIGNED


# ---------------------------------------------------------------- checking


def test_anybody_can_check_a_file_and_its_state(birkenfurt: Agreement) -> None:
    signing_round = stage.frozen(birkenfurt)
    frozen = stage.current_file(signing_round)
    assert (check_file(frozen).match, check_file(frozen).status) == ("fixed", "signing")
    stage.sign_here(stage.place(signing_round, 0))
    part = stage.current_file(signing_round)
    for number in (1, 2, 3):
        stage.sign_here(stage.place(signing_round, number))
    whole = stage.current_file(signing_round)
    assert (check_file(whole).match, check_file(whole).status) == ("whole", "signed")
    assert check_file(part).match == "part"
    assert check_file(altered(whole)).match in ("named", "unknown")
    assert check_file(files.signed(1)).match == "unknown"
    assert check_hash("0" * 64).match == "unknown"
    assert check_code(birkenfurt.code.lower().replace("-", "")).status == "signed"
    assert check_code("AAAA-AAAA").match == "unknown"
