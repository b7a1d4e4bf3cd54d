"""Translations without GNU gettext: collect, check, compile and merge, with Babel.

python scripts/messages.py update          collect all texts, bring the catalogues up to date, compile them
python scripts/messages.py check           fail on new, untranslated, uncertain texts, wrong placeholders
python scripts/messages.py compile         only compile
python scripts/messages.py merge FILE…     take over translations from other .po files, then update
"""

import argparse
import datetime
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from steps import ROOT, digest, give_up, say

LOCALE = ROOT / "locale"
FOLDERS = ("mtd", "config", "templates")
SKIPPED = {"migrations", "node_modules"}
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<![%\d ])%[sd](?!\w)|(?<= )%[sd](?!\w)|\{\w*\}")
NOISE = (
    rb'"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|[^"]*Team|Report-Msgid-Bugs-To):'
    rb'[^"]*"\n'
)
COMMENT_TAGS = ["Translators:"]
CONSTANT = re.compile(r"""(?<![\w.])_\((?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\)""")

Text = tuple[str | tuple[str, str], str | None, list[str]]
"""What a translator sees: the text (or text and plural), its context, comments."""


def texts_in_python(path: Path) -> Iterator[Text]:
    """Every text that a Python module marks for translation."""
    options: Any = {"encoding": "utf-8"}
    with path.open("rb") as source:
        found: Any = extract_python(source, KEYWORDS, COMMENT_TAGS, options)
        for _line, function, arguments, comments in found:
            given = list(arguments) if isinstance(arguments, (list, tuple)) else [arguments]
            places = KEYWORDS[function] or (1,)
            context = None
            words: list[str] = []
            for place in places:
                index, is_context = (place[0], True) if isinstance(place, tuple) else (place, False)
                value = given[index - 1] if index <= len(given) else None
                if not isinstance(value, str) or not value:
                    words = []
                    break
                if is_context:
                    context = value
                else:
                    words.append(value)
            if words:
                yield (words[0] if len(words) == 1 else (words[0], words[1])), context, comments


def texts_in_template(path: Path) -> Iterator[Text]:
    """Every text that a template marks: translate, blocktranslate, _("…") in tags and attributes."""
    from django.template.base import Lexer, TokenType
    from django.utils.translation import trim_whitespace
    from django.utils.translation.template import (
        block_re,
        endblock_re,
        inline_re,
        plural_re,
    )

    inside = False
    plural = trimmed = False
    context: str | None = None
    singular_words: list[str] = []
    plural_words: list[str] = []
    commented_out = False
    for token in Lexer(path.read_text(encoding="utf-8")).tokenize():
        if token.token_type is TokenType.BLOCK and token.contents.split()[:1] in (
            ["comment"],
            ["endcomment"],
        ):
            commented_out = token.contents.split()[0] == "comment"
        if commented_out:
            continue
        if inside:
            if token.token_type is TokenType.BLOCK:
                if endblock_re.match(token.contents):
                    one = "".join(singular_words)
                    many = "".join(plural_words)
                    if trimmed:
                        one, many = trim_whitespace(one), trim_whitespace(many)
                    yield ((one, many) if plural else one), context, []
                    inside = False
                elif plural_re.match(token.contents):
                    plural = True
                else:
                    place = f"{path.relative_to(ROOT)}:{token.lineno}"
                    give_up(f"{place}: a tag inside blocktranslate: {token.contents}")
            elif token.token_type is TokenType.VAR:
                (plural_words if plural else singular_words).append(f"%({token.contents})s")
            elif token.token_type is TokenType.TEXT:
                (plural_words if plural else singular_words).append(token.contents.replace("%", "%%"))
            continue
        if token.token_type is TokenType.BLOCK:
            start = block_re.match(token.contents)
            inline = inline_re.match(token.contents)
            if start:
                inside, plural, singular_words, plural_words = True, False, [], []
                context = _unquote(start[2]) if start[2] else None
                trimmed = "trimmed" in token.split_contents()
                continue
            if inline:
                yield _unquote(inline[1]).replace("%", "%%"), _unquote(inline[3]) if inline[3] else None, []
                continue
        if token.token_type is not TokenType.COMMENT:
            for match in CONSTANT.finditer(token.contents):
                yield _unquote(match["text"]).replace("%", "%%"), None, []


def _unquote(word: str) -> str:
    """The text between quotes; anything after the closing quote (a filter) is dropped."""
    word = word.strip()
    if word.startswith("_("):
        word = word[2:-1]
    quote = word[0]
    return re.sub(r"\\(.)", r"\1", word[1 : word.rindex(quote)])


def collect() -> Catalog:
    """Every text of the product that is marked for translation, with the files that use it."""
    catalog = Catalog(project="Make the Difference", charset="utf-8")
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if SKIPPED & set(path.relative_to(ROOT).parts) or path.suffix not in {".py", ".html", ".txt"}:
                continue
            reader = texts_in_python if path.suffix == ".py" else texts_in_template
            for text, context, comments in reader(path):
                catalog.add(
                    text,
                    context=context,
                    locations=[(str(path.relative_to(ROOT)), 0)],
                    auto_comments=comments,
                )
    return catalog


def catalogues() -> dict[str, Path]:
    """The catalogue of each language that the product speaks besides English."""
    return {path.parent.parent.name: path for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))}


def read(path: Path, language: str | None = None) -> Catalog:
    """A catalogue from its file; where the file cannot be read, the line that is wrong."""
    try:
        with path.open("rb") as source:
            return read_po(source, locale=language, abort_invalid=True)
    except PoFileError as error:
        give_up(f"{path}: {error} (line {error.lineno}): {error.line!r}")
        raise


def write(path: Path, catalog: Catalog) -> None:
    """Write a catalogue so that two people who work on different texts rarely touch the same lines."""
    catalog.header_comment = "# Make the Difference. Licence: EUPL-1.2."
    catalog.fuzzy = False
    buffer = io.BytesIO()
    write_po(
        buffer,
        catalog,
        width=100,
        include_lineno=False,
        sort_output=True,
        omit_header=False,
        ignore_obsolete=True,
    )
    content = buffer.getvalue()
    # Dates change at every run, and names tell nothing that the history does not.
    content = re.sub(
        NOISE,
        b"",
        content,
    )
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all, also when two run at once.
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(content)
        fresh.replace(path)


def updated(catalog: Catalog, fresh: Catalog) -> Catalog:
    """The catalogue with exactly the texts that the product has now; nothing is guessed."""
    catalog.update(fresh, no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    return catalog


def is_translated(message: Message) -> bool:
    """True if every form of the text has a translation that nobody has marked as uncertain."""
    forms = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    return all(forms) and not message.fuzzy


def has_right_placeholders(message: Message) -> bool:
    """True if the translation fills in what the English text does; a plural form may leave out the number."""
    if isinstance(message.id, str):
        return not message.string or placeholders(message.id) == placeholders(str(message.string))
    allowed = set().union(*map(placeholders, message.id))
    return all(placeholders(form) <= allowed for form in message.string or ())


def placeholders(text: str) -> set[str]:
    """The places in a text that the program fills in."""
    return set(PLACEHOLDER.findall(text))


def update() -> None:
    """Collect all texts and bring every catalogue up to date."""
    fresh = collect()
    for language, path in catalogues().items():
        catalog = updated(read(path, language), fresh)
        write(path, catalog)
        missing = sum(1 for message in catalog if message.id and not is_translated(message))
        say(f"{language}: {len(catalog)} texts, {missing} without a translation.")
    compile_all()


def check() -> list[str]:
    """What stands between the catalogues and complete translations; empty if they are complete."""
    fresh = collect()
    mistakes = []
    for language, path in catalogues().items():
        catalog = read(path, language)
        known = {(message.id, message.context) for message in catalog if message.id}
        for message in fresh:
            if message.id and (message.id, message.context) not in known:
                mistakes.append(f"{language}: not in the catalogue (make messages): {_shown(message)}")
        for message in catalog:
            if not message.id:
                continue
            if not is_translated(message):
                mistakes.append(
                    f"{language}: {'uncertain' if message.fuzzy else 'untranslated'}: {_shown(message)}"
                )
            if not has_right_placeholders(message):
                mistakes.append(f"{language}: other placeholders than in English: {_shown(message)}")
    if not catalogues():
        mistakes.append("There is no catalogue below locale/.")
    return mistakes


def _shown(message: Message) -> str:
    """A text short enough for one line, and where it is used."""
    text = message.id if isinstance(message.id, str) else message.id[0]
    places = ", ".join(sorted({name for name, _line in message.locations})[:2])
    return f"{' '.join(text.split())[:80]!r} {places}"


def compile_all() -> None:
    """Write the compiled catalogues that the running system reads."""
    for language, path in catalogues().items():
        with path.with_suffix(".mo").open("wb") as target:
            write_mo(target, read(path, language))


def compiled_state() -> str:
    """Changes when a compiled catalogue is missing, so that a stamp alone does not prove it is there."""
    return digest(
        [], *(language for language, path in catalogues().items() if not path.with_suffix(".mo").exists())
    )


def merge(paths: list[Path]) -> None:
    """Take over translations from other files; the language is the one of the only catalogue, or German."""
    target = catalogues().get("de", LOCALE / "de" / "LC_MESSAGES" / "django.po")
    catalog = read(target, "de") if target.exists() else Catalog(locale="de", project="Make the Difference")
    if not target.exists():
        catalog.creation_date = datetime.datetime.now(datetime.UTC)
    for path in paths:
        for message in read(path, "de"):
            if message.id and is_translated(message):
                before = catalog.get(message.id, context=message.context)
                if before is not None and is_translated(before) and before.string != message.string:
                    say(f"{path.name}: {before.string!r} becomes {message.string!r}")
                catalog.delete(message.id, context=message.context)
                catalog.add(message.id, message.string, context=message.context)
    write(target, catalog)
    update()


def main() -> None:
    """One of the four."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["update", "check", "compile", "merge"])
    parser.add_argument("files", nargs="*", type=Path)
    chosen = parser.parse_args()
    if chosen.what == "check":
        mistakes = check()
        print("\n".join(mistakes))
        sys.exit(1 if mistakes else 0)
    if chosen.what == "merge":
        merge(chosen.files)
    elif chosen.what == "compile":
        compile_all()
    else:
        update()


if __name__ == "__main__":
    main()
