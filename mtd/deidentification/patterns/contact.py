"""Ways to reach somebody: e-mail, web, names in social media, telephone."""
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from ..findings import Kind
from ..kept import Kept
from ..text import Mark, Text
from .numbers import FILE
from .words import announced, from_places

_TLD = (
    r"(?:de|at|ch|li|lu|be|nl|fr|es|it|pt|fi|gr|cy|si|sk|cz|eu|com|net|org|info|biz|io|me|uk|co|ie|pl|ro|hr|rs|tr|ru|ua|"
    r"bg|hu|se|no|dk|cat|online|app|email|mail|edu|gov|gal|us|tv|social)"
)
_TOP = re.compile(_TLD)
_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}[ ]{0,2}@[ ]{0,2}[\w-]{1,63}(?:[ ]{0,1}\.[ ]{0,1}[\w-]{2,63}){1,5}(?![\w-])|"
    rf"(?<![\w.+%-])[\w.+%-]{{1,64}}@[\w-]{{3,63}}(?:,{_TLD})?(?![\w-])"
)
_AT = (
    r"at|ät|ätt|klammeraffe|affenschwanz|a-t|arobase|arrobas?|apenstaartje|apestaartje|chiocciola|miukumauku|miuku|ät-merkki|"
    r"παπάκι|παπακι|afna|zavináč|zavinac"
)
_AT_WORDS = frozenset(_AT.split("|")) | {"klammer", "merkki", "ät", "arroba", "arrobas"}
_AT_SIGN = re.compile("@")
_SET_APART = re.compile(r"[\[({<] ?@")
_DOT = r"dot|punkt|point|punt|punto|ponto|piste|τελεία|τελεια|pika|bodka|tečka|tecka"
_SPOKEN_DOMAIN = (
    rf"(?:[\[({{<][ ]?(?:{_AT}|@)[ ]?[\])}}>]|[ ](?:{_AT})[ ])[ ]{{0,2}}"
    rf"[\w-]{{2,40}}(?:[ ]{{0,2}}(?:[\[({{<][ ]?(?:{_DOT}|\.)[ ]?[\])}}>]|[ ](?:{_DOT})[ ]|\.)[ ]{{0,2}}[\w-]{{2,20}}){{1,3}}(?!\w)"
)
_SPOKEN_END = re.compile(_SPOKEN_DOMAIN, re.IGNORECASE)
_SPOKEN = re.compile(
    rf"(?<![\w.+-])(?P<name>[\w+-]{{1,40}}(?:[ ]?(?:\.|[ ](?:{_DOT})[ ]|_|[ ](?:minus|dash|unterstrich|underscore)[ ])[ ]?"
    rf"[\w+-]{{1,40}}){{0,3}})[ ]{{0,2}}{_SPOKEN_DOMAIN}",
    re.IGNORECASE,
)
_URL = re.compile(
    rf"(?<![\w@.])(?:(?:https?|ftp)(?:://|[ ]?:[ ]?//[ ]?)[^\s<>\"'«»]{{2,300}}|www\.[\w-]{{2,63}}\.[^\s<>\"'«»,;]{{2,200}}|"
    rf"(?:t\.me|x\.com|m\.me|(?:[\w-]{{2,63}}\.){{1,4}}{_TLD})(?:/[^\s<>\"'«»,;]{{0,200}}|(?![\w.-]|\.\w)))",
    re.IGNORECASE,
)
_DOMAIN = re.compile(rf"\.{_TLD}(?!\w)|www\.|(?:http|ftp)s?[ ]?:[ ]?//")
"""Without this, in lower case, there is no web address."""
_LABELS = 256
"""No longer are the labels before the end of a domain."""
_PROFILE = re.compile(
    r"(?<![\w-])(?:instagram|facebook|fb|tiktok|snapchat|twitter|x|youtube|twitch|t|discord|linkedin|threads|vk|onlyfans|steamcommunity|"
    r"wa|m|instagr|youtu|snap)\.(?:com|me|gg|net|tv|am|be|chat)/.",
    re.IGNORECASE,
)
_AT_NAME = re.compile(r"(?<![\w.@/])@[\w](?:[\w.]{1,29}\w)(?!\w|\.\w|@)")
_TAG_NAME = re.compile(r"(?<![\w#])[\w.]{2,32}#\d{4}(?!\d)|(?<![\w/])/?u/[\w-]{3,20}(?!\w)")
_TAGGED = re.compile(r"#\d{4}|u/[\w-]{3}")
_JOINED_NAME = re.compile(
    r"(?<![\w/.@#-])(?=[\w.]{5})(?=\w{0,20}[^\W\d_]{2})[^\W_][\w.]{0,20}_[\w.]{0,20}[^\W_](?![\w/@-]|\.\w)|"
    r"(?<![\w/.@#-])[^\W\d_]{3,15}\.[^\W\d_]{2,15}\d{1,4}(?![\w/-]|\.\w)|"
    r"(?<![\w/.@#-])[^\W\d_]{1,15}[a-zß-ÿ][A-ZÀ-Þ][a-zß-ÿ]{2,15}\d{2,4}(?![\w/-]|\.\w)"
)
"""What hardly anything but an account is called: "lea_08", "lea.mouse08", "leaMouse08"."""
_UNDERLINE = re.compile("_")
_A_FILE = re.compile(r"\.(?:docx?|xlsx?|pdf|txt|csv|jpe?g|png|odt|ods|pptx?|mp[34]|zip)\b", re.IGNORECASE)
_NETWORK = re.compile(
    r"(?<![^\W_])(?P<net>insta(?:gram)?|tik[ -]?tok|snap(?:chat)?|discord|telegram|facebook|twitter|steam|roblox|twitch|you[ -]?tube|"
    r"threema|signal|skype|bereal|fortnite|psn|xbox|ig|fb|yt|nick(?:name)?|user(?:name)?|benutzername|gamertag)"
    r"(?P<link>[ -]{0,2}(?:account|konto|name|profil[eo]?|handle|user(?:name)?|id|cuenta|compte|perfil|tili|λογαριασμός|račun|účet|"
    r"účtu)?\w{0,3}[ ]{0,2}(?::|=|@|„|\"|«|“|heißt|is|ist|als|as|unter|:[ ]?@)?[ ]{0,2}[„\"«“@]?)"
    r"(?<![^\W_])(?P<name>[\w][\w.-]{2,30})"
)
"""In lower-case text."""


_NETWORKS = tuple(
    "insta tik snap discord telegram facebook twitter steam roblox twitch you threema signal skype bereal fortnite psn xbox ig fb yt nick user benutzername gamertag".split()  # noqa: SIM905
)
_network_words = Kept(lambda norm: any(part.startswith(_NETWORKS) for part in re.split(r"[\W_]", norm)))
"""Word -> whether a network's name begins in it."""


def marks(text: Text) -> Iterator[Mark]:
    """Mark ways to reach somebody."""
    plain = text.plain
    if "@" in plain:
        signs = [match.start() for match in _AT_SIGN.finditer(plain)]
        for match in from_places(_EMAIL, plain, [_box_start(plain, place) for place in signs]):
            if " @" in match[0] and not _TOP.fullmatch(match[0].rsplit(".", 1)[-1].strip().lower()):
                continue  # "Insta @lea.mouse"
            yield text.mark(match.start(), _mail_end(match), Kind.EMAIL, 1.0, True, "email")
        for match in from_places(_AT_NAME, plain, signs):
            yield text.mark(*match.span(), Kind.HANDLE, 0.9, True, "handle")
    yield from _spoken(text)
    for match in from_places(_URL, plain, _url_starts(text)):
        yield from _web(text, match)
    yield from _handles(text)
    yield from _phones(text)


def _run_starts(text: Text) -> list[int]:
    """Where a run of letters, figures, full stops and underlines begins that has a figure or an underline."""
    plain = text.plain
    found: list[int] = []
    for sign in sorted([*text.figures, *(match.start() for match in _UNDERLINE.finditer(plain))]):
        begin, least = sign, max(found[-1] + 1 if found else 0, sign - 64)
        while begin > least and (plain[begin - 1].isalnum() or plain[begin - 1] in "_."):
            begin -= 1
        if begin == 0 or not (plain[begin - 1].isalnum() or plain[begin - 1] in "_."):
            found.append(begin)
    return found


def _url_starts(text: Text) -> list[int]:
    """Where a web address can begin: at its scheme, or as far before a domain's end as there may be labels."""
    plain, found, least = text.plain, set(), 0
    for domain in _DOMAIN.finditer(text.lower):
        begin = domain.start()
        least = max(least, begin - _LABELS)
        found.add(begin)
        while begin > least and (plain[begin - 1].isalnum() or plain[begin - 1] in "_.-"):
            begin -= 1
            if plain[begin] == "-":
                found.add(begin + 1)
        found.add(begin)
        least = domain.start()
    return sorted(found)


def _spoken(text: Text) -> Iterator[Mark]:
    plain = text.plain
    if _SET_APART.search(plain) is None and (
        _AT_WORDS.isdisjoint(text.said)
        or not any(token.norm in _AT_WORDS and _behind_at(plain, token.at) for token in text.tokens)
    ):
        return
    for match in _SPOKEN.finditer(plain):
        ending = re.split(r"[^\w-]+", match[0].rstrip("])}> "))[-1].lower()
        if re.fullmatch(_TLD, ending):
            yield text.mark(*match.span(), Kind.EMAIL, 0.95, True, "email")


def _box_start(plain: str, at: int) -> int:
    """Where the name before an @ begins."""
    begin = at
    while begin > at - 2 and begin > 0 and plain[begin - 1] == " ":
        begin -= 1
    least = max(0, begin - 66)
    while begin > least and (plain[begin - 1].isalnum() or plain[begin - 1] in "_.+%-"):
        begin -= 1
    return begin


def _mail_end(match: re.Match[str]) -> int:
    """Where an address ends: "x@web.de. On" goes no further than its domain, "x@web. de" does."""
    domain = match.start() + match[0].index("@")
    for stop in re.finditer(r"\.[ ]+([\w-]+)", match[0]):
        before = re.split(r"[@. ]+", match[0][: stop.start()])[-1]
        labels = match[0][domain - match.start() : stop.start()].count(".")
        if not _TOP.fullmatch(stop[1].lower()) or (labels and _TOP.fullmatch(before.lower())):
            return match.start() + stop.start()
    return match.end()


def _behind_at(plain: str, at: int) -> bool:
    """Whether a domain follows the word for @ that begins here, or a little before."""
    return any(_SPOKEN_END.match(plain, begin) for begin in range(max(0, at - 10), at))


def _web(text: Text, match: re.Match[str]) -> Iterator[Mark]:
    at, to = match.span()
    found = match[0].rstrip(".,;:!?)]}'\"")
    to = at + len(found)
    if "://" not in found and not found.lower().startswith("www."):
        domain = found.split("/")[0]
        if (
            domain[0].isupper()
            and "/" not in found
            and not domain.islower()
            and domain.split(".")[-1][0].isupper()
        ):
            return  # "Ende.Es" is a missing blank
        short = len(domain.split(".")[0]) < 3 and _PROFILE.match(found) is None
        if short or domain.replace(".", "").isdigit():
            return
    certain = _PROFILE.search(found) is not None
    yield text.mark(at, to, Kind.WEB, 0.9 if certain else 0.6, certain, "web")


def _handles(text: Text) -> Iterator[Mark]:
    plain = text.plain
    if _TAGGED.search(plain) is not None:
        for match in _TAG_NAME.finditer(plain):
            yield text.mark(*match.span(), Kind.HANDLE, 0.9, True, "handle")
    if "_" in plain or any(plain[first - 1 : first].isalpha() for first in text.figures):
        for match in from_places(_JOINED_NAME, plain, _run_starts(text)):
            if _A_FILE.search(match[0]) is None:
                yield text.mark(*match.span(), Kind.HANDLE, 0.6, False, "handle")
    if not any(map(_network_words.__getitem__, text.said)):
        return
    for match in _NETWORK.finditer(text.lower):
        name, link = match["name"], match["link"]
        pointed = any(sign in link for sign in ':=@„"«“')
        marked = any(sign.isdigit() or sign in "_" for sign in name) or "." in name.strip(".")
        if not marked and match["net"] in ("signal", "steam", "snap"):
            continue
        if not any(sign.isalpha() for sign in name):
            continue
        if marked or (pointed and len(name) > 3):
            yield text.mark(
                match.start("name"), match.end("name"), Kind.HANDLE, 0.85, marked and pointed, "handle"
            )


REGIONS = {
    "en": ("GB", "IE", "CY", "MT"),
    "de": ("DE", "AT", "BE", "CH", "LU"),
    "fr": ("BE", "FR", "LU", "CH"),
    "nl": ("NL", "BE"),
    "es": ("ES",),
    "it": ("IT",),
    "pt": ("PT",),
    "fi": ("FI",),
    "el": ("GR", "CY"),
    "sl": ("SI",),
    "sk": ("SK", "CZ"),
    "cs": ("CZ", "SK"),
}
_NUMBER = re.compile(
    r"(?:(?<![\w.,+/-])(?:00[ ]?)?|(?<![\w+])\+[ ]?)\(?\d(?:[ ]?[\d()/.–-]|[ ][/–-][ ]){4,24}[ ]?\d(?:[ ]?x\d{2,5})?(?![\w%€$£]|[.,]\d)"
)
_NUMBER_STARTS = re.compile(r"[\d(+](?<!\d\d)")
_APART = re.compile(r"\d(?: \d{1,2})+")
_GROUPED = re.compile(r"\d{1,3}(?:[ .]000|[.]\d{3})+")
_NO_PHONE = re.compile(
    r"\d{1,4}[ ]?[./-][ ]?\d{1,2}[ ]?[./-][ ]?\d{1,4}|\d{1,4}/(?:\d\d|(?:19|20)\d\d)|\d{1,2}\.[ ]?\d{1,2}\.[ ]?(?:19|20)\d\d[ ].*|"
    r"\(?(?:1[5-9]|20)\d\d[ ]?(?:-{1,2}|–|/)[ ]?(?:1[5-9]|20)\d\d\)?"
)
"""A date, the number of a law and its year, or from year to year."""
_HELPLINE = re.compile(r"116[ ]?\d{3}")
"""Numbers for everybody, the same in all of Europe: "116 111"."""
_CLOCK_TIMES = re.compile(r"(?:[01]?\d|2[0-4])[.][0-5]\d[ ]?(?:-|–)[ ]?(?:[01]?\d|2[0-4])[.][0-5]\d")
_BRAZILIAN = re.compile(r"(?:\(?0?[1-9]\d\)?[ ]?)?9?[ ]?\d{4}-\d{4}")
_UNIT = re.compile(
    r"[ ]?(?:€|eur|\$|£|%|chf|kč|mg|ml|mmol|kg|g\b|km|cm|mm|m\b|m²|stunden|hours|heures|kinder|children|menschen|people|"
    r"einwohn|inhabit|habit|inwoner|asuka|tsd|mio|million|punkte|points|jahre|years|uhr|h\b)",
    re.IGNORECASE,
)
_SAID = (
    r"tel(?:\.|efon\w*|éphone|efoon\w*|éfono|efono|efone|ephone)?|tlf|tlm|t[ée]l|puh(?:\.|elin\w*)?|phone|mobil\w*|handy\w*|cell\w*|"
    r"gsm|fax|fon|whats?app|sms|call|ruf\w*|anruf\w*|portable|móvil|movil|cellulare|cell|telemóvel|τηλ\w*|κιν\w*|mob|volat\w*|"
    r"zavolat\w*|klic\w*|klič\w*|bel|bellen|durchwahl|dw|nummer|numer\w*|numéro|n[uú]mero|číslo|čísle|αριθμ\w*|ring|soit\w*|"
    r"llamar?|chiamare|ligar|appeler"
)


def _phones(text: Text) -> Iterator[Mark]:
    plain = text.plain
    if not text.figures:
        yield from _figures_in_words(text)
        return
    told = announced(text.language, "phone", _SAID)
    for match in from_places(_NUMBER, plain, [match.start() for match in _NUMBER_STARTS.finditer(plain)]):
        found = match[0]
        figures = sum(sign.isdigit() for sign in found)
        if not 5 <= figures <= 17:
            continue
        at, to = match.span()
        if found[0] == "(" and ")" not in found:  # it closes behind the number
            at, found = at + 1, found[1:]
        if _NO_PHONE.fullmatch(found) or _HELPLINE.fullmatch(found) or _CLOCK_TIMES.fullmatch(found):
            continue
        announcement = told.search(text.lower, max(0, at - 32), at)
        said = announcement is not None
        if not said and _APART.fullmatch(found):
            continue  # a scale: "0 1 2 3 4 5 6 7 8 9 10"
        if announcement is not None and found[0] not in "+0(" and _numbered(text, at, announcement.start()):
            continue  # "rodné číslo": a number, but none to call
        if not said and (_UNIT.match(plain, to) or _GROUPED.fullmatch(found)):
            continue
        international = found.startswith(("+", "00"))
        number = _parsed(found, text.language) if figures > 6 else None
        if number is not None and _FREE.match(found) and phonenumbers.number_type(number) == _TOLL_FREE:
            continue  # a helpline
        valid = number is not None
        if valid and (said or international or found[0] in "0("):
            yield text.mark(at, to, Kind.PHONE, 0.97, True, "phone")
        elif said and figures > 4:
            yield text.mark(at, to, Kind.PHONE, 0.85, figures > 6, "phone")
        elif valid or (international and figures > 7) or _shaped(found, figures, text.language):
            yield text.mark(at, to, Kind.PHONE, 0.6, False, "phone")
    yield from _figures_in_words(text)


_FREE = re.compile(r"(?:\+\d{2,3}[ ]?|00\d{2,3}[ ]?)?0?[89]0")
_TOLL_FREE = phonenumbers.PhoneNumberType.TOLL_FREE


def _parsed(found: str, language: str) -> phonenumbers.PhoneNumber | None:
    """The number as one of the regions of the language has it; None where none has such numbers."""
    for region in REGIONS.get(language, ("DE",)):
        try:
            number = phonenumbers.parse(found, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return number
        if found.startswith(("+", "00")):
            return None
    return None


def _numbered(text: Text, at: int, begin: int) -> bool:
    """Whether a longer word than the one for a telephone announces a number of another kind here."""
    other = announced(text.language, "numbers", FILE).search(text.lower, max(0, at - 40), at)
    return other is not None and other.start() < begin


def _shaped(found: str, figures: int, language: str) -> bool:
    """Written as one writes a telephone number: an area code that begins with 0 and is set apart, then enough figures.

    In Portuguese also as they are written in Brazil: "11 98247-3165".
    """
    if language == "pt" and figures > 9 and _BRAZILIAN.fullmatch(found) is not None:
        return True
    return 7 <= figures <= 13 and re.match(r"\(?0[1-9]\d{0,4}\)?[ ]?[ /–-][ ]?\d", found) is not None


_SPELLED = {
    "en": "zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple",
    "de": "null|eins?|zwei|zwo|drei|vier|fünf|sechs|sieben|acht|neun",
    "fr": "zéro|zero|un|deux|trois|quatre|cinq|six|sept|huit|neuf",
    "nl": "nul|een|één|twee|drie|vier|vijf|zes|zeven|acht|negen",
    "es": "cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve",
    "it": "zero|uno|due|tre|quattro|cinque|sei|sette|otto|nove",
    "pt": "zero|um|dois|três|tres|quatro|cinco|seis|sete|oito|nove",
    "fi": "nolla|yksi|kaksi|kolme|neljä|viisi|kuusi|seitsemän|kahdeksan|yhdeksän",
    "el": "μηδέν|ένα|δύο|τρία|τέσσερα|πέντε|έξι|επτά|εφτά|οκτώ|οχτώ|εννέα|εννιά",
    "sl": "nič|nula|ena|dve|dva|tri|štiri|pet|šest|sedem|osem|devet",
    "sk": "nula|jeden|jedna|dva|dve|tri|štyri|päť|šesť|sedem|osem|deväť",
    "cs": "nula|jedna|jeden|dva|dvě|tři|čtyři|pět|šest|sedm|osm|devět",
}
_SPELLED_WORDS = {
    language: frozenset(words.replace("eins?", "ein|eins").split("|")) for language, words in _SPELLED.items()
}
_SPELLED_RUNS = {
    language: re.compile(
        rf"(?<!\w)(?:{words}|plus|\d{{1,4}})(?:[ ,.–-]{{1,3}}(?:(?:und|and|et|en|y|e|a|in)[ ])?(?:{words}|\d{{1,4}})){{5,20}}(?!\w)",
        re.IGNORECASE,
    )
    for language, words in _SPELLED.items()
}


def _figures_in_words(text: Text) -> Iterator[Mark]:
    pattern = _SPELLED_RUNS.get(text.language)
    if pattern is None:
        return
    words = _SPELLED_WORDS[text.language]
    if words.isdisjoint(text.said) or sum([norm in words for norm in text.norms]) < 5:
        return
    for match in pattern.finditer(text.plain):
        if sum(word.isalpha() for word in re.split(r"[ ,.–-]+", match[0])) > 4:
            yield text.mark(*match.span(), Kind.PHONE, 0.8, False, "phone")
