"""Plays a story through the real actions, each on its own day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from mtd.accounts.models import User
from mtd.agreements.actions import adoption, founding, lifecycle, road, rounds, signing, working
from mtd.agreements.models import Agreement, Answer, Party, Position, Signature, SigningRound, Version
from mtd.agreements.queries import active_parties, valid_mandates
from mtd.core.actor import SYSTEM, Actor, Role
from mtd.countries.queries import legal_bases
from mtd.documents.content import Document, Facts, Paragraph
from mtd.documents.pdf import render_pdf
from mtd.guide.models import GuideVersion
from mtd.guide.pack import Pack, Question, open_questions
from mtd.guide.queries import pack_of
from mtd.organizations.cast import Cast
from mtd.organizations.models import Membership, Organization
from mtd.organizations.queries import actor_for

from .answers import Table, speaker
from .clock import Calendar, at, between

Span = tuple[str, str]


class Play:
    """One agreement and everybody who works on it."""

    def __init__(
        self,
        cast: Cast,
        guide: GuideVersion,
        slug: str,
        content: Mapping[str, Any],
        *,
        keys: Sequence[str] = (),
        calendar: Calendar | None = None,
    ) -> None:
        self.cast, self.guide, self.content = cast, guide, content
        self.calendar = calendar or Calendar()
        self.network = cast.networks[slug]
        members = set(self.network.organizations.values_list("pk", flat=True))
        self.keys = list(keys) or [k for k, o in cast.organizations.items() if o.pk in members]
        self.pack: Pack = pack_of(guide)
        self.agreement: Agreement
        self._actors: dict[Any, Actor] = {}

    # ------------------------------------------------------------ people

    def day(self, written: str) -> date:
        """A day of the story as it falls this year."""
        return self.calendar.day(written)

    def actor(self, user: User) -> Actor:
        """The Actor of a person, looked up once."""
        if user.pk not in self._actors:
            self._actors[user.pk] = actor_for(user)
        return self._actors[user.pk]

    def speaker(self, key: str) -> Actor:
        """Who answers for an organisation, looked up once."""
        if key not in self._actors:
            self._actors[key] = self.actor(speaker(self.cast, key))
        return self._actors[key]

    def lead(self, key: str) -> Actor:
        """Who leads an organisation."""
        return self.actor(self.cast.lead(key))

    @property
    def coordinator(self) -> Actor:
        """Who coordinates the network."""
        membership = Membership.objects.filter(network=self.network, role=Role.COORDINATOR).first()
        assert membership is not None
        return self.actor(membership.user)

    def person(self, key: str) -> Actor:
        """A person of the cast by key."""
        return self.actor(self.cast.people[key])

    @property
    def version(self) -> Version:
        """The newest version, freshly read."""
        return (
            Version.objects.select_related("agreement__network", "guide_version")
            .filter(agreement=self.agreement)
            .latest("number")
        )

    @property
    def parties(self) -> dict[str, Party]:
        """The parties at the table by the key of their organisation."""
        found = {p.organization_id: p for p in active_parties(self.agreement, self.version)}
        return {
            key: found[organization.pk]
            for key, organization in self.cast.organizations.items()
            if organization.pk in found
        }

    @property
    def table(self) -> Table:
        """What answers may name."""
        parties = self.parties
        return Table(
            cast=self.cast,
            keys=[key for key in self.keys if key in parties],
            parties=parties,
            language=self.content["language"],
            calendar=self.calendar,
            bases=frozenset(basis.key for basis in legal_bases(self.network.country)),
        )

    # ------------------------------------------------------------ beginning and the road

    def found(self, title: str, on: str, *, purpose: str, **fields: Any) -> None:
        """The coordination begins the agreement."""
        with at(self.day(on), 9):
            self.agreement = founding.found_agreement(
                actor=self.coordinator,
                network=self.network,
                title=title,
                purpose=purpose,
                organizations=[self.cast.organizations[key] for key in self.keys],
                guide_version=self.guide,
                language=fields.pop("language", self.content["language"]),
                started_on=self.day(on),
                **fields,
            )

    def moderated_by(self, key: str) -> None:
        """Name the external moderation."""
        user = self.cast.people[key]
        with at(self.agreement.started_on or self.day("2026-01-01"), 11):
            founding.add_moderator(actor=self.coordinator, version=self.version, user_id=user.pk)

    def walk(
        self, dates: Mapping[str, tuple[str, str | None]], *, planned: Mapping[str, Span] | None = None
    ) -> None:
        """Dates of the road: steps done (from, to), begun (from, None), and planned; ticks what is done."""
        for key, (first, last) in dates.items():
            step = self.pack.step(key)
            on = self.day(last or first)
            with at(on, 16, tells=False):
                road.plan_step(
                    actor=self.coordinator,
                    version=self.version,
                    step_key=key,
                    planned_from=self.day(first),
                    planned_to=self.day(last) if last else None,
                    started_on=self.day(first),
                    done_on=self.day(last) if last else None,
                )
                items = [item.key for item in step.checklist]
                road.check_step(
                    actor=self.coordinator,
                    version=self.version,
                    step_key=key,
                    checked=items if last else items[:2],
                    stumbling={block.key: "fine" if last else "watch" for block in step.stumbling},
                )
        for key, (first, last) in (planned or {}).items():
            road.plan_step(
                actor=self.coordinator,
                version=self.version,
                step_key=key,
                planned_from=self.day(first),
                planned_to=self.day(last),
            )

    def meet(self, on: str, topics: str, outcome: str = "", *, step: str = "", **fields: Any) -> None:
        """A meeting: held where there is an outcome, else planned."""
        day = self.day(on)
        absent = fields.pop("absent", ())
        present = [party for key, party in self.parties.items() if key not in absent] if outcome else []
        with at(day, 17) if outcome else at(day - timedelta(days=20), 9):
            road.save_meeting(
                actor=self.coordinator,
                version=self.version,
                on=day,
                step_key=step,
                topics=topics,
                outcome=outcome,
                held=bool(outcome),
                present=present,
                **fields,
            )

    def todo(self, what: str, due: str, *, party: str = "", noted: str = "", done: str = "") -> None:
        """Who does what until when."""
        with at(self.day(noted or due), 15):
            todo = road.add_todo(
                actor=self.coordinator,
                version=self.version,
                what=what,
                due=self.day(due),
                party=self.parties[party] if party else None,
            )
        if done:
            with at(self.day(done), 15):
                road.finish_todo(
                    actor=self.coordinator, version=self.version, todo_id=todo.pk, on=self.day(done)
                )

    # ------------------------------------------------------------ working it out

    def work(
        self,
        first: str,
        last: str,
        *,
        standing: Mapping[str, Any] | None = None,
        steps: Collection[str] = (),
        only: int = 0,
    ) -> None:
        """Answer the guide's questions in their order, spread over the time, and let the parties say where they stand.

        `standing` says who put an answer on the table, who waits, differs or parked; `steps` limits the work to
        some steps of the guide, `only` to so many questions.
        """
        standing = standing or {}
        table, version, language = self.table, self.version, self.content["language"]
        wanted = [
            question
            for question in self.pack.questions
            if question.key in self.content["answers"] and (not steps or question.step in steps)
        ]
        wanted = wanted[:only] if only else wanted
        start, end = self.day(first), self.day(last)
        for number, question in enumerate(wanted):
            day = between(start, end, (number + 0.5) / len(wanted))
            if not self._is_open(version, question):
                continue
            value = table.value(question, self.content["answers"][question.key])
            waiting = standing.get("waiting", {}).get(question.key, ())
            differs = standing.get("differs", {}).get(question.key, {})
            parked = standing.get("parked", {}).get(question.key, {})
            fallback = table.keys[number % len(table.keys)]
            setter = standing.get("by", {}).get(question.key) or (
                fallback
                if fallback not in {*waiting, *differs, *parked}
                else next(key for key in table.keys if key not in {*waiting, *differs, *parked})
            )
            answer = self._put(version, question, value, table, setter, day)
            later = min(day + timedelta(days=2), end)
            for hour, key in enumerate(table.keys):
                if key in waiting or (key == setter and not question.per_party):
                    continue
                if question.per_party and str(table.parties[key].pk) not in answer.value["contacts"]:
                    continue
                with at(later, 9 + hour, 7 * hour % 60, tells=False):
                    working.state_position(
                        actor=self.speaker(key),
                        version=version,
                        question_key=question.key,
                        answer_revision=answer.revision,
                        **self._stance(table, question, differs.get(key), parked.get(key), language),
                    )

    def _is_open(self, version: Version, question: Question) -> bool:
        values = dict(Answer.objects.filter(version=version).values_list("question_key", "value"))
        return question.key in open_questions(self.pack, values)

    def _put(
        self,
        version: Version,
        question: Question,
        value: dict[str, Any],
        table: Table,
        setter: str,
        day: date,
    ) -> Answer:
        answer = Answer.objects.filter(version=version, question_key=question.key).first()
        revision = answer.revision if answer else 0
        if not question.per_party:
            with at(day, 11, 20, tells=False):
                return working.set_answer(
                    actor=self.speaker(setter),
                    version=version,
                    question_key=question.key,
                    value=value,
                    base_revision=revision,
                )
        for hour, key in enumerate(table.keys):
            own = value["contacts"].get(str(table.parties[key].pk))
            if own is not None:
                with at(day, 9 + hour, 30, tells=False):
                    answer = working.set_answer(
                        actor=self.speaker(key),
                        version=version,
                        question_key=question.key,
                        value={"contacts": {str(table.parties[key].pk): own}},
                        base_revision=answer.revision if answer else 0,
                    )
        assert answer is not None
        return answer

    def _stance(
        self,
        table: Table,
        question: Question,
        differs: Mapping[str, Any] | None,
        parked: str | None,
        language: str,
    ) -> dict[str, Any]:
        if differs:
            return {
                "stance": Position.Stance.DIFFER,
                "proposal": table.value(question, differs["proposal"]),
                "reason": self.calendar.told(differs["reason"], language),
            }
        if parked:
            return {"stance": Position.Stance.PARKED, "reason": self.calendar.told(parked, language)}
        return {"stance": Position.Stance.AGREE}

    def change(
        self,
        key: str,
        raw: Mapping[str, Any],
        by: str,
        on: str,
        *,
        agree: Collection[str] = (),
        reason: str = "",
    ) -> None:
        """Put another answer on the table; these parties agree to it."""
        question, version = self.pack.question(key), self.version
        before = Answer.objects.filter(version=version, question_key=key).first()
        with at(self.day(on), 10):
            answer = working.set_answer(
                actor=self.speaker(by),
                version=version,
                question_key=key,
                value=self.table.value(question, raw),
                base_revision=before.revision if before else 0,
                reason=reason,
            )
        for hour, other in enumerate(agree):
            with at(self.day(on), 11 + hour):
                working.state_position(
                    actor=self.speaker(other),
                    version=version,
                    question_key=key,
                    stance=Position.Stance.AGREE,
                    answer_revision=answer.revision,
                )

    def agree(self, key: str, on: str, *, most: int = 0) -> None:
        """A party agrees to the answers on the table, all or the first so many."""
        version = self.version
        answers = {a.question_key: a for a in Answer.objects.filter(version=version)}
        table = self.table
        open_now = open_questions(self.pack, {k: a.value for k, a in answers.items()})
        asked = [q for q in self.pack.questions if q.key in answers and q.key in open_now]
        for question in asked[:most] if most else asked:
            with at(self.day(on), 13, tells=False):
                if question.per_party:
                    value = table.value(question, self.content["answers"][question.key])
                    own = str(table.parties[key].pk)
                    working.set_answer(
                        actor=self.speaker(key),
                        version=version,
                        question_key=question.key,
                        value={"contacts": {own: value["contacts"][own]}},
                        base_revision=answers[question.key].revision,
                    )
                else:
                    working.state_position(
                        actor=self.speaker(key),
                        version=version,
                        question_key=question.key,
                        stance=Position.Stance.AGREE,
                        answer_revision=answers[question.key].revision,
                    )

    # ------------------------------------------------------------ adopting and signing

    def adopt(self, began: str, decisions: Mapping[str, tuple[str, str, str]]) -> None:
        """Lay the text before the bodies; (body, day, number) per party, an empty body where the lead decides."""
        with at(self.day(began), 9):
            adoption.start_adoption(actor=self.coordinator, version=self.version)
        for key, (body, on, number) in decisions.items():
            with at(self.day(on), 18):
                adoption.record_adoption(
                    actor=self.lead(key),
                    version=self.version,
                    party=self.parties[key],
                    body=body,
                    decided_on=self.day(on) if body else None,
                    resolution=number,
                    needed=bool(body),
                )

    def mandate(
        self, on: str, function: str, evidence: str, *, only: Collection[str] = (), confirm: bool = True
    ) -> None:
        """Every lead may sign for the own organisation, and confirms it."""
        have = {m.party_id for m in valid_mandates(self.agreement)}
        for key, party in self.parties.items():
            if (only and key not in only) or party.pk in have:
                continue
            lead = self.lead(key)
            with at(self.day(on), 10):
                mandate = adoption.propose_mandate(
                    actor=lead,
                    agreement=self.agreement,
                    party=party,
                    user=self.cast.lead(key),
                    function=function,
                    evidence=evidence,
                )
                if confirm:
                    adoption.confirm_mandate(actor=lead, mandate=mandate)

    def freeze(self, on: str, **dates: str) -> SigningRound:
        """Fix the text and open signing."""
        given: dict[str, Any] = {name: self.day(value) for name, value in dates.items()}
        with at(self.day(on), 9):
            return rounds.freeze(actor=self.coordinator, version=self.version, **given)

    def signature(self, key: str) -> Signature:
        """The place of a party in the open round."""
        return Signature.objects.select_related("round", "party").get(
            round__version=self.version, round__state=SigningRound.State.OPEN, party=self.parties[key]
        )

    def sign(self, days: Mapping[str, str]) -> None:
        """Sign in the system, each party on its day."""
        for key, on in days.items():
            actor, user = self.lead(key), self.cast.lead(key)
            with at(self.day(on), 10, 12):
                signing.confirm_read(actor=actor, signature=self.signature(key))
            with at(self.day(on), 10, 31):
                signing.sign_in_system(actor=actor, signature=self.signature(key), declaration=user.full_name)

    def sign_on_paper(self, key: str, on: str) -> None:
        """Hand in the scan of a signature on paper; another party has still to confirm it."""
        user, party = self.cast.lead(key), self.parties[key]
        mandate = next(m for m in valid_mandates(self.agreement) if m.party_id == party.pk)
        with at(self.day(on), 14):
            signing.upload_paper(
                actor=self.lead(key),
                signature=self.signature(key),
                mandate=mandate,
                signed_on=self.day(on),
                scan=(
                    "signature-page.pdf",
                    self._scan(user, self.cast.organizations[key], self.day(on)),
                    "application/pdf",
                ),
            )

    def _scan(self, user: User, organization: Organization, on: date) -> bytes:
        """Stands for the scan of a signed page."""
        return render_pdf(
            Document(
                title="Signature page (example of a scan)",
                subtitle=self.agreement.title,
                language="en",
                second_language=None,
                binding_language=None,
                code=self.agreement.code,
                author=organization.name,
                date=on,
                footer="Example",
                verify_address="",
                blocks=(
                    Facts(
                        pairs=(
                            ("Organisation", organization.name),
                            ("Name", user.full_name),
                            ("Place", organization.city),
                        )
                    ),
                    Paragraph(
                        "This page stands for the scan of a page signed by hand. The demo has no scanner."
                    ),
                ),
            )
        )

    def decline(self, key: str, on: str, reason: str) -> None:
        """A party declines to sign; negotiation opens again."""
        with at(self.day(on), 15):
            signing.decline(actor=self.lead(key), signature=self.signature(key), reason=reason)

    def take_effect(self) -> None:
        """The clock brings the signed version into force on its day."""
        version = self.version
        assert version.in_force_from is not None
        with at(version.in_force_from, 0, 5):
            lifecycle.enter_if_due(actor=SYSTEM, version_id=version.pk)
        self.agreement.refresh_from_db()
        self._begin_step("review", version.in_force_from)

    def _begin_step(self, key: str, first: date, done: date | None = None) -> None:
        with at(done or first, 16):
            road.plan_step(
                actor=self.coordinator,
                version=self.version,
                step_key=key,
                planned_from=first,
                planned_to=done,
                started_on=first,
                done_on=done,
            )

    def finish(self, key: str, first: str, last: str) -> None:
        """A step of the road from its first day to its last."""
        self._begin_step(key, self.day(first), self.day(last))

    def carry(self, on: str, *, before: str) -> None:
        """The steps before this one were walked with the earlier version; this one begins."""
        day = self.day(on)
        for step in self.pack.steps:
            if step.key == before:
                self._begin_step(step.key, day)
                return
            self._begin_step(step.key, day, day)

    def publish(self, on: str) -> None:
        """The parties make the profile sheet public."""
        with at(self.day(on), 12):
            lifecycle.set_profile_public(actor=self.coordinator, agreement=self.agreement, public=True)

    def review(self, on: str, following: str, outcome: str) -> None:
        """The parties looked at the agreement and leave it as it is."""
        with at(self.day(on), 16):
            lifecycle.confirm_review(
                actor=self.coordinator,
                agreement=self.agreement,
                next_review=self.day(following),
                outcome=outcome,
            )

    def begin(self, on: str, kind: str, reason: str, *, organization: str = "") -> None:
        """Open the next version: an amendment, a renewal, a joining."""
        with at(self.day(on), 9):
            lifecycle.begin_amendment(
                actor=self.coordinator,
                agreement=self.agreement,
                kind=kind,
                reason=reason,
                organization=self.cast.organizations[organization] if organization else None,
            )
