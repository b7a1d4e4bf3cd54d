"""Number plates of the twelve countries and of some neighbours."""
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ..findings import Kind
from ..text import Mark, Text
from .words import announced, from_places, listed

GERMAN_DISTRICTS = listed(
    "A AA AB ABG ABI AC AE AH AIB AIC AK ALF ALZ AM AN ANA ANG ANK AP APD AR ARN ART AS ASL ASZ AT AU AUR AW "
    "AZ AZE B BA BAD BAR BB BBG BBL BC BCH BE BED BER BF BGD BGL BH BI BID BIN BIR BIT BIW BK BKS BL BLB BLK "
    "BM BN BNA BO BOG BOH BOR BOT BR BRA BRB BRG BRK BRL BRV BS BSB BSK BT BTF BUL BWL BYL BZ BZA BÖ BÜD BÜR "
    "BÜS BÜZ C CA CAS CB CE CHA CLP CLZ CO COC COE CR CUX CW D DA DAH DAN DAU DBR DD DE DEG DEL DGF DH DI DIL "
    "DIN DIZ DKB DL DLG DM DN DO DON DU DUD DW DZ DÜW E EA EB EBE EBN EBS ECK ED EE EF EG EH EI EIC EIH EIL "
    "EIN EIS EL EM EMD EMS EN ER ERB ERH ERK ERZ ES ESB ESW EU EW F FB FD FDB FDS FEU FF FFB FG FH FI FKB FL "
    "FLÖ FN FO FOR FR FRG FRI FRW FS FT FTL FW FZ FÜ FÜS G GA GAN GAP GC GD GDB GE GEL GEM GEO GER GF GG GHA "
    "GHC GI GK GL GLA GM GMN GN GNT GOA GOH GP GR GRA GRH GRI GRM GRZ GS GT GTH GUB GUN GV GVM GW GZ GÖ GÜ H "
    "HA HAB HAL HAM HAS HB HBN HBS HC HCH HD HDH HDL HE HEB HEF HEI HEL HER HET HF HG HGN HGW HH HHM HI HIG "
    "HIP HK HL HM HMÜ HN HO HOG HOH HOL HOM HOR HOT HP HR HRO HS HSK HST HU HV HVL HWI HX HY HZ HÖS IGB IK IL "
    "ILL IN IZ J JB JE JL JÜL K KA KAR KB KC KE KEH KEL KEM KF KG KH KI KIB KK KL KLE KLZ KM KN KO KR KRU KS "
    "KT KU KUS KW KY KYF KÖN KÖT KÖZ KÜN L LA LAN LAU LB LBS LBZ LC LD LDK LDS LEO LER LEV LF LG LH LI LIB "
    "LIF LIN LIP LL LM LN LOS LP LR LRO LSA LSN LSZ LU LUK LUP LWL LÖ LÖB M MA MAB MAI MAK MAL MB MC MD ME "
    "MED MEG MEI MEK MEL MER MET MG MGH MGN MH MHL MI MIL MK MKK ML MM MN MO MOD MOL MON MOS MQ MR MS MSE MSH "
    "MSP MST MTK MTL MW MY MYK MZ MZG MÖ MÜ MÜB MÜR N NAB NAI NAU NB ND NDH NE NEA NEB NEC NEN NES NEU NEW NF "
    "NH NI NK NL NM NMB NMS NOH NOL NOM NOR NP NR NRW NT NU NVP NW NWM NY NZ NÖ OA OAL OB OBB OBG OC OCH OD "
    "OE OF OG OH OHA OHV OHZ OK OL OP OPR OR OS OSL OTW OVI OVL OVP OZ P PA PAF PAN PAR PB PCH PE PEG PF PI "
    "PIR PL PLÖ PM PN PR PRÜ PS PW PZ QFT QLB R RA RC RD RDG RE REG REH REI RG RH RI RID RIE RL RM RN RO ROD "
    "ROF ROH ROK ROL ROS ROT ROW RPL RS RSL RT RU RV RW RZ RÜD RÜG S SAB SAD SAL SAN SAW SB SBG SBK SC SCZ "
    "SDH SDL SDT SE SEB SEE SEF SEL SFB SFT SG SGH SH SHA SHG SHK SHL SI SIG SIM SK SL SLE SLF SLG SLK SLN "
    "SLS SLZ SLÜ SM SN SO SOB SOG SOK SP SPB SPN SR SRB SRO ST STA STB STD STE STL STO SU SUL SW SWA SY SZ "
    "SZB SÖM SÜW TBB TDO TE TET TF TG THL THW TIR TO TP TR TS TT TUT TÖL TÖN TÜ UE UEM UER UFF UH UL UM UN "
    "USI V VAI VB VEC VER VG VIB VIE VIT VK VOH VS W WA WAF WAK WAN WAR WAT WB WBS WDA WE WEB WEL WEN WER WES "
    "WF WG WHV WI WIL WIS WIT WIZ WK WL WLG WM WMS WN WND WO WOB WOH WOL WOR WOS WR WRN WS WSF WST WSW WT WTM "
    "WUG WUN WUR WW WZ WZL WÜ WÜM Z ZE ZEL ZI ZIG ZP ZR ZW ZZ ÖHR ÜB"
)
"""Where a German plate comes from."""

_GERMAN = re.compile(
    r"(?<![\w-])(?P<district>[A-ZÄÖÜ]{1,3})(?P<link>-[ ]?|[ ]-[ ]?|[ ]|: ?)(?P<letters>[A-Z]{1,2})[ -]?(?P<figures>[1-9]\d{0,3})[EH]?"
    r"(?![\w.,]\d|\w)"
)
_SLOVENE = re.compile(r"(?<![\w-])(?:CE|GO|KK|KP|KR|LJ|MB|MS|NM|PO|SG)[ -](?:[A-Z]{2}[ -]?\d{3}|\d{2}[ -]?[A-Z]{3}|[A-Z]\d[ -]?\d{3}|"
                      r"[A-Z]{2}[ -][A-Z]\d{2})(?!\w)")  # fmt: skip
_SLOVAK = re.compile(r"(?<![\w-])[A-Z]{2}[ -]?\d{3}[ -]?[A-Z]{2}(?!\w)")
_CZECH = re.compile(r"(?<![\w-])\d[ABCEHJKLMPSTUZ][A-Z\d][ -]?\d{4}(?!\w)")
_ITALIAN = re.compile(r"(?<![\w-])[A-HJ-NPR-TV-Z]{2}[ -]?\d{3}[ -]?[A-HJ-NPR-TV-Z]{2}(?!\w)")
_SPANISH = re.compile(r"(?<![\w-])\d{4}[ -]?[BCDFGHJKLMNPRSTVWXYZ]{3}(?!\w)")
_PORTUGUESE = re.compile(
    r"(?<![\w-])(?:\d{2}-\d{2}-[A-Z]{2}|\d{2}-[A-Z]{2}-\d{2}|[A-Z]{2}-\d{2}-\d{2}|[A-Z]{2}-\d{2}-[A-Z]{2})(?![\w-])"
)
_DUTCH = re.compile(
    r"(?<![\w-])(?:[A-Z]{2}-\d{2}-\d{2}|\d{2}-\d{2}-[A-Z]{2}|\d{2}-[A-Z]{2}-\d{2}|[A-Z]{2}-\d{2}-[A-Z]{2}|[A-Z]{2}-[A-Z]{2}-\d{2}|"
    r"\d{2}-[A-Z]{2}-[A-Z]{2}|\d{2}-[A-Z]{3}-\d|\d-[A-Z]{3}-\d{2}|[A-Z]{2}-\d{3}-[A-Z]|[A-Z]-\d{3}-[A-Z]{2}|[A-Z]{3}-\d{2}-[A-Z])(?![\w-])"
)
_BELGIAN = re.compile(r"(?<![\w-])[1-9]-[A-Z]{3}-\d{3}(?![\w-])")
_FRENCH = re.compile(r"(?<![\w-])[A-HJ-NP-TV-Z]{2}-\d{3}-[A-HJ-NP-TV-Z]{2}(?![\w-])")
_FINNISH = re.compile(r"(?<![\w-])[A-ZÅÄÖ]{2,3}-\d{1,3}(?![\w-])")
_GREEK = re.compile(r"(?<![\w-])[ABEZHIKMNOPTYXΑΒΕΖΗΙΚΜΝΟΡΤΥΧ]{3}[ -]?\d{4}(?![\w-])")
_GREEK_HYPHEN = re.compile(r"(?<![\w-])[ABEZHIKMNOPTYXΑΒΕΖΗΙΚΜΝΟΡΤΥΧ]{3}-\d{4}(?![\w/-])")
_CYPRIOT = re.compile(r"(?<![\w-])[A-Z]{3}[ -]?\d{3}(?![\w-])")
_BRITISH = re.compile(r"(?<![\w-])[A-HJ-PR-Y]{2}\d{2}[ ]?[A-HJ-PR-Z]{3}(?![\w-])")
_AUSTRIAN = re.compile(r"(?<![\w-])[A-Z]{1,2}[ -]\d{1,5}[ ]?[A-Z]{1,3}(?![\w-])")
_ANY = re.compile(
    r"(?<![\w-])(?=[\w -]{0,9}\d)(?=[\w -]{0,9}[A-ZΑ-Ω])[A-Z0-9Α-Ω]{1,4}(?:[ -]{1,2}[A-Z0-9Α-Ω]{1,4}){1,3}(?![\w-])|(?<![\w-])(?:[A-Z]{1,3}\d{2,5}[A-Z]{0,3})(?![\w-])"
)

SHAPES: dict[str, tuple[tuple[re.Pattern[str], bool], ...]] = {
    # (shape, whether the shape alone is enough)
    "de": ((_BELGIAN, True),),
    "fr": ((_BELGIAN, True), (_FRENCH, True)),
    "nl": ((_DUTCH, True), (_BELGIAN, True)),
    "es": ((_SPANISH, True),),
    "it": ((_ITALIAN, True),),
    "pt": ((_PORTUGUESE, True),),
    "fi": ((_FINNISH, False),),
    "el": ((_GREEK_HYPHEN, True), (_GREEK, False), (_CYPRIOT, False)),
    "en": ((_BRITISH, True), (_CYPRIOT, False)),
    "sl": ((_SLOVENE, True),),
    "sk": ((_SLOVAK, True), (_CZECH, True)),
    "cs": ((_CZECH, True), (_SLOVAK, True)),
}
_SMALL_SHAPES: dict[str, tuple[re.Pattern[str], ...]] = {
    "fr": (_FRENCH,),
    "nl": (_DUTCH,),
    "sl": (_SLOVENE,),
    "el": (_GREEK,),
}
"""What is particular enough in small letters with its hyphens to be a plate without a word that says so."""
_REACH = 12
"""How many signs of a plate stand before its first figure at most."""
_SAID = (
    r"(?:kfz[- ]?|auto)?kennzeichen|nummernschild|kfz|plaque(?: d'immatriculation)?|immatricul\w*|kenteken\w*|nummerplaat|matr[ií]cula|"
    r"targa|targat[oa]|rekister(?:numero|tunnus|kilpi)\w*|rekkari|πινακίδ\w*|αρ\.? ?κυκλ\w*|(?:licen[cs]e|number) plate|"
    r"αυτοκίνητ\w*|όχημα\w*|ι\.?χ\.?|kenteken|voiture|registrsk\w*|tablic\w*|ešv|eč[vz]?|špz|spz|značk\w*|rz|auto\w*|reg(?:istration)?"
)
_NO_PLATE = listed("ICD DSM ISO DIN SGB PHQ GAD HIV COVID IQ AUDIT CTQ BDI SCL WHO EU EN TYP TEL FAX NR")


@lru_cache(maxsize=16)
def _before(language: str) -> re.Pattern[str]:
    return announced(language, "plates", _SAID)


def marks(text: Text) -> Iterator[Mark]:
    """Mark number plates."""
    plain = text.plain
    if not text.figures:
        return
    told = _before(text.language)
    places = _places(text)
    if text.language in ("de", "nl", "fr", "cs", "en"):
        for match in from_places(_GERMAN, plain, places):
            if match["district"] not in GERMAN_DISTRICTS:
                continue
            said = told.search(text.lower, max(0, match.start() - 28), match.start()) is not None
            if not said and _common(match):
                continue
            if said or (text.language == "de" and (match["link"].strip() or len(match["figures"]) > 1)):
                sure = said or bool(match["link"].strip())
                yield text.mark(*match.span(), Kind.PLATE, 0.95 if sure else 0.6, sure, "plate")
    for shape, enough in SHAPES.get(text.language, ()):
        for match in from_places(shape, plain, places):
            said = told.search(text.lower, max(0, match.start() - 28), match.start()) is not None
            if not said and (not enough or match[0][:3] in _NO_PLATE):
                continue
            yield text.mark(
                *match.span(), Kind.PLATE, 0.95 if said else 0.7, said or "-" in match[0], "plate"
            )
    if any(sign in text.lower for sign in _SAID_SIGNS):
        yield from _small(text, told)
    if text.small and "-" in plain:
        yield from _hyphenated(text)
    for match in from_places(_ANY, plain, places):
        if (
            len(match[0]) > 4
            and told.search(text.lower, max(0, match.start() - 28), match.start()) is not None
        ):
            yield text.mark(*match.span(), Kind.PLATE, 0.7, False, "plate")


_SAID_SIGNS = tuple(
    "kennzeich nummernsch kfz plaque immatr αυτοκ όχημ οχημ kentek nummerpla matr targa rekister rekkari πινακ κυκλ plate registr tablic ešv eč špz spz "  # noqa: SIM905
    "značk znack".split()
)
"""Without one of these no word announces a plate in small letters."""
_SMALL = re.compile(r"(?=[^\n]{0,9}\d)[^\W_](?:[^\W_]|[ -](?=[^\W_])){3,9}(?![^\W_])")
_SAID_ONLY = {"de": (_GERMAN, _AUSTRIAN), "pt": (re.compile(r"[A-Z]{2} \d{2} [A-Z]{2}"),)}


def _small(text: Text, told: re.Pattern[str]) -> Iterator[Mark]:
    """A plate in small letters, or of a shape that says nothing by itself, behind a word for plates."""
    lower = text.lower
    shapes = (*(shape for shape, _ in SHAPES.get(text.language, ())), *_SAID_ONLY.get(text.language, ()))
    seen = -1
    for first in text.figures:
        begin = max(seen + 1, first - 7)
        seen = first
        for place in range(begin, first + 1):
            if lower[place].isspace() or (place and lower[place - 1].isalnum()):
                continue
            if told.search(lower, max(0, place - 28), place) is None:
                continue
            match = _SMALL.match(text.plain, place)
            while match is not None:
                written = text.plain[place : match.end()].upper()
                if len(written) == match.end() - place and any(shape.fullmatch(written) for shape in shapes):
                    yield text.mark(place, match.end(), Kind.PLATE, 0.8, False, "plate")
                    break
                cut = max(text.plain.rfind(" ", place, match.end()), place)
                match = _SMALL.fullmatch(text.plain, place, cut) if cut > place + 3 else None


_GROUPS = re.compile(
    r"(?<![\w.,/-])[^\W_]{1,3}(?:-[^\W_]{1,4}){1,2}(?![\w-])|(?<![\w-])[a-z]{2} [a-z]{2}-\d{3}(?!\w)"
)


def _hyphenated(text: Text) -> Iterator[Mark]:
    """A plate in small letters whose hyphens, letters and figures stand as on nothing else."""
    shapes = _SMALL_SHAPES.get(text.language, ())
    for match in _GROUPS.finditer(text.plain) if shapes else ():
        written = match[0].upper()
        mixed = any(sign.isdigit() for sign in written) and any(sign.isalpha() for sign in written)
        if mixed and any(shape.fullmatch(written) for shape in shapes):
            yield text.mark(*match.span(), Kind.PLATE, 0.6, False, "plate")


def _places(text: Text) -> list[int]:
    """Where a plate can begin: at a capital or a figure, with a figure among the next signs."""
    plain = text.plain
    found: list[int] = []
    for first in text.figures:
        for place in range(max(found[-1] + 1 if found else 0, first - _REACH), first + 1):
            sign = plain[place]
            if (sign.isupper() or sign.isdigit()) and (
                place == 0 or not (plain[place - 1].isalnum() or plain[place - 1] in "_-")
            ):
                found.append(place)
    return found


def _common(match: re.Match[str]) -> bool:
    """Looks like a plate of some district but is a standard, an abbreviation or an item of a list."""
    return (match["district"] in ("DIN", "A", "B", "C", "E") and "-" not in match["link"]) or match[
        "letters"
    ] in ("EN", "NR")
