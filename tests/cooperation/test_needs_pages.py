"""The pages of needs: who sees what, what is typed stays, nothing gives away who raised one without a name."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mtd.agreements.models import Agreement
from mtd.audit.models import Event
from mtd.cooperation.actions import needs, needs_decisions, needs_groups
from mtd.cooperation.models import Need, NeedDecision, NeedGroup
from mtd.core.actor import Actor
from mtd.meetings.models import Kind
from mtd.notifications.models import Message, Notice
from mtd.organizations.models import Network, NetworkMember
from tests.cast import Cast
from tests.factories.meetings import a_meeting

pytestmark = pytest.mark.django_db
Act = Callable[[str], Actor]
Browse = Callable[[str], Client]
LIST = "/cooperation/birkenfurt/needs/"
NEW = LIST + "new/"


@pytest.fixture
def network(cast: Cast) -> Network:
    return cast.networks["birkenfurt"]


def say(actor: Actor, network: Network, text: str = "Freitags erreichen wir niemanden.", **more: Any) -> Need:
    return needs.raise_need(actor=actor, network=network, text=text, **{"topic": "reach", **more})


def page_of(need: Need | NeedGroup) -> str:
    pk = need.group_id if isinstance(need, Need) else need.pk
    return f"{LIST}{pk}/"


DECISION = {
    "do": "decide",
    "decide-level": "committee",
    "decide-outcome": "yes",
    "decide-text": "Bis 16 Uhr ist jemand da.",
    "decide-reason": "Dann rufen die meisten an.",
}


def decision(cast: Cast, **more: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        **DECISION,
        "decide-decided_on": today.isoformat(),
        "decide-owner_organization": str(cast.organizations["suchtberatung-am-markt"].pk),
        "decide-due_on": (today + timedelta(days=20)).isoformat(),
        **more,
    }


def test_the_whole_way_through_the_pages(cast: Cast, browse: Browse, network: Network) -> None:
    jonas, coordination = browse("jonas-reuter"), browse("miriam-hoffstedt")
    empty = jonas.get(LIST).content.decode()
    assert "Nobody has raised a need yet" in empty
    sent = jonas.post(NEW, {"text": "Freitags erreichen wir niemanden.", "topic": "reach"})
    need = Need.objects.get()
    assert sent["Location"] == page_of(need) + "?sent=1"
    assert "Thank you" in jonas.get(sent["Location"]).content.decode()
    meeting = a_meeting(network)
    there = coordination.post(page_of(need), {"do": "agenda", "agenda-meeting": str(meeting.pk)})
    assert there.status_code == 302
    assert "Cooperation committee" in jonas.get(LIST).content.decode()
    decided = coordination.post(page_of(need), decision(cast))
    assert decided.status_code == 302
    page = jonas.get(page_of(need)).content.decode()
    assert "Bis 16 Uhr ist jemand da." in page
    assert "Did it help?" in page
    helped = jonas.post(page_of(need), {"do": "helped", "helped-helped": "yes", "helped-note": ""})
    assert helped.status_code == 302
    listed = browse("deniz-kaya").get(LIST).content.decode()
    assert "it helped" in listed
    done = browse("leonie-brandt").post(
        page_of(need), {"do": "done", "decision": str(NeedDecision.objects.get().pk)}
    )
    assert done.status_code == 302
    assert NeedDecision.objects.get().done_on is not None


def test_similar_needs_are_shown_after_sending_and_joined_with_one_click(
    act: Act, browse: Browse, network: Network
) -> None:
    first = say(act("jonas-reuter"), network, "Am Freitagnachmittag ist niemand erreichbar.")
    deniz = browse("deniz-kaya")
    sent = deniz.post(NEW, {"text": "Freitagnachmittag: niemand erreichbar!", "topic": "reach"})
    page = deniz.get(sent["Location"]).content.decode()
    assert "Is it the same as one of these?" in page
    assert "Am Freitagnachmittag ist niemand erreichbar." in page
    mine = Need.objects.exclude(pk=first.pk).get()
    joined = deniz.post(page_of(mine), {"do": "same", "other": str(first.group_id)})
    assert joined["Location"] == page_of(first)
    old = deniz.get(f"{LIST}{mine.group_id}/")
    assert (old.status_code, old["Location"]) == (302, page_of(first))


def test_a_mistake_is_told_and_what_was_typed_stays(
    act: Act, browse: Browse, network: Network, cast: Cast
) -> None:
    jonas = browse("jonas-reuter")
    too_long = jonas.post(NEW, {"text": "Wort " * 20_000, "topic": "reach"})
    assert too_long.status_code == 422
    assert "Wort Wort" in too_long.content.decode()
    assert jonas.post(NEW, {"text": "", "topic": "reach"}).status_code == 422
    assert jonas.post(NEW, {"text": "Ja", "topic": "weather"}).status_code == 422
    need = say(act("jonas-reuter"), network)
    coordination = browse("miriam-hoffstedt")
    without = coordination.post(page_of(need), decision(cast, **{"decide-due_on": ""}))
    assert without.status_code == 409
    assert "Bis 16 Uhr ist jemand da." in without.content.decode()
    assert not NeedDecision.objects.exists()


def test_what_was_typed_while_the_need_was_put_together_stands_on_the_new_page(
    act: Act, browse: Browse, network: Network, cast: Cast
) -> None:
    need, other = say(act("jonas-reuter"), network), say(act("deniz-kaya"), network, "Anders.")
    needs_groups.merge_groups(
        actor=act("miriam-hoffstedt"), group=other.group, others=[need.group], wording="Eins.", topic="reach"
    )
    answer = browse("miriam-hoffstedt").post(f"{LIST}{need.group_id}/", decision(cast))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "put together with another one meanwhile" in page
    assert "Bis 16 Uhr ist jemand da." in page
    assert "Eins." in page
    assert not NeedDecision.objects.exists()


def test_a_decision_twice_is_a_clear_answer(act: Act, browse: Browse, network: Network, cast: Cast) -> None:
    need = say(act("jonas-reuter"), network)
    coordination = browse("miriam-hoffstedt")
    assert coordination.post(page_of(need), decision(cast)).status_code == 302
    again = coordination.post(page_of(need), decision(cast, **{"decide-text": "Ein zweites Mal."}))
    page = again.content.decode()
    assert again.status_code == 409
    assert "This need has been decided meanwhile" in page
    assert "Ein zweites Mal." in page
    assert NeedDecision.objects.count() == 1


def test_a_need_of_another_network_does_not_exist(
    act: Act, browse: Browse, network: Network, cast: Cast
) -> None:
    own = say(act("jonas-reuter"), network)
    foreign = say(act("pia-lennartz"), cast.networks["kreis-heinsberg"], "Fremd.")
    jonas = browse("jonas-reuter")
    assert jonas.get(f"{LIST}{foreign.group_id}/").status_code == 404
    assert jonas.get(f"/cooperation/kreis-heinsberg/needs/{foreign.group_id}/").status_code == 404
    assert jonas.get("/cooperation/kreis-heinsberg/needs/").status_code == 404
    stranger = browse("pia-lennartz")
    for path in (LIST, NEW, page_of(own)):
        assert stranger.get(path).status_code == 404, path
    assert stranger.post(page_of(own), {"do": "join"}).status_code == 404
    assert browse("mette-lindqvist").get(LIST).status_code == 404
    assert jonas.post(page_of(own), {"do": "explode"}).status_code == 404


def test_who_may_not_is_told_why(act: Act, browse: Browse, network: Network, cast: Cast) -> None:
    need = say(act("jonas-reuter"), network)
    moderation = browse("inga-soerensen")
    assert moderation.get(NEW).status_code == 403
    assert "Needs are raised by the organisations" in moderation.get(LIST).content.decode()
    assert moderation.post(page_of(need), {"do": "join", "join-text": "Auch"}).status_code == 403
    deniz = browse("deniz-kaya")
    assert deniz.post(page_of(need), decision(cast)).status_code == 403
    assert deniz.post(page_of(need), {"do": "withdraw"}).status_code == 404  # not theirs
    assert deniz.post(page_of(need), {"do": "split", "need": str(need.pk)}).status_code == 403
    word = {"do": "word", "word-wording": "Neu", "word-topic": "reach"}
    assert deniz.post(page_of(need), word).status_code == 403
    assert "For the coordination" not in deniz.get(page_of(need)).content.decode()


def test_typed_code_is_shown_as_text(act: Act, browse: Browse, network: Network) -> None:
    say(act("jonas-reuter"), network, "<script>alert(1)</script> {{ 7|add:7 }}")
    for path in (LIST, page_of(Need.objects.get())):
        page = browse("deniz-kaya").get(path).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_the_list_asks_the_same_number_of_questions_at_one_and_at_a_hundred(
    act: Act, browse: Browse, network: Network, django_assert_num_queries: Any
) -> None:
    deniz = browse("deniz-kaya")
    meeting = a_meeting(network, kind=Kind.STEERING_GROUP)
    first = say(act("jonas-reuter"), network, "Der erste.")
    needs_groups.put_on_agenda(actor=act("miriam-hoffstedt"), group=first.group, meeting=meeting)
    deniz.get(LIST)
    with django_assert_num_queries(QUERIES):
        deniz.get(LIST)
    for number in range(99):
        say(act("jonas-reuter"), network, f"Bedarf Nummer {number}", anonymous=bool(number % 2))
    with django_assert_num_queries(QUERIES):
        page = deniz.get(LIST).content.decode()
    assert page.count('class="need"') == 25
    assert "100 results" in page


QUERIES = 15


def test_a_thousand_needs_are_listed(network: Network, browse: Browse, cast: Cast) -> None:
    day = timezone.localdate()
    for number in range(1000):
        group = NeedGroup.objects.create(network=network, wording=f"Bedarf {number}", first_raised_on=day)
        Need.objects.create(group=group, text="", raised_on=day, raised_by=cast.people["jonas-reuter"])
    coordination = browse("miriam-hoffstedt")
    assert "1,000 results" in coordination.get(LIST).content.decode().replace("1000", "1,000")
    assert coordination.get(LIST + "?page=40").status_code == 200
    rows = coordination.get(LIST + "?format=csv").content.decode().splitlines()
    assert len(rows) == 1001
    assert coordination.get(page_of(NeedGroup.objects.first())).status_code == 200  # type: ignore[arg-type]


def test_filters_show_what_waits_what_is_mine_and_one_topic(
    act: Act, browse: Browse, network: Network, cast: Cast
) -> None:
    mine = say(act("jonas-reuter"), network, "Das ist meins.")
    other = say(act("deniz-kaya"), network, "Das ist entschieden.", topic="offer")
    needs_decisions.decide(
        actor=act("miriam-hoffstedt"),
        group=other.group,
        level="committee",
        outcome="no",
        text="Nein.",
        reason="Geld fehlt.",
        decided_on=timezone.localdate(),
    )

    def shown(query: str) -> set[str]:
        page = browse("jonas-reuter").get(LIST + query)
        return {row.wording for row in page.context["rows"]}

    assert shown("?state=waiting") == shown("?state=mine") == shown("?topic=reach") == {"Das ist meins."}
    assert shown("?state=decided") == {"Das ist entschieden."}
    assert shown("?state=nonsense") == {"Das ist meins.", "Das ist entschieden."}
    assert shown("?state=steering") == set()
    assert mine.group.state == "new"


def test_the_list_to_take_along_holds_no_words(
    act: Act, browse: Browse, network: Network, cast: Cast
) -> None:
    need = say(act("jonas-reuter"), network, "Freitags geheim.")
    browse("miriam-hoffstedt").post(page_of(need), decision(cast))
    text = browse("deniz-kaya").get(LIST + "?format=csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(rows) == 2
    assert rows[1][1:6] == ["Reaching each other", "1", "Am Markt", "decided", "0"]
    assert "Freitags" not in text
    assert "16 Uhr" not in text


# ---------------------------------------------------------------- without a name


def _everything_said(browse: Browse, path: str, readers: tuple[str, ...]) -> str:
    pages = [
        browse(who).get(p).content.decode() for who in readers for p in (LIST, path, LIST + "?format=csv")
    ]
    # Whom one can give a task to has nothing to do with who raised a need.
    pages = [re.sub(r"<option.*?</option>", "", page, flags=re.DOTALL) for page in pages]
    notices = [f"{n.kind} {n.text} {n.link}" for n in Notice.objects.all()]
    mails = [f"{m.subject} {m.body} {m.address}" for m in Message.objects.all()]
    return "\n".join([*pages, *notices, *mails])


def test_nothing_gives_away_who_raised_a_need_without_a_name(
    act: Act, browse: Browse, network: Network, cast: Cast
) -> None:
    jonas, coordination = act("jonas-reuter"), act("miriam-hoffstedt")
    before = Event.objects.count()
    need = say(jonas, network, "Niemand fragt nach den Kindern.", anonymous=True)
    needs.join_need(actor=act("svenja-kolb"), group=need.group, text="Bei uns auch.", anonymous=True)
    readers = ("leonie-brandt", "miriam-hoffstedt", "deniz-kaya", "inga-soerensen", "tarek-aziz")

    def check() -> None:
        # Their own pages name the readers' own house in the head; what is said about the need must not.
        for who in readers:
            row = browse(who).get(LIST).context["rows"][0]
            assert [o.label for o in row.origins] == ["Addiction care, without a name"]
            voices = browse(who).get(page_of(need)).context["voices"]
            assert {(v.origin.label, v.person, v.own) for v in voices} == {
                ("Addiction care, without a name", "", False)
            }
        said = _everything_said(browse, page_of(need), ("deniz-kaya", "miriam-hoffstedt", "inga-soerensen"))
        for word in ("Jonas", "Reuter", "Svenja", "Kolb", "Am Markt", "Drogenhilfe", "jonas-reuter"):
            assert word not in said, word

    check()
    needs_decisions.decide(
        actor=coordination,
        group=need.group,
        level="committee",
        outcome="no",
        text="Vorerst nicht.",
        reason="Das Formular wird neu.",
        decided_on=timezone.localdate(),
    )
    Message.objects.all().delete()  # the answer itself goes to who raised it, and to nobody else
    assert set(Notice.objects.filter(kind="needs.answered").values_list("user__name", flat=True)) == {
        "Jonas Reuter",
        "Svenja Kolb",
    }
    needs.say_helped(actor=jonas, need=need, helped="no", note="Es bleibt schwierig.")
    check()
    own = [e for e in Event.objects.order_by("id")[before:] if e.verb != "need.decided"]
    assert {(e.actor_id, e.organization_id) for e in own} == {("", "")}
    assert str(cast.people["jonas-reuter"].pk) not in str([e.facts for e in own])
    assert Need.objects.filter(anonymous=True, organization__isnull=False).count() == 0


def test_where_a_help_system_has_one_organisation_it_is_not_named_either(
    act: Act, browse: Browse, network: Network, cast: Cast
) -> None:
    gone = cast.organizations["drogenhilfe-ahlenried"]
    NetworkMember.objects.filter(organization=gone).update(left_on=timezone.localdate())
    need = say(act("jonas-reuter"), network, anonymous=True)
    assert (need.organization_id, need.help_system) == (None, "")
    row = browse("deniz-kaya").get(LIST).context["rows"][0]
    assert [o.label for o in row.origins] == ["A partner, without a name"]


def test_who_raised_it_without_a_name_finds_it_again(act: Act, browse: Browse, network: Network) -> None:
    need = say(act("jonas-reuter"), network, anonymous=True)
    page = browse("jonas-reuter").get(page_of(need))
    assert page.context["mine"].own
    assert browse("jonas-reuter").get(LIST + "?state=mine").context["page"].paginator.count == 1
    assert browse("leonie-brandt").get(LIST + "?state=mine").context["page"].paginator.count == 0


# ---------------------------------------------------------------- what follows, through the pages


def test_the_coordination_sets_something_going_from_the_page(
    lived: Agreement, act: Act, browse: Browse, network: Network, cast: Cast
) -> None:
    coordination = browse("miriam-hoffstedt")
    first, second, third = (say(act("jonas-reuter"), network, f"Bedarf {n}.") for n in "ABC")
    for need in (first, second, third):
        coordination.post(page_of(need), decision(cast))
    ids = {d.group_id: str(d.pk) for d in NeedDecision.objects.all()}
    amend = {"do": "amend", "decision": ids[first.group_id], "amend-agreement": str(lived.pk)}
    assert coordination.post(page_of(first), amend)["Location"] == f"/agreements/{lived.pk}/"
    assert "An amendment of the agreement has begun." in coordination.get(page_of(first)).content.decode()
    busy = {"do": "amend", "decision": ids[second.group_id], "amend-agreement": str(lived.pk)}
    assert "being worked out already" in coordination.post(page_of(second), busy).content.decode()
    wish = {"do": "wish", "decision": ids[second.group_id], "wish-text": "Eine Gruppe."}
    assert coordination.post(page_of(second), wish).status_code == 302
    assert "Eine Gruppe." in browse("deniz-kaya").get(page_of(second)).content.decode()
    steps = coordination.get(page_of(third)).context["forms"]["guide"].fields["step"].choices
    guide = {
        "do": "guide",
        "decision": ids[third.group_id],
        "guide-step": steps[0][0],
        "guide-text": "Fehlt.",
    }
    assert coordination.post(page_of(third), guide).status_code == 302
    assert set(NeedDecision.objects.values_list("consequence", flat=True)) == {"amendment", "offer", "guide"}


def test_the_coordination_words_puts_together_and_takes_apart_through_the_page(
    act: Act, browse: Browse, network: Network
) -> None:
    coordination = browse("miriam-hoffstedt")
    first, second = say(act("jonas-reuter"), network, "Eins."), say(act("deniz-kaya"), network, "Zwei.")
    word = {"do": "word", "word-wording": "Eins, schöner.", "word-topic": "offer"}
    assert coordination.post(page_of(first), word).status_code == 302
    merge = {
        "do": "merge",
        "merge-others": [str(second.group_id)],
        "merge-wording": "Beide.",
        "merge-topic": "offer",
    }
    assert coordination.post(page_of(first), merge).status_code == 302
    page = coordination.get(page_of(first)).content.decode()
    assert "raised 2 times" in page
    assert "Zwei." in page
    split = coordination.post(page_of(first), {"do": "split", "need": str(second.pk)})
    assert split.status_code == 302
    assert NeedGroup.objects.filter(merged_into__isnull=True).count() == 2
    edited = browse("deniz-kaya").post(
        split["Location"], {"do": "edit", "edit-text": "Zwei, anders.", "edit-topic": "other"}
    )
    assert edited.status_code == 302
    back = browse("deniz-kaya").post(split["Location"], {"do": "withdraw"})
    assert back["Location"] == LIST
