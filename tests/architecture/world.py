"""A small world with one of everything, and the arguments under which every address shows it.

Three agreements of one network: `working` is being worked out, `signing` is in a signing round with a scan to be
confirmed, `lived` is in force with a public profile sheet. A fourth, `foreign`, is another network's: its objects
under the address of `working` must not exist.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mtd.accounts.models import User
from mtd.agreements.actions import adoption, lifecycle, road, signing, wording
from mtd.agreements.models import (
    Adoption,
    Agreement,
    Annex,
    AnnexVersion,
    Comment,
    Draft,
    Entry,
    Mandate,
    Moderator,
    Position,
    SigningRound,
    Todo,
    Version,
)
from mtd.agreements.queries import current_version
from mtd.core.actor import SYSTEM
from mtd.core.encryption import fingerprint
from mtd.documents.actions import store_file
from mtd.documents.models import StoredFile
from mtd.guide.actions import give_feedback
from mtd.guide.models import GuideVersion
from mtd.organizations import actions as organizations
from mtd.organizations.models import Invitation, Membership
from tests.architecture.world_asked import Asked, build_asked
from tests.architecture.world_lived import Lived, build_lived
from tests.cast import Cast, build_cast
from tests.factories import agreements as factory
from tests.factories import signing as signed

PEOPLE = ("nobody", "stranger", "worker", "lead", "coordinator", "moderator", "programme", "newcomer")

KINDS = {
    "stranger": "pia-lennartz",
    "worker": "jonas-reuter",
    "lead": "leonie-brandt",
    "coordinator": "miriam-hoffstedt",
    "moderator": "inga-soerensen",
    "programme": "mette-lindqvist",
    "newcomer": "svenja-kolb",
}
"""Worker and lead are of the counselling centre Am Markt, a party of every agreement but the foreign one.

The newcomer works for a party too, but has not set up a second factor yet.
"""

KEY = "parties_list"
TOKEN = "token-of-the-world"
SENT = {"sent": "1"}
"""A form of which only the address counts."""
PDF = b"%PDF-1.7\n%%EOF\n"


@dataclass
class World:
    """People by kind, and the objects that addresses name."""

    cast: Cast
    working: Agreement
    signing: Agreement
    lived: Agreement
    foreign: Agreement
    life: Lived
    asked: Asked
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, person: str) -> Client:
        """A browser in which this kind of person is signed in."""
        if person not in self.clients:
            client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
            if person != "nobody":
                client.force_login(
                    self.cast.people[KINDS[person]], backend="django.contrib.auth.backends.ModelBackend"
                )
            self.clients[person] = client
        return self.clients[person]

    # ------------------------------------------------------------ what addresses name

    @cached_property
    def version(self) -> Version:
        return current_version(self.working)

    @cached_property
    def round(self) -> SigningRound:
        return SigningRound.objects.get(version__agreement=self.signing)

    @cached_property
    def names(self) -> dict[str, Any]:
        """Arguments by name, as most addresses want them; `CASES` says what is different."""
        network = self.cast.networks["birkenfurt"]
        guide = self.version.guide_version
        own = self.cast.organizations["suchtberatung-am-markt"]
        return {
            "agreement_id": self.working.pk,
            "key": KEY,
            "step_key": guide_step(guide),
            "number": 1,
            "meeting_id": road_meeting(self.working),
            "annex_id": Annex.objects.get(agreement=self.working).pk,
            "signature_id": self.round.signatures.order_by("position")[1].pk,
            "file_id": self.round.frozen_id,
            "version_id": guide.pk,
            "old_id": guide.pk,
            "new_id": guide.pk,
            "network_id": network.pk,
            "organization_id": own.pk,
            "membership_id": Membership.objects.get(user=self.cast.people["jonas-reuter"]).pk,
            "invitation_id": Invitation.objects.get(email="worker@invited.example").pk,
            "token": TOKEN,
            "pk": 1,
            "uidb36": "1",
            "code": self.lived.code,
            "kind": "helplines",
        } | self.life.names

    def arguments(self, route: str, case: str) -> dict[str, Any]:
        """What differs from `names` for an address, or for one case of it."""
        namespace = route.partition(":")[0]
        found: dict[str, Any] = {}
        if namespace == "programme":
            found |= {"code": "DE", "key": "emergency_number"}
        if route == "agreements:draft":
            found["key"] = f"answer:{KEY}"
        if route in ("agreements:signature", "agreements:sign_file"):
            found["agreement_id"] = self.signing.pk
        found |= self.life.arguments(route) | self.asked.arguments(route)
        return found | self.cases.get((route, case), ({}, {}))[0]

    def payload(self, route: str, case: str) -> dict[str, Any]:
        """What a form of this case sends."""
        sent = self.cases.get((route, case), ({}, {}))[1]
        for value in sent.values():
            if hasattr(value, "seek"):
                value.seek(0)
        return sent

    def file(self, name: str) -> StoredFile:
        return StoredFile.objects.get(name=name)

    @cached_property
    def cases(self) -> dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]]:
        """(address, case) → (arguments, form). A case is a row of its own in the table: `address#case`."""
        there: dict[str, Any] = {"agreement_id": self.foreign.pk}
        lived = {"agreement_id": self.lived.pk}
        at_signing = {"agreement_id": self.signing.pk}
        foreign_round = {"file_id": self.file("foreign-decision.pdf").pk}
        paper = self.round.signatures.order_by("position")[0].pk
        own_place = self.round.signatures.order_by("position")[1].pk
        mandate = Mandate.objects.get(party__agreement=self.working, confirmed_at=None)
        other_mandate = Mandate.objects.get(agreement=self.foreign)
        comments = {c.body: c.pk for c in Comment.objects.all()}
        amendment = self.version.amendments.get()
        other = factory.party(self.working, "Drogenhilfe")
        differs = Position.objects.get(version=self.version, stance="differ")
        todo = Todo.objects.get(version=self.version)
        other_todo = Todo.objects.get(version__agreement=self.foreign)
        other_entry = Entry.objects.filter(version__agreement=self.foreign).latest("pk")
        foreign_network = self.cast.networks["kreis-heinsberg"]
        free = self.cast.organizations["stadtjugendamt-wendau"]
        step = self.names["step_key"]
        draft = GuideVersion.objects.get(state="draft")
        foreign_people = self.cast.people["pia-lennartz"]
        today = date.today().isoformat()  # noqa: DTZ011
        new_organization = {
            "name": "Neue Beratungsstelle",
            "short_name": "Neu",
            "help_system": "addiction_care",
            "city": "Ahlenried",
        }
        return (
            {
                # the same address for an agreement of another network, one being signed, one in force
                ("agreements:overview", "foreign"): (there, {}),
                ("agreements:overview", "signing"): (at_signing, {}),
                ("agreements:overview", "lived"): (lived, {}),
                ("agreements:text", "lived"): (lived, {}),
                ("agreements:pdf", "lived"): (lived, {}),
                ("agreements:json", "foreign"): (there, {}),
                ("agreements:pdf", "foreign"): (there, {}),
                ("agreements:docx", "foreign"): (there, {}),
                ("agreements:log", "foreign"): (there, {}),
                ("agreements:text_version", "none"): ({"number": 7}, {}),
                ("agreements:profile", "working"): ({"code": self.working.code}, {}),
                ("agreements:profile_pdf", "working"): ({"code": self.working.code}, {}),
                ("public:profile", "working"): ({"code": self.working.code}, {}),
                ("public:profile", "signing"): ({"code": self.signing.code}, {}),
                ("public:verify_code", "working"): ({"code": self.working.code}, {}),
                ("public:verify_code", "signing"): ({"code": self.signing.code}, {}),
                # another agreement's objects under this agreement's address
                ("agreements:meeting_edit", "foreign"): ({"meeting_id": road_meeting(self.foreign)}, {}),
                ("agreements:annex", "foreign"): (
                    {"annex_id": Annex.objects.get(agreement=self.foreign).pk},
                    {},
                ),
                ("agreements:annex_file", "foreign"): (
                    {"annex_id": Annex.objects.get(agreement=self.foreign).pk},
                    {},
                ),
                ("agreements:annex_pdf", "foreign"): (
                    {"annex_id": Annex.objects.get(agreement=self.foreign).pk},
                    {},
                ),
                ("agreements:annex", "reject"): ({}, {"do": "reject", "version": "1", "no-1-reason": "x"}),
                ("agreements:annexes", "prepare"): ({}, {"do": "prepare"}),
                ("agreements:signature", "mixed"): ({"agreement_id": self.working.pk}, {}),
                ("agreements:sign_file", "mixed"): ({"agreement_id": self.working.pk}, {}),
                ("agreements:sign_file", "foreign"): (foreign_round, {}),
                ("agreements:sign_file", "scan"): ({"file_id": self.file("scan.pdf").pk}, {}),
                ("agreements:sign_file", "decision"): ({"file_id": self.file("decision.pdf").pk}, {}),
                ("agreements:sign_file", "evidence"): ({"file_id": self.file("evidence.pdf").pk}, {}),
                ("agreements:sign_file", "loose"): ({"file_id": self.file("loose.pdf").pk}, {}),
                # questions
                ("agreements:question", "agree"): ({}, {"a-stance": "agree", "a-seen": "1"}),
                ("agreements:question", "park"): ({}, {"a-stance": "parked", "a-seen": "1"}),
                ("agreements:question", "adopt"): (
                    {"key": differs.question_key},
                    {"do": "adopt", "position": str(differs.pk), "seen": "1"},
                ),
                ("agreements:question", "restore-foreign"): (
                    {},
                    {"do": "restore", "entry": str(other_entry.pk), "seen": "1"},
                ),
                ("agreements:question", "foreign"): (there, {"a-stance": "agree", "a-seen": "1"}),
                ("agreements:draft", "foreign"): (there, {"a-text": "x"}),
                ("agreements:draft", "typed"): ({}, {"a-text": "x"}),
                # wording and comments
                ("agreements:clause", "accept"): (
                    {"key": amendment.question_key},
                    {"do": "accept", "amendment": str(amendment.pk)},
                ),
                ("agreements:clause", "propose"): (
                    {"key": amendment.question_key},
                    {"do": "propose-de", "w-de-language": "de", "w-de-text": "Anders.", "w-de-reason": ""},
                ),
                ("agreements:clause", "withdraw"): (
                    {"key": amendment.question_key},
                    {"do": "withdraw", "amendment": str(amendment.pk)},
                ),
                ("agreements:comment", "everyone"): (
                    {"key": amendment.question_key},
                    {"do": "add", "c-body": "x", "c-visibility": "everyone"},
                ),
                ("agreements:comment", "us"): (
                    {"key": amendment.question_key},
                    {"do": "add", "c-body": "x", "c-visibility": "us"},
                ),
                ("agreements:comment", "settle-everyone"): (
                    {"key": amendment.question_key},
                    {"do": "settle", "comment": str(comments["for everyone"])},
                ),
                ("agreements:comment", "settle-others"): (
                    {"key": amendment.question_key},
                    {"do": "settle", "comment": str(comments["only the drug help centre"])},
                ),
                ("agreements:comment", "delete-others"): (
                    {"key": amendment.question_key},
                    {"do": "delete", "comment": str(comments["only the drug help centre"])},
                ),
                ("agreements:comment", "delete-everyone"): (
                    {"key": amendment.question_key},
                    {"do": "delete", "comment": str(comments["for everyone"])},
                ),
                ("agreements:comment", "reply-others"): (
                    {"key": amendment.question_key},
                    {
                        "do": "reply",
                        "comment": str(comments["only the drug help centre"]),
                        "c-body": "x",
                    },
                ),
                # the road
                ("agreements:plan_step", "dates"): (
                    {"step_key": step},
                    {f"{step}-planned_from": "2026-12-01"},
                ),
                ("agreements:check_step", "ticks"): ({"step_key": step}, {"checked": "x"}),
                ("agreements:meeting_new", "plan"): ({}, {"meeting-on": "2026-12-01"}),
                ("agreements:meeting_edit", "change"): ({}, {"meeting-on": "2026-12-01"}),
                ("agreements:todo", "add"): ({}, {"todo-what": "x"}),
                ("agreements:todo", "done"): ({}, {"done": str(todo.pk)}),
                ("agreements:todo", "done-foreign"): ({}, {"done": str(other_todo.pk)}),
                # who takes part
                ("agreements:parties", "frame"): (
                    {},
                    {
                        "do": "frame",
                        "title": "Anders",
                        "purpose": "",
                        "legal_form": "protocol",
                        "started_on": "",
                    },
                ),
                ("agreements:parties", "add_party"): ({}, {"do": "add_party", "organization": str(free.pk)}),
                ("agreements:parties", "remove_party"): ({}, {"do": "remove_party", "party": str(other.pk)}),
                ("agreements:parties", "remove-foreign"): (
                    {},
                    {"do": "remove_party", "party": str(self.foreign.parties.order_by("order")[0].pk)},
                ),
                ("agreements:parties", "abandon"): ({}, {"do": "abandon", "abandon-reason": "x"}),
                ("agreements:parties", "remove_moderator"): (
                    {},
                    {
                        "do": "remove_moderator",
                        "moderator": str(Moderator.objects.get(agreement=self.working).pk),
                    },
                ),
                ("agreements:new", "found"): (
                    {},
                    {
                        "organizations": [
                            str(free.pk),
                            str(self.cast.organizations["drogenhilfe-ahlenried"].pk),
                        ],
                        "guide_version": str(self.version.guide_version_id),
                        "title": "Neu",
                        "purpose": "",
                        "legal_form": "undecided",
                        "language": "de",
                        "second_language": "",
                        "binding_language": "",
                        "started_on": "2026-11-21",
                    },
                ),
                # adopting and signing
                ("agreements:sign", "foreign"): (there, {"do": "start"}),
                ("agreements:sign", "start"): ({}, {"do": "start"}),
                ("agreements:sign", "cancel"): (at_signing, {"do": "cancel", "cancel-reason": "x"}),
                ("agreements:sign", "confirm"): ({}, {"do": "confirm", "mandate": str(mandate.pk)}),
                ("agreements:sign", "confirm-foreign"): (
                    {},
                    {"do": "confirm", "mandate": str(other_mandate.pk)},
                ),
                ("agreements:sign", "revoke"): ({}, {"do": "revoke", "mandate": str(mandate.pk)}),
                ("agreements:signature", "read"): ({"signature_id": own_place}, {"do": "read"}),
                ("agreements:signature", "hold"): ({"signature_id": own_place}, {"do": "hold"}),
                ("agreements:signature", "sign"): (
                    {"signature_id": own_place},
                    {"do": "sign", "sign-declaration": "Leonie Brandt", "sign-code": "000000"},
                ),
                ("agreements:signature", "decline"): (
                    {"signature_id": own_place},
                    {"do": "decline", "decline-reason": "x"},
                ),
                ("agreements:signature", "accept"): ({"signature_id": paper}, {"do": "accept"}),
                ("agreements:signature", "refuse"): (
                    {"signature_id": paper},
                    {"do": "refuse", "refuse-reason": "x"},
                ),
                ("agreements:signature", "paper"): (
                    {"signature_id": own_place},
                    {
                        "do": "paper",
                        "paper-mandate": str(Mandate.objects.get(party__signatures=own_place).pk),
                        "paper-signed_on": today,
                        "paper-file": SimpleUploadedFile("x.pdf", PDF, "application/pdf"),
                    },
                ),
                ("agreements:signature", "foreign"): ({"agreement_id": self.foreign.pk}, {"do": "decline"}),
                # the life of an agreement in force
                ("agreements:life", "foreign"): (there, {"do": "profile", "public": "1"}),
                ("agreements:life", "profile"): (lived, {"do": "profile", "public": "0"}),
                ("agreements:life", "terminate"): (
                    lived,
                    {"do": "terminate", "terminate-on": today, "terminate-reason": "x"},
                ),
                ("agreements:life", "notice"): (
                    lived,
                    {"do": "notice", "notice-on": "2029-12-31", "notice-reason": "x"},
                ),
                ("agreements:life", "review"): (
                    lived,
                    {"do": "review", "review-outcome": "x", "review-next_review": "2029-12-31"},
                ),
                ("agreements:life", "amend"): (
                    lived,
                    {"do": "amend", "amend-kind": "amendment", "amend-reason": "x"},
                ),
                ("agreements:life", "leave"): ({}, {"do": "leave", "leave-reason": "x"}),
                ("agreements:life", "abandon"): ({}, {"do": "abandon", "abandon-reason": "x"}),
                # people and places
                ("organizations:network", "foreign"): ({"network_id": foreign_network.pk}, {}),
                ("organizations:edit_network", "foreign"): ({"network_id": foreign_network.pk}, {}),
                ("organizations:invite_to_network", "foreign"): ({"network_id": foreign_network.pk}, {}),
                ("organizations:create_organization", "foreign"): ({"network_id": foreign_network.pk}, {}),
                ("organizations:create_organization", "add"): ({}, new_organization),
                ("organizations:edit_organization", "change"): ({}, new_organization),
                ("organizations:edit_organization", "other"): (
                    {"organization_id": free.pk},
                    new_organization,
                ),
                ("organizations:edit_network", "change"): (
                    {},
                    {
                        "name": "Birkenfurt",
                        "country": "DE",
                        "region": "Birkenfurt",
                        "time_zone": "Europe/Berlin",
                        "language": "de",
                    },
                ),
                ("organizations:invite_to_organization", "worker"): (
                    {},
                    {"email": "x@invited.example", "role": "worker", "language": "de"},
                ),
                ("organizations:invite_to_organization", "other"): (
                    {"organization_id": free.pk},
                    {"email": "x@invited.example", "role": "lead", "language": "de"},
                ),
                ("organizations:invite_to_network", "moderator"): (
                    {},
                    {"email": "x@invited.example", "role": "moderator", "language": "de"},
                ),
                ("organizations:end_membership", "foreign"): (
                    {"membership_id": Membership.objects.get(user=foreign_people).pk},
                    SENT,
                ),
                ("organizations:revoke_invitation", "foreign"): (
                    {"invitation_id": Invitation.objects.get(email="foreign@invited.example").pk},
                    SENT,
                ),
                ("organizations:revoke_invitation", "network"): (
                    {"invitation_id": Invitation.objects.get(email="moderator@invited.example").pk},
                    SENT,
                ),
                ("organizations:switch", "foreign"): (
                    {},
                    {"membership": str(Membership.objects.get(user=foreign_people).pk)},
                ),
                ("organizations:accept", "unknown"): ({"token": "unknown"}, {}),
                # guides and countries
                ("guide:read", "draft"): ({"version_id": draft.pk}, {}),
                ("guide:step", "draft"): ({"version_id": draft.pk}, {}),
                ("guide:compare", "draft"): ({"new_id": draft.pk}, {}),
                ("guide:publish", "draft"): ({"version_id": draft.pk}, SENT),
                ("guide:feedback", "given"): ({}, {"helped": "x", "missing": ""}),
                ("accounts:demo_sign_in", "lead"): ({}, {"person": "leonie-brandt@demo.example", "next": ""}),
            }
            | self.life.cases
            | self.asked.cases
        )


def guide_step(version: GuideVersion) -> str:
    """The key of the guide's first step."""
    return str(version.content["steps"][0]["key"])


def road_meeting(agreement: Agreement) -> Any:
    """The meeting of an agreement."""
    return current_version(agreement).meetings.get().pk


def build_world() -> World:
    """Everything above, once."""
    cast = build_cast(only={"birkenfurt", "kreis-heinsberg"})
    User.objects.update(language="en")
    network, elsewhere = cast.networks["birkenfurt"], cast.networks["kreis-heinsberg"]
    here = cast.organizations
    both = [here["kreisjugendamt-birkenfurt"], here["suchtberatung-am-markt"]]
    working = factory.found(
        network,
        [*both, here["drogenhilfe-ahlenried"]],
        title="Vereinbarung Birkenfurt",
    )
    foreign = factory.found(
        elsewhere,
        [here["caritas-heinsberg"], here["jugendamt-erkelenz"]],
        title="Vereinbarung Heinsberg",
    )
    at_signing = factory.found(network, both, title="Vereinbarung zur Unterschrift")
    lived = factory.found(network, both, title="Gelebte Vereinbarung")
    for agreement in (working, at_signing, lived):
        factory.moderated_by(agreement, cast.people["inga-soerensen"])
    _work_on(working, cast)
    _work_on(foreign, cast)
    _files_of_foreign(foreign)
    _signing(at_signing)
    version = signed.in_force(lived)
    Version.objects.filter(pk=version.pk).update(in_force_from=date(2025, 1, 1))
    assert lifecycle.enter_if_due(actor=SYSTEM, version_id=version.pk)
    Agreement.objects.filter(pk=lived.pk).update(profile_public=True)
    _invitations(cast)
    store_file(actor=SYSTEM, name="loose.pdf", content=PDF)
    guide = factory.cooperation_guide()
    GuideVersion.objects.create(
        guide=guide.guide,
        number="1.1",
        state="draft",
        content=guide.content,
        sha256=guide.sha256,
        loaded_at=guide.loaded_at,
    )
    give_feedback(
        actor=cast.actor("leonie-brandt"), version=guide, step_key=guide_step(guide), helped="x", missing=""
    )
    Authenticator.objects.filter(user=cast.people["svenja-kolb"]).delete()
    life = build_lived(cast, Agreement.objects.get(pk=lived.pk), elsewhere)
    asked = build_asked(cast, Agreement.objects.get(pk=lived.pk), elsewhere)
    return World(
        cast=cast,
        working=working,
        signing=at_signing,
        lived=lived,
        foreign=foreign,
        life=life,
        asked=asked,
    )


def _work_on(agreement: Agreement, cast: Cast) -> None:
    """Answers, positions, a proposal, comments of every visibility, a meeting, a task, an annex, a draft, a mandate."""
    version = factory.agree_all(agreement, quick=True)
    parties = list(agreement.parties.select_related("organization").order_by("order"))
    first, last = parties[0], parties[-1]
    speaker, other = factory.speaker(parties[1]), factory.speaker(last)
    Position.objects.filter(version=version, question_key="costs", party=last).update(
        stance="differ", reason="Anders", proposal=None
    )
    clause = KEY
    wording.propose(
        actor=factory.speaker(first), version=version, question_key=clause, language="de", text="Neu."
    )
    if len(parties) > 2:
        for actor, visibility, body in (
            (speaker, "us", "only am markt"),
            (other, "us", "only the drug help centre"),
            (other, "sides", "for the parties"),
            (other, "everyone", "for everyone"),
        ):
            wording.add_comment(
                actor=actor, version=version, question_key=clause, visibility=visibility, body=body
            )
    road.save_meeting(actor=speaker, version=version, on=date(2026, 12, 3), topics="Fristen")
    road.add_todo(actor=speaker, version=version, what="Beschluss einholen", party=last)
    annex = Annex.objects.filter(agreement=agreement).first() or Annex.objects.create(
        agreement=agreement, kind=Annex.Kind.OTHER, key="merkblatt", title="Merkblatt"
    )
    AnnexVersion.objects.create(
        annex=annex,
        content={"text": {"de": "Merkblatt"}},
        proposed_by=first,
        file=store_file(actor=SYSTEM, name="annex.pdf", content=PDF),
    )
    Draft.objects.create(
        version=version, key=f"answer:{KEY}", user_id=other.user_id, data={"a-text": ["Entwurf"]}
    )
    Entry.objects.create(
        version=version,
        kind=Entry.Kind.ANSWER,
        question_key=KEY,
        data={"new": {"parties": []}, "revision": 1},
    )
    adoption.propose_mandate(
        actor=speaker,
        agreement=agreement,
        party=parties[1],
        user=User.objects.get(pk=str(factory.lead(parties[1]).user_id)),
        function="Leitung",
        evidence="Satzung",
    )


def _files_of_foreign(foreign: Agreement) -> None:
    mandate = Mandate.objects.get(agreement=foreign)
    mandate.document = store_file(actor=SYSTEM, name="foreign-decision.pdf", content=PDF)
    mandate.save(update_fields=["document"])


def _signing(agreement: Agreement) -> None:
    """A round in which the youth office handed in a scan, with a decision and an evidence on file."""
    signing_round = signed.frozen(agreement)
    place = signed.place(signing_round, 0)
    signing.upload_paper(
        actor=factory.lead(place.party),
        signature=place,
        mandate=Mandate.objects.get(party=place.party),
        signed_on=date.today(),  # noqa: DTZ011
        scan=("scan.pdf", PDF, "application/pdf"),
    )
    decision = store_file(actor=SYSTEM, name="decision.pdf", content=PDF)
    Adoption.objects.filter(version=signing_round.version, party=place.party).update(document=decision)
    evidence = store_file(actor=SYSTEM, name="evidence.pdf", content=PDF)
    Mandate.objects.filter(party=place.party).update(document=evidence)


def _invitations(cast: Cast) -> None:
    office = cast.actor("mette-lindqvist")
    places: list[tuple[str, str, dict[str, Any]]] = [
        ("worker@invited.example", "worker", {"organization": cast.organizations["suchtberatung-am-markt"]}),
        ("moderator@invited.example", "moderator", {"network": cast.networks["birkenfurt"]}),
        ("foreign@invited.example", "worker", {"organization": cast.organizations["caritas-heinsberg"]}),
    ]
    for email, role, place in places:
        organizations.invite(actor=office, email=email, role=role, language="en", **place)
    Invitation.objects.filter(email="worker@invited.example").update(
        token_hash=fingerprint(f"invitation {TOKEN}")
    )
