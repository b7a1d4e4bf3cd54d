"""The pages of the guides, as the people of the cast see them."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mtd.core.actor import SYSTEM
from mtd.guide.actions import give_feedback, load_guide
from mtd.guide.models import GuideVersion, StepFeedback
from mtd.guide.queries import pack_of
from tests.cast import Cast

from .conftest import FILES, SHIPPED, Write


@pytest.fixture
def version(write: Write, cast: Cast) -> GuideVersion:
    return load_guide(actor=SYSTEM, path=write())


def signed_in(cast: Cast, key: str, language: str = "en") -> Client:
    client, person = Client(), cast.people[key]
    person.language = language
    person.save(update_fields=["language"])
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def zipped(**changes: str | None) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in (FILES | changes).items():
            if text is not None:
                archive.writestr(f"small/{name}", text)
    return SimpleUploadedFile("small.zip", buffer.getvalue(), content_type="application/zip")


def test_everyone_signed_in_reads_the_guide(version: GuideVersion, cast: Cast) -> None:
    for key in ("jonas-reuter", "inga-soerensen", "mette-lindqvist"):
        client = signed_in(cast, key)
        assert "Small guide en" in client.get(reverse("guide:index")).content.decode()
        page = client.get(reverse("guide:read", args=[version.id])).content.decode()
        assert "Plan en" in page
        assert "<strong>for tests</strong>" in page
        step = client.get(reverse("guide:step", args=[version.id, "plan"])).content.decode()
        for text in (
            "Everybody.",
            "What do you need?",
            "All are named",
            "Is there no time?",
            "Plan it.",
            "How often?",
        ):
            assert text in step
        assert "Asked only if “Will there be a committee?” is answered with: yes." in step
        assert "at least once every half-year" in step
    meet = client.get(reverse("guide:step", args=[version.id, "meet"])).content.decode()
    assert "Eight parties." in meet
    assert "interkommunales.nrw" in meet


def test_without_sign_in_there_is_no_guide(version: GuideVersion) -> None:
    for url in (reverse("guide:index"), reverse("guide:read", args=[version.id]), reverse("guide:upload")):
        assert Client().get(url).status_code == 302


def test_an_unknown_step_or_version_does_not_exist(version: GuideVersion, cast: Cast) -> None:
    client = signed_in(cast, "jonas-reuter")
    assert client.get(reverse("guide:step", args=[version.id, "dance"])).status_code == 404
    assert client.get(reverse("guide:read", args=["00000000-0000-4000-8000-000000000000"])).status_code == 404


def test_a_draft_is_there_for_the_programme_office_only(
    write: Write, version: GuideVersion, cast: Cast
) -> None:
    draft = load_guide(actor=SYSTEM, path=write({"pack.yaml": ('"1.0"', '"1.1"')}), publish=False)
    url = reverse("guide:read", args=[draft.id])
    assert signed_in(cast, "jonas-reuter").get(url).status_code == 404
    office = signed_in(cast, "mette-lindqvist")
    assert "Publish this version" in office.get(url).content.decode()
    assert office.post(reverse("guide:publish", args=[draft.id])).status_code == 302
    assert signed_in(cast, "jonas-reuter").get(url).status_code == 200


def test_only_the_programme_office_uploads(cast: Cast) -> None:
    url = reverse("guide:upload")
    answer = signed_in(cast, "jonas-reuter").get(url)
    assert answer.status_code == 403
    assert "Only the programme office" in answer.content.decode()
    assert signed_in(cast, "jonas-reuter").post(url, {"file": zipped()}).status_code == 403
    assert not GuideVersion.objects.exists()


def test_an_upload_shows_what_was_loaded_and_what_changed(version: GuideVersion, cast: Cast) -> None:
    office = signed_in(cast, "mette-lindqvist")
    changed = {
        "pack.yaml": FILES["pack.yaml"].replace('"1.0"', '"1.1"'),
        "en/questions.yaml": FILES["en/questions.yaml"].replace("Who chairs?", "Who leads?"),
    }
    answer = office.post(reverse("guide:upload"), {"file": zipped(**changed), "publish": "on"}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[0][0].startswith("/guide/compare/")
    assert "Loaded: Small guide en 1.1, 2 steps, 13 questions, languages: en, de." in page
    assert "Who leads?" in page
    assert "<mark>chairs?</mark>" in page or "<mark>chairs</mark>" in page


def test_a_first_upload_leads_to_the_guide(cast: Cast) -> None:
    answer = signed_in(cast, "mette-lindqvist").post(
        reverse("guide:upload"), {"file": zipped(), "publish": "on"}
    )
    [version] = GuideVersion.objects.all()
    assert answer["Location"] == reverse("guide:read", args=[version.id])


def test_mistakes_are_shown_all_at_once_as_a_table(cast: Cast) -> None:
    broken = zipped(
        **{
            "pack.yaml": FILES["pack.yaml"].replace("[3, 9]", "[9, 3]"),
            "de/guide.yaml": None,
            "en/questions.yaml": FILES["en/questions.yaml"].replace("{q.chair}", "<script>{q.nobody}"),
        }
    )
    answer = signed_in(cast, "mette-lindqvist").post(reverse("guide:upload"), {"file": broken})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The guide has 3 mistakes" in page
    for file in ("pack.yaml", "de/guide.yaml", "en/questions.yaml"):
        assert f"<code>{file}</code>" in page
    assert "<script>{q" not in page
    assert not GuideVersion.objects.exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"GIF89a", "not a readable zip"),
        (b"0" * (5 * 1024 * 1024 + 1), "larger than 5"),
    ],
)
def test_something_else_than_a_guide_is_told_plainly(cast: Cast, content: bytes, told: str) -> None:
    file = SimpleUploadedFile("../../etc/photo.zip", content)
    answer = signed_in(cast, "mette-lindqvist").post(reverse("guide:upload"), {"file": file})
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_a_number_that_is_taken_is_told_at_the_field(version: GuideVersion, cast: Cast) -> None:
    changed = zipped(**{"examples.yaml": FILES["examples.yaml"].replace("2016", "2017")})
    answer = signed_in(cast, "mette-lindqvist").post(
        reverse("guide:upload"), {"file": changed, "publish": "on"}
    )
    assert answer.status_code == 422
    assert "Raise the version in pack.yaml" in answer.content.decode()


def test_feedback_is_given_beside_the_step_and_read_by_the_programme_office(
    version: GuideVersion, cast: Cast
) -> None:
    worker, url = signed_in(cast, "jonas-reuter"), reverse("guide:feedback", args=[version.id, "plan"])
    assert worker.get(url).status_code == 200
    assert worker.post(url, {"helped": " ", "missing": ""}).status_code == 422
    answer = worker.post(
        url, {"helped": "The checklist <b>", "missing": "More time", "question_key": "rhythm"}
    )
    assert answer["Location"] == reverse("guide:step", args=[version.id, "plan"])
    assert StepFeedback.objects.get().question_key == "rhythm"
    step = reverse("guide:step", args=[version.id, "plan"])
    assert "The checklist" not in worker.get(step).content.decode()
    page = signed_in(cast, "mette-lindqvist").get(step).content.decode()
    assert "The checklist &lt;b&gt;" in page
    assert "More time" in page
    overview = signed_in(cast, "mette-lindqvist").get(reverse("guide:read", args=[version.id]))
    assert "1 word from practice" in overview.content.decode()


def test_feedback_on_an_older_version_stands_beside_the_step_of_the_newer(
    write: Write, version: GuideVersion, cast: Cast
) -> None:
    give_feedback(actor=cast.actor("jonas-reuter"), version=version, step_key="plan", helped="The road")
    newer = load_guide(actor=SYSTEM, path=write({"pack.yaml": ('"1.0"', '"1.1"')}), publish=False)
    page = signed_in(cast, "mette-lindqvist").get(reverse("guide:step", args=[newer.id, "plan"]))
    assert "The road" in page.content.decode()


def test_versions_of_different_guides_are_not_compared(
    write: Write, version: GuideVersion, cast: Cast
) -> None:
    other = load_guide(actor=SYSTEM, path=write({"pack.yaml": ("small-guide", "other-guide")}))
    client = signed_in(cast, "jonas-reuter")
    assert client.get(reverse("guide:compare", args=[version.id, other.id])).status_code == 404


def test_a_page_takes_the_same_queries_for_one_and_for_many(
    write: Write, version: GuideVersion, cast: Cast
) -> None:
    office, url = signed_in(cast, "mette-lindqvist"), reverse("guide:step", args=[version.id, "plan"])
    counts = []
    for number in (1, 2):
        for _ in range(number):
            give_feedback(actor=cast.actor("jonas-reuter"), version=version, step_key="plan", helped="Good")
        office.get(url)
        with CaptureQueriesContext(connection) as queries:
            office.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_of_the_shipped_guide_shows(cast: Cast, language: str) -> None:
    version = load_guide(actor=SYSTEM, path=SHIPPED)
    client = signed_in(cast, "jonas-reuter", language)
    page = client.get(reverse("guide:read", args=[version.id]))
    assert page.status_code == 200
    for step in pack_of(version).steps:
        page = client.get(reverse("guide:step", args=[version.id, step.key]))
        assert page.status_code == 200
        assert step.title[language] in page.content.decode()
