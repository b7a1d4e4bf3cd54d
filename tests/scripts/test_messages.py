"""Texts are found wherever they are marked, without GNU gettext."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Message

Script = Callable[[str], ModuleType]

TEMPLATE = """
{% translate "Sign in" %} {% translate 'May' context "month" %} {{ _("Later") }}
{# _("no") #}{% comment %}{% translate "hidden" %}{% endcomment %}
{% blocktranslate trimmed count n=3 %}
  {{ n }} person
{% plural %}
  {{ n }} people, 100%
{% endblocktranslate %}
{% blocktranslate context "greeting" with a=b %}Hi {{ a }}{% endblocktranslate %}
<c-page-head :title="_('It is time')" why="{% translate "Because" %}" />
"""
MODULE = """
A = _("Hello %(name)s")
B = ngettext("%d thing", "%d things", 3)
C = pgettext("verb", "Open")
D = _("long "
      "text")
E = other("nothing")
"""


def test_every_text_of_a_template_is_found(script: Script, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(TEMPLATE, encoding="utf-8")
    found = [(text, context) for text, context, _comments in script("messages").texts_in_template(page)]
    assert found == [
        ("Sign in", None),
        ("May", "month"),
        ("Later", None),
        (("%(n)s person", "%(n)s people, 100%%"), None),
        ("Hi %(a)s", "greeting"),
        ("It is time", None),
        ("Because", None),
    ]


def test_every_text_of_a_module_is_found(script: Script, tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(MODULE, encoding="utf-8")
    found = [(text, context) for text, context, _comments in script("messages").texts_in_python(module)]
    assert found == [
        ("Hello %(name)s", None),
        (("%d thing", "%d things"), None),
        ("Open", "verb"),
        ("long text", None),
    ]


@pytest.mark.parametrize(
    ("english", "german", "right"),
    [
        ("Hello %(name)s", "Guten Tag, %(name)s", True),
        ("Hello %(name)s", "Guten Tag, %(nmae)s", False),
        ("18 % of children", "18 % der Kinder", True),
        ("{count} open", "{count} offen", True),
        ("{count} open", "offen", False),
        (("%d thing", "%d things"), ("ein Ding", "%d Dinge"), True),
        (("%d thing", "%d things"), ("%s Ding", "%d Dinge"), False),
    ],
)
def test_a_translation_fills_in_what_the_text_fills_in(
    script: Script, english: str, german: str, right: bool
) -> None:
    assert script("messages").has_right_placeholders(Message(english, german)) is right


def test_a_text_that_is_missing_untranslated_or_uncertain_is_named(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = script("messages")
    (tmp_path / "mtd").mkdir()
    (tmp_path / "mtd" / "a.py").write_text('A = [_("done"), _("empty"), _("unsure"), _("new")]\n')
    catalogue = tmp_path / "locale" / "de" / "LC_MESSAGES" / "django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(
        'msgid "done"\nmsgstr "fertig"\n\nmsgid "empty"\nmsgstr ""\n\n#, fuzzy\nmsgid "unsure"\nmsgstr "hm"\n'
    )
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "LOCALE", tmp_path / "locale")
    assert [mistake.split("'")[:2] for mistake in sorted(messages.check())] == [
        ["de: not in the catalogue (make messages): ", "new"],
        ["de: uncertain: ", "unsure"],
        ["de: untranslated: ", "empty"],
    ]
