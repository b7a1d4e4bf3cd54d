"""Numbers that stand for one person, one account, one vehicle or one file."""
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ..findings import Kind
from ..text import Mark, Text
from .calendar import LAW
from .registers import bank_account, mistaken, registers, slipped
from .words import announced, before_figures, from_places, listed

_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{2}[ ]?\d{2}(?:[ -]?[A-Za-z0-9]{4}){2,7}(?:[ -]?[A-Za-z0-9]{1,3})?(?![A-Za-z0-9])"
)
_IBAN_LENGTH = {
    "AT": 20, "BE": 16, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "IE": 22,
    "IT": 27, "LU": 20, "NL": 18, "PL": 28, "PT": 25, "RO": 24, "SI": 19, "SK": 24, "BG": 22, "HR": 21, "HU": 28, "TR": 26,
    "RS": 22, "BA": 20, "AL": 28, "LT": 20, "LV": 21, "EE": 20, "DK": 18, "SE": 24, "NO": 15, "MT": 31,
}  # fmt: skip
_CZECH_ACCOUNT = re.compile(r"(?<![\w./-])(?:\d{1,6}[ ]?-[ ]?)?\d{2,10}[ ]?/[ ]?\d{4}(?![\w/]|[.,-]\d)")
_ACCOUNT_SAID = re.compile(r"(?:[úu][čc][eět]\w*|konto|iban|bank\w*|č\. ?ú\.?)[^\n\d]{0,20}$")
_BIC = re.compile(r"(?i:\b(?:BIC|SWIFT)\b)[\s:.-]{0,5}([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)(?![A-Za-z0-9])")
_CARD = re.compile(r"(?<![\w.,-])\d(?:[ -]?\d){12,18}(?![\w]|[.,-]\d)")
_CANDIDATE = re.compile(
    r"(?<![\w@])(?:[A-Za-z]{1,3}[ -]?)?\d(?:[ ./+-]{0,2}[A-Za-z]{0,3}[ ./+-]{0,2}\d){4,15}(?:[ -]?[A-Za-z]{1,2}\d?)?(?![^\W_])|"
    r"(?<![\w@])[A-Za-z]{3}[ ]?[A-Za-z]{3}[ ]?\d{2}[A-Za-z]\d{2}[ ]?[A-Za-z]\d{3}[A-Za-z](?![^\W_])|"
    r"(?<![\w@])[A-Z0-9]{9}[ ]?\d(?![^\W_])"
)
_SEPARATOR = re.compile(r"[ ./+-]+")
_LONG = re.compile(
    r"(?<![\w.,/+-])[A-Z]{0,2}\d{6,22}(?![^\W_]|[.,]\d|[ ]?(?:€|eur\b|\$|£|%|kč|mg|ml|kg|km|punkte|points))",
    re.IGNORECASE,
)
FILE = (
    r"(?:rv|bg|kv|sv|sozialversicherungs|renten\w{0,15}|krankenkassen|mitglieds|klient\w{0,3}|register|personen?)-?(?:nummer|nr\.?)|"
    r"ταυτότητα\w?|social insurance(?: no| number)?|osebn\w izkaznic\w|[óo]bčiansk\w{1,3}|aktenzeichen|az|gesch[äa]ftszeichen|gz|fall(?:nummer|zahl|nr|-nr|-id)|fn|fall|vorgang\w*|patnr|pat(?:ient\w*)?[-. ]?nr|"
    r"sv(?:[- ]nr|nr)?|vers(?:icherten|icherungs)?[-.]?(?:nr|nummer)|kunden\w*n(?:umme)?r|ausweis\w*|pass(?:port|nummer|nr)?|"
    r"case (?:no|number|id)|file (?:no|number)|ref(?:erence)?(?: no| number)?|id(?: no| number|-nr)?|nhs(?: no| number)?|"
    r"ssn|national insurance|policy(?: no| number)?|account (?:no|number)|konto(?:nummer|nr)|reg(?:istration)?[-. ]?(?:no|nr|number)|"
    r"dossier\w*|num[ée]ro de (?:dossier|s[ée]curit[ée]|registre|s[ée]cu)|n° (?:de )?dossier|registre national|nrn|niss|inss|rijksregister\w*|"
    r"zaak(?:nummer|nr)?|bsn|pati[ëe]ntn\w*|cli[ëe]ntn\w*|cli[ëe]nt(?:nummer|nr)|polis\w*|dossiern\w*|"
    r"expediente|nhc|cipa?|nass|nuss|nss|dni|nie|nif|n[ºo°]? ?col(?:egiado)?|n[ºo°] ?historia|historia cl[ií]nica|pasaporte|tarjeta sanitaria|"
    r"fascicolo|pratica|protocollo|codice fiscale|tessera sanitaria|c\.?f|carta d'identit[àa]|n\. ?pratica|"
    r"processo|utente|niss|cart[ãa]o de cidad[ãa]o|cc|n[ºo.] ?utente|sns|"
    r"henkil[öo]tunnus|hetu|asiakasnumero|diaarinumero|asianumero|dnro|potilasnumero|"
    r"αμκα|αφμ|αδτ|α\.?μ\.?κ\.?α\.?|α\.?φ\.?μ\.?|αρ(?:ιθμ[όο]ς)?\.? ?(?:πρωτ\w*|φακέλου|υπόθεσης|ταυτότητας|μητρώου)|φάκελο\w*|"
    r"emšo|emso|davčna(?: številka)?|številka (?:zadeve|spisa)|opr\. ?št|zzzs|"
    r"rodn[ée] č[íi]slo|rodného č[íi]sla|r\.? ?č|rč|spisov\w* (?:zn\w*|č\w*)|sp\. ?zn|č\. ?j|čj|č\.p|č[íi]slo (?:poji\w*|poist\w*|op|jedn\w*|konania|spisu)|"
    r"kv\.? ?sygn|sygn\.? akt|r\.?g\.?n\.?r|proc(?:edimento|\.)?(?: pen(?:ale|\.))? n|querela,? n|pv(?:[- ]?n(?:umme)?r)?|mutatie(?:nummer|nr)?|"
    r"občiansk\w* preukaz\w*|občansk\w* průkaz\w*|op č|pas č"
)
_VALUE = re.compile(
    r"(?:[A-Za-zΑ-Ωα-ωČŠŽ]{1,10}[ ./-]?){0,3}\d[\dA-Za-z]*(?:[ ]?[./-]{1,2}[\dA-Za-z]+|[ ]?[./-][ ](?=[A-Za-z]{0,4}\d)[\dA-Za-z]+|[ ]\d[\dA-Za-z]*|[ ][A-Z][A-Za-z]{0,4}[ ]\d+|[ ][a-z]{1,3}[ ]\d+(?=/\d)){0,6}"
)
_COURTS = frozenset(("de", "cs", "sk", "sl"))
_COURT = re.compile(
    r"(?<![\w/.])(?:\d{1,3}[ ]?(?=[A-Z]))?(?P<sign>[A-ZČŠŽ][A-Za-zčšž]{0,3})[ /]\d{1,6}/(?:19|20)\d\d(?![\w/])"
)
"""How courts there number their files: "19 Nc 402/2026", "N 402/2026"."""
_NO_COURT = listed(
    "EU EG ES EP EK EC CE EHS EWG EGW VO RL NR Nr Art Abs Zb Z ZZ Sb Ur UL Tel Fax Str Kap Stk Haus Nach Am Bei Von"
)
"""What stands before the numbers of laws, and before other numbers with a stroke."""
_LAW_SIGN = re.compile(r"(?:§|\b(?:art\.?|abs\.?|icd|dsm|iso|din|en))[ -]{0,2}$", re.IGNORECASE)


def marks(text: Text) -> Iterator[Mark]:
    """Mark numbers, accounts and plates."""
    plain, figures_at = text.plain, text.figures
    if not figures_at:
        return
    # Two letters, a blank perhaps, two figures: an account's number begins nowhere else.
    for match in from_places(_IBAN, plain, _before_figures(figures_at, 3, 2)):
        found = _iban(match[0])
        if found:
            yield text.mark(match.start(), match.start() + found, Kind.ACCOUNT, 1.0, True, "account")
    if "bic" in text.lower or "swift" in text.lower:
        for match in _BIC.finditer(plain):
            yield text.mark(*match.span(1), Kind.ACCOUNT, 0.9, True, "account")
    for match in from_places(_CARD, plain, figures_at):
        figures = re.sub(r"\D", "", match[0])
        if len(set(figures)) > 1 and _luhn(figures) and figures[0] in "23456":
            yield text.mark(*match.span(), Kind.ACCOUNT, 0.95, True, "card")
    if text.language in ("cs", "sk") and "/" in plain:
        yield from _czech_accounts(text)
    yield from _personal(text)
    yield from _filed(text)
    for match in from_places(_LONG, plain, _before_figures(figures_at, 2, 0)):
        if not match[0].endswith("000"):
            yield text.mark(*match.span(), Kind.NUMBER, 0.5, False, "long_number")


def _czech_accounts(text: Text) -> Iterator[Mark]:
    """A Czech or Slovak account with its bank; a birth number is written alike where nothing stands before a hyphen."""
    for match in from_places(_CZECH_ACCOUNT, text.plain, text.figures):
        said = _ACCOUNT_SAID.search(text.lower, max(0, match.start() - 30), match.start()) is not None
        fits = bank_account(match[0])
        if said or (fits and ("-" in match[0] or len(match[0]) > 12)):
            yield text.mark(*match.span(), Kind.ACCOUNT, 0.95 if fits else 0.6, fits, "account")


def _before_figures(figures: Sequence[int], most: int, least: int) -> list[int]:
    """The places up to `most` and at least `least` signs before a run of figures."""
    found: list[int] = []
    for first in figures:
        found += range(max(first - most, found[-1] + 1 if found else 0), first - least + 1)
    return found


def _iban(written: str) -> int:
    """How much of what is written is an account's number; 0 for none."""
    compact = ""
    country = written[:2].upper()
    needed = _IBAN_LENGTH.get(country)
    if needed is None:
        return 0
    for place, sign in enumerate(written):
        if sign.isalnum():
            compact += sign.upper()
        if len(compact) == needed:
            number = "".join(str(int(one, 36)) for one in compact[4:] + compact[:4])
            # A number with a slip still leads to the account, so it need not add up where it is written as one.
            return place + 1 if int(number) % 97 == 1 or compact[2:].isdigit() else 0
    return 0


def _luhn(figures: str) -> bool:
    total = 0
    for place, sign in enumerate(reversed(figures)):
        number = int(sign) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def _personal(text: Text) -> Iterator[Mark]:
    for match in from_places(_CANDIDATE, text.plain, before_figures(text, 11)):
        for at, to in _parts(match):
            found = registers(text.plain[at:to])
            if not found:
                if (at, to) == match.span() and slipped(text.plain[at:to], text.language):
                    yield text.mark(at, to, Kind.NUMBER, 0.6, False, "long_number")
                    break
                continue
            told = _announced(text, at)
            home = [register for register in found if text.language in register.languages]
            certain = told or any(register.telling for register in found) or (bool(home) and to - at > 9)
            best = (home or found)[0]
            yield text.mark(at, to, Kind.NUMBER, 0.97 if certain else 0.6, certain, best.reason)
            break


def _parts(match: re.Match[str]) -> Iterator[tuple[int, int]]:
    """The whole of a candidate, then its beginnings and ends: a number may stand beside another."""
    at, to = match.span()
    yield at, to
    gaps = [(found.start() + at, found.end() + at) for found in _SEPARATOR.finditer(match[0])][:12]
    for begin, _ in gaps:
        if begin - at > 7:
            yield at, begin
    for _, end in gaps:
        if to - end > 7:
            yield end, to
    for _, first in gaps[:6]:
        for last, _ in gaps[:8]:
            if last - first > 7:
                yield first, last


@lru_cache(maxsize=16)
def _before(language: str) -> re.Pattern[str]:
    return announced(language, "numbers", FILE)


def _announced(text: Text, at: int) -> bool:
    key = f"announced {at}"
    known = text.worked_out.get(key)
    if not isinstance(known, bool):
        known = _before(text.language).search(text.lower, max(0, at - 40), at) is not None
        text.worked_out[key] = known
    return known


_START = re.compile(r"(?<![\w./,-])(?:[A-Za-zΑ-Ωα-ω]{1,6}[ ./-]){0,2}[A-Za-zΑ-Ωα-ω]{0,10}\d")
_START_LENGTH = 25
"""It is no longer."""
_WORD_STARTS = re.compile(r"(?<![^\W_])\w")


def _starts(text: Text) -> Iterator[re.Match[str]]:
    """What `finditer` finds; it ends with the first figure of a run, so that only what is before those is read."""
    end = 0
    for first in text.figures:
        match = _START.search(text.plain, max(end, first + 1 - _START_LENGTH), first + 1)
        if match is not None:
            yield match
            end = match.end()


def _filed(text: Text) -> Iterator[Mark]:
    """A number behind a word that announces one."""
    plain = text.plain
    end = -1
    for first in _starts(text):
        if first.start() < end:
            continue
        words = [word.start() for word in _WORD_STARTS.finditer(plain, first.start(), first.end())]
        for at in dict.fromkeys((*words, first.end() - 1)):
            match = _VALUE.match(plain, at, min(len(plain), at + 48))
            if (
                match is None
                or sum([sign.isdigit() for sign in match[0]]) < 3
                or not _announced(text, at)
                or _LAW_SIGN.search(plain[max(0, at - 8) : at])
            ):
                continue
            end = match.end()
            if end < len(plain) and plain[end].isalpha() and plain[end - 1].isdigit():
                end += 1
            figures = sum(sign.isdigit() for sign in match[0])
            # Written like a personal number and not one: perhaps a slip, perhaps something else.
            certain = figures > 4 and not (plain[at].isalpha() and mistaken(plain[at:end], text.language))
            yield text.mark(at, end, Kind.NUMBER, 0.85 if certain else 0.6, certain, "file_number")
            break
    if text.language in _COURTS:
        for match in from_places(_COURT, plain, _before_figures(text.figures, 4, 0)):
            if match["sign"] not in _NO_COURT and not LAW.search(
                text.lower[max(0, match.start() - 60) : match.start()]
            ):
                yield text.mark(*match.span(), Kind.NUMBER, 0.6, False, "file_number")
