"""The look: every component draws, says the right things to those who hear it, and never drops or injects text."""

import datetime as dt
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.banks import BankParty, BankRow, Plank, party_codes, two_banks
from mtd.core.gallery import EXAMPLES, FOLDER, ExampleForm, ExampleUploadForm, examples
from mtd.core.templatetags import mtd as tags
from tests.markup import flat

COMPONENTS = sorted(path.stem for path in (settings.BASE_DIR / "templates" / "cotton").glob("*.html"))
CSS = Path(settings.BASE_DIR) / "static" / "css"


def draw(source: str, **context: object) -> str:
    """A piece of template with components in it, as a page would draw it."""
    from django_cotton.compiler_regex import CottonCompiler

    return engines["django"].from_string(CottonCompiler().process(source)).render(context)


class Ids(HTMLParser):
    """Collects ids and the references to them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.references: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name in {"for", "aria-describedby", "aria-labelledby"} and value:
                self.references.update(value.split())


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_example_of_the_gallery_draws(language: str) -> None:
    with translation.override(language):
        shown = examples(RequestFactory().get("/components/"))
    assert [example.slug for example in shown] == [slug for slug, _, _ in EXAMPLES]
    for example in shown:
        assert example.html.strip(), example.slug
        assert "<c-" not in example.html, example.slug
        assert "{{" not in example.html, example.slug


def test_every_component_stands_in_the_gallery() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.html"))
    page = (FOLDER.parent / "gallery.html").read_text(encoding="utf-8")
    parts = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("cotton", "includes")
        for path in (settings.BASE_DIR / "templates" / folder).glob("*.html")
    )
    used = {name.replace("-", "_") for name in re.findall(r"<c-([a-z-]+)", code + page + parts)}
    assert set(COMPONENTS) - used <= {"crumbs", "icon", "half"}


def test_every_reference_in_the_gallery_leads_somewhere_and_ids_are_unique() -> None:
    html = render_to_string("core/gallery.html", {"examples": examples(RequestFactory().get("/"))})
    found = Ids(html)
    assert found.references <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))


def test_no_example_needs_inline_style_or_script() -> None:
    html = render_to_string("core/gallery.html", {"examples": examples(RequestFactory().get("/"))})
    assert " style=" not in html
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    assert not re.search(r"\son[a-z]+=", html)


def test_typed_text_cannot_become_markup_in_any_component() -> None:
    evil = '"><script>alert(1)</script>'
    pieces = (
        '<c-page-head title="{{ x }}" why="{{ x }}" state="work" state-label="{{ x }}" />',
        '<c-page-head :title="x" :why="x" />',
        '<c-organisation :name="x" system="other" :url="x" />',
        '<c-person :name="x" :organisation="x" :role="x" :disc="True" />',
        '<c-next :title="x" :url="x" :action="x" :meta="x">{{ x }}</c-next>',
        '<c-position :name="x" :value="x" state="open" :state-label="x">{{ x }}</c-position>',
        '<c-code :value="x" :label="x" copy />',
        '<c-button :href="x" :name="x">{{ x }}</c-button>',
        '<c-button :blocked="x">{{ x }}</c-button>',
        '<c-road :steps="steps" />',
        '<c-log :entries="entries" />',
        '<c-figure :value="x" :label="x" :source="x" :url="x" />',
        '<c-error-box :title="x" :safe="x" :todo="x">{{ x }}</c-error-box>',
        "{% load mtd %}{% word_diff x 'plain' as d %}{{ d.left }}{{ d.right }}{{ x|paragraphs }}{{ x|soft }}",
    )
    context = {
        "x": evil,
        "steps": [{"name": evil, "state": "here", "when": evil, "url": evil}],
        "entries": [{"what": evil, "who": evil, "detail": evil}],
    }
    for piece in pieces:
        assert "<script>" not in draw(piece, **context), piece


def test_a_component_does_not_pick_up_a_variable_of_the_page_that_has_the_same_name() -> None:
    html = draw("<c-page-head title='A' />", why="leaked", action="leaked", more="leaked", state="leaked")
    assert "leaked" not in html


def test_a_blocked_button_says_why() -> None:
    html = draw('<c-button :blocked="reason">Sign</c-button>', reason="Only the lead may sign.")
    assert "disabled" in html
    assert "Only the lead may sign." in html
    assert Ids(html).references <= set(Ids(html).ids)


def test_an_unblocked_button_sends() -> None:
    html = draw('<c-button :blocked="reason" name="do" value="sign">Sign</c-button>', reason="")
    assert 'type="submit"' in html
    assert 'name="do" value="sign"' in flat(html)
    assert "disabled" not in html


# ---------------------------------------------------------------- forms


def test_help_and_error_are_tied_to_every_field() -> None:
    html = str(ExampleForm({"title": "", "days": "0"}))
    found = Ids(html)
    assert found.references <= set(found.ids)
    for name in ("title", "days"):
        assert f'id="id_{name}_error"' in html
        assert re.search(rf'name="{name}"[^>]*aria-describedby="[^"]*id_{name}_error', html)


def test_an_optional_field_says_so_and_a_required_one_does_not() -> None:
    html = draw('<c-field :field="form.reason" />', form=ExampleForm())
    assert "(optional)" in html
    assert "(optional)" not in draw('<c-field :field="form.title" />', form=ExampleForm())


def test_choices_stand_in_a_fieldset_with_a_legend() -> None:
    html = draw('<c-field :field="form.stance" />', form=ExampleForm())
    assert "<fieldset" in html
    assert "<legend" in html
    assert html.count("kern-form-check__radio") == 3


def test_a_field_keeps_what_was_typed() -> None:
    form = ExampleForm({"title": "x" * 5, "reason": "Ελληνικά עברית 🙂", "mail": "leonie@"})
    html = draw('<c-field :field="form.reason" /><c-field :field="form.mail" />', form=form)
    assert "Ελληνικά עברית 🙂" in html
    assert 'value="leonie@"' in html


def test_the_summary_names_every_mistake_and_leads_to_its_field() -> None:
    form = ExampleForm({})
    html = flat(draw('<c-form-errors :form="form" />{{ form }}', form=form))
    links = set(re.findall(r'<a href="#([^"]+)">', html))
    assert len(links) == len(form.errors)
    assert links <= set(Ids(html).ids)


def test_a_form_without_mistakes_has_no_summary() -> None:
    assert "form-errors" not in draw('<c-form-errors :form="form" />', form=ExampleForm())


def test_hidden_fields_are_drawn_without_a_label() -> None:
    class WithHidden(forms.Form):
        version = forms.CharField(widget=forms.HiddenInput, initial="3")
        name = forms.CharField()

    html = str(WithHidden())
    assert '<input type="hidden" name="version" value="3"' in html
    assert html.count("<label") == 1


def test_a_file_field_is_drawn_as_file_field() -> None:
    assert 'type="file"' in draw('<c-field :field="form.file" />', form=ExampleUploadForm())


# ---------------------------------------------------------------- the two banks


def _party(index: int, system: str) -> BankParty:
    return BankParty(key=str(index), name=f"Jugendamt der Stadt {chr(65 + index)}dorf", system=system)


@given(st.lists(st.text(max_size=30), min_size=1, max_size=12))
def test_codes_of_parties_are_all_different(names: list[str]) -> None:
    codes = party_codes(names)
    assert len(set(codes)) == len(names)
    assert all(codes)


@pytest.mark.parametrize("count", [1, 2, 4, 5, 8, 12])
@pytest.mark.parametrize("systems", [("addiction_care", "youth_welfare"), ("health",), ("youth_welfare",)])
def test_any_number_of_parties_stands_on_a_bank(count: int, systems: tuple[str, ...]) -> None:
    parties = [_party(index, systems[index % len(systems)]) for index in range(count)]
    rows = [BankRow(title="Goals", planks=[Plank("agreed"), Plank("differs")], positions={})]
    banks = two_banks(parties=parties, rows=rows)
    assert len(banks.standers) == count
    html = draw('<c-two-banks :banks="banks" />', banks=banks)
    assert html.count('role="rowheader"') == 1
    body = html[html.index("<tbody") :]
    assert body.count('role="cell"') == count + 2


def test_the_planks_are_told_in_words_too() -> None:
    rows = [BankRow(title="Goals", planks=[Plank("agreed"), Plank("open"), Plank("parked")], positions={})]
    html = draw('<c-two-banks :banks="banks" />', banks=two_banks(parties=[_party(0, "other")], rows=rows))
    assert "1 of 3 questions agreed, 0 differ, 1 parked, 1 open" in html


def test_a_finished_chapter_closes_to_one_beam() -> None:
    planks = [Plank("agreed"), Plank("agreed")]
    banks = two_banks(parties=[], rows=[BankRow(title="Goals", planks=planks, positions={})])
    assert banks.rows[0].whole
    assert not two_banks(parties=[], rows=[BankRow(title="x", planks=[], positions={})]).rows[0].whole


# ---------------------------------------------------------------- words, dates, numbers


def _bare(html: str) -> str:
    from html import unescape

    return unescape(re.sub(r"</?mark>", "", html))


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_difference_view_never_loses_a_character(left: str, right: str) -> None:
    difference = tags.diff_words(left, right)
    assert _bare(difference.left) == left
    assert _bare(difference.right) == right


def test_only_words_that_differ_are_marked() -> None:
    difference = tags.diff_words("within two working days", "within five working days")
    assert difference.left == "within <mark>two</mark> working days"
    assert difference.right == "within <mark>five</mark> working days"
    assert tags.diff_words("same", "same").same


def test_a_very_long_text_is_compared_in_reasonable_time() -> None:
    text = "\n".join(f"Clause {number} of the agreement binds all parties." for number in range(2000))
    difference = tags.diff_words(text, text.replace("Clause 1000 ", "Clause 1000a "))
    assert difference.left.count("<mark>") == 1


def test_dates_are_written_as_the_language_does_it() -> None:
    date = dt.date(2026, 11, 20)
    with translation.override("en"):
        assert tags.day(date) == "20 November 2026"
        assert tags.day_number(date) == "20"
    with translation.override("de"):
        assert tags.day(date) == "20. November 2026"
        assert tags.short_day(date) == "20.11.2026"
        assert tags.day_number(date) == "20."
    assert tags.day(None) == ""


def test_a_moment_is_told_in_the_readers_time_zone() -> None:
    with timezone.override("Europe/Berlin"), translation.override("en"):
        assert tags.moment(dt.datetime(2026, 11, 20, 13, 2, tzinfo=dt.UTC)) == "20 November 2026, 14:02"


def test_numbers_are_grouped_and_ranges_keep_their_bounds() -> None:
    with translation.override("en"):
        assert tags.number(1234567) == "1,234,567"
        assert tags.range_of(1900, 2600) == "1,900–2,600"
        assert tags.range_of(5, 5) == "5"
    with translation.override("de"):
        assert tags.number(1234567) == "1.234.567"
    assert tags.number(None) == ""


def test_distance_from_today_is_told_in_words() -> None:
    today = timezone.localdate()
    with translation.override("en"):
        assert tags.until(today) == "today"
        assert tags.until(today + dt.timedelta(days=3)) == "in 3 days"
        assert tags.until(today - dt.timedelta(days=5)) == "5 days ago"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Jonas Reuter", "JR"), ("Inga", "I"), ("", ""), ("Anna Maria von der Au", "AA"), ("Ωμέγα Άλφα", "ΩΆ")],
)
def test_initials_have_at_most_two_letters(name: str, letters: str) -> None:
    assert tags.initials(name) == letters


def test_pages_keep_the_filters() -> None:
    request = RequestFactory().get("/agreements/?state=work&page=4&search=a+b")
    html = render_to_string(
        "core/gallery/table.html", {"pages": Paginator(range(230), 20).page(4)}, request=request
    )
    assert "?state=work&amp;search=a+b&amp;page=5" in html


# ---------------------------------------------------------------- style sheets


def test_both_dark_themes_hold_the_same_values() -> None:
    css = (CSS / "tokens.css").read_text(encoding="utf-8")
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    by_system = re.search(r':root:not\(\[data-kern-theme="light"\]\) \{(.*?)\}', css, re.DOTALL)
    chosen = re.search(r':root\[data-kern-theme="dark"\] \{(.*?)\}', css, re.DOTALL)
    assert by_system
    assert chosen
    assert by_system[1].split() == chosen[1].split()


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_of_text_and_ground_is_readable(theme: str) -> None:
    css = (CSS / "tokens.css").read_text(encoding="utf-8")
    block = (
        css[: css.index("@media")] if theme == "light" else css[css.index(':root[data-kern-theme="dark"]') :]
    )
    colours = dict(re.findall(r"--([a-z-]+):\s*(#[0-9A-Fa-f]{6})", block))
    texts = ("ink", "muted", "teal", "care", "youth-text", "good", "late", "miss")
    pairs = [(text, ground) for text in texts for ground in ("ground", "paper", "sunk")]
    pairs += [(text, f"{text}-tint") for text in ("teal", "care", "good", "late", "miss")]
    pairs += [("youth-text", "youth-tint"), ("on-teal", "teal"), ("on-teal", "teal-strong")]
    pairs += [("ink", tint) for tint in ("teal-tint", "care-tint", "youth-tint", "good-tint", "late-tint")]
    for text, ground in pairs:
        high, low = sorted((_luminance(colours[text]), _luminance(colours[ground])), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, (theme, text, ground)


def test_style_sheets_of_public_pages_stay_small() -> None:
    names = ("tokens", "base", "shell", "controls", "components")
    assert sum((CSS / f"{name}.css").stat().st_size for name in names) < 50 * 1024


def test_style_sheets_ask_nobody_else() -> None:
    for path in [*CSS.glob("*.css"), *(CSS.parent / "js").glob("*.js")]:
        assert not re.search(r"https?://", path.read_text(encoding="utf-8")), path.name


def test_the_script_stays_small() -> None:
    assert len((CSS.parent / "js" / "app.js").read_text(encoding="utf-8").splitlines()) < 200
