"""Personal numbers with their check digits: which country's register, if any, could have given this number."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple

from .words import listed

Check = Callable[[str], bool]


class Register(NamedTuple):
    """One kind of number."""

    shape: re.Pattern[str]
    """Of the whole number as people write it."""
    check: Check
    languages: frozenset[str]
    """Where it is given; elsewhere it is less sure."""
    telling: bool
    """The shape and its check digits are so particular that a match is no accident."""
    reason: str


def _standard(module: str) -> Check:
    """The check of python-stdnum, loaded when first needed."""

    def check(number: str) -> bool:
        try:
            return bool(_module(module).is_valid(number))
        except Exception:
            return False

    return check


@lru_cache(maxsize=64)
def _module(name: str) -> Any:
    return import_module(f"stdnum.{name}")


def _pension_de(number: str) -> bool:
    """Rentenversicherungsnummer: 12 signs, the letter as two figures, weights, sum of the digit sums modulo 10."""
    plain = re.sub(r"[\s.-]", "", number).upper()
    if not re.fullmatch(r"\d{8}[A-Z]\d{3}", plain):
        return False
    day, month = int(plain[2:4]), int(plain[4:6])
    if not (1 <= day <= 31 or 51 <= day <= 81) or not 1 <= month <= 12:
        return False
    figures = f"{plain[:8]}{ord(plain[8]) - 64:02d}{plain[9:11]}"
    weights = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    total = sum(sum(divmod(int(sign) * weight, 10)) for sign, weight in zip(figures, weights, strict=True))
    return total % 10 == int(plain[11])


def _health_de(number: str) -> bool:
    """Krankenversichertennummer: a letter and nine figures, the last one a check after Luhn's kind."""
    plain = number.replace(" ", "").upper()
    figures = f"{ord(plain[0]) - 64:02d}{plain[1:9]}"
    total = sum(sum(divmod(int(sign) * (1 + place % 2), 10)) for place, sign in enumerate(figures))
    return total % 10 == int(plain[9])


def _identity_card_de(number: str) -> bool:
    """Personalausweis and Pass: nine signs and a check figure, weights 7 3 1."""
    plain = number.replace(" ", "").upper()
    total = sum(int(sign, 36) * (7, 3, 1)[place % 3] for place, sign in enumerate(plain[:9]))
    return (
        total % 10 == int(plain[9])
        and any(sign.isalpha() for sign in plain[:9])
        and sum(map(str.isdigit, plain)) > 4
    )


def _social_es(number: str) -> bool:
    """Número de afiliación a la Seguridad Social: the first ten figures modulo 97."""
    plain = re.sub(r"\D", "", number)
    head = plain[:2] + plain[2:10].lstrip("0").rjust(8 if plain[2] != "0" else 7, "0")
    return len(plain) == 12 and int(head) % 97 == int(plain[10:])


def _social_at(number: str) -> bool:
    """Sozialversicherungsnummer of Austria, which people of its neighbours hold."""
    plain = re.sub(r"\D", "", number)
    if len(plain) != 10 or not 1 <= int(plain[4:6]) <= 31 or not 1 <= int(plain[6:8]) <= 15:
        return False
    total = sum(
        int(sign) * weight for sign, weight in zip(plain, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6), strict=True)
    )
    return total % 11 == int(plain[3])


def _social_pt(number: str) -> bool:
    """NISS: eleven figures, weights are the primes downwards from 29."""
    plain = re.sub(r"\D", "", number)
    if len(plain) != 11 or plain[0] not in "12":
        return False
    total = sum(
        int(sign) * prime for sign, prime in zip(plain, (29, 23, 19, 17, 13, 11, 7, 5, 3, 2), strict=False)
    )
    return 9 - total % 10 == int(plain[10])


def _birth_number(number: str) -> bool:
    """Rodné číslo of both countries; nine figures have no check digit but need a real day."""
    plain = re.sub(r"\D", "", number)
    month, day = int(plain[2:4]) % 50, int(plain[4:6])
    month = month - 20 if month > 20 else month
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return False
    if len(plain) == 9:
        return int(plain[:2]) < 54
    return int(plain) % 11 == 0 or (int(plain[:9]) % 11 == 10 and plain[9] == "0")


_BANKS = listed(
    "0100 0300 0600 0710 0800 2010 2020 2060 2070 2100 2200 2220 2250 2260 2275 2600 2700 3030 3050 3060 "
    "4000 4300 5500 5800 6000 6100 6200 6210 6300 6363 6700 6800 7910 7950 7960 7970 7990 8030 8040 8060 "
    "8090 8150 8190 8198 8220 8250 8255 8265 8280 8299 8500 0200 0720 0900 1100 1111 2000 3000 3100 5200 "
    "5600 5900 6500 7300 7500 7930 8050 8100 8120 8130 8160 8170 8180 8320 8330 8360 8370 8420 8430 9950"
)
"""The codes of Czech and Slovak banks."""
_ACCOUNT_WEIGHTS = (6, 3, 7, 9, 10, 5, 8, 4, 2, 1)


def bank_account(number: str) -> bool:
    """Číslo účtu of both countries, "19-2000145399/0800": a real bank, and both parts weighted modulo 11."""
    account, _, bank = number.replace(" ", "").partition("/")
    before, _, main = account.rpartition("-")
    return bank in _BANKS and all(
        sum(int(sign) * weight for sign, weight in zip(part.zfill(10), _ACCOUNT_WEIGHTS, strict=True)) % 11
        == 0
        for part in (before, main)
    )


def _nothing_to_check(number: str) -> bool:
    return True


def _register(
    shape: str, check: Check | str, languages: str, *, telling: bool = False, reason: str = "personal_number"
) -> Register:
    return Register(
        re.compile(shape, re.IGNORECASE),
        _standard(check) if isinstance(check, str) else check,
        frozenset(languages.split()),
        telling,
        reason,
    )


REGISTERS = (
    # Germany
    _register(r"\d{2} ?\d{3} ?\d{3} ?\d{3}", "de.idnr", "de"),
    _register(r"\d{2} ?\d{6} ?[A-Z] ?\d{3}", _pension_de, "de", telling=True, reason="insurance_number"),
    _register(r"[A-Z] ?\d{3} ?\d{3} ?\d{3}", _health_de, "de", telling=True, reason="insurance_number"),
    _register(r"[CFGHJKLMNPRTVWXYZ\d]{9} ?\d", _identity_card_de, "de", reason="document_number"),
    # Belgium
    _register(r"\d{2}[. ]?\d{2}[. ]?\d{2}[- .]?\d{3}[. -]?\d{2}", "be.nn", "nl fr de", telling=True),
    # Netherlands
    _register(r"\d{3}[. ]?\d{2,3}[. ]?\d{3}", "nl.bsn", "nl"),
    _register(r"\d{4}[. ]?\d{2}[. ]?\d{3}", "nl.bsn", "nl"),
    # Spain
    _register(r"\d{2}\.?\d{3}\.?\d{3} ?-?[A-Z]", "es.dni", "es", telling=True),
    _register(r"[XYZ]-?\d{7}-?[A-Z]", "es.nie", "es", telling=True),
    _register(r"\d{2}[ /-]?\d{7,8}[ /-]?\d{2}", _social_es, "es", reason="insurance_number"),
    # Italy
    _register(
        r"[A-Z]{3} ?[A-Z]{3} ?\d{2}[A-Z]\d{2} ?[A-Z]\d{3}[A-Z]", "it.codicefiscale", "it", telling=True
    ),
    # Portugal
    _register(r"\d{3}[ .]?\d{3}[ .]?\d{3}", "pt.nif", "pt"),
    _register(r"\d{8} ?-?\d ?[A-Z]{2}\d", "pt.cc", "pt", telling=True),
    _register(r"[12]\d{2} ?\d{3} ?\d{3} ?\d{2}", _social_pt, "pt", reason="insurance_number"),
    # Finland
    _register(r"\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]", "fi.hetu", "fi", telling=True),
    # Greece
    _register(r"\d{6}[ -]?\d{5}", "gr.amka", "el", telling=True),
    _register(r"\d{9}", "gr.vat", "el"),
    # Cyprus
    _register(r"\d{8} ?[A-Z]", "cy.vat", "el en", telling=True),
    # Slovenia
    _register(r"\d{7} ?\d{6}|\d{13}", "si.emso", "sl", telling=True),
    _register(r"(?:SI ?)?\d{8}", "si.ddv", "sl"),
    # Slovakia and Czechia
    _register(r"\d{6} ?/ ?\d{3,4}", _birth_number, "sk cs", telling=True),
    _register(r"\d{9,10}", _birth_number, "sk cs"),
    # Neighbours whose people move: France, Austria, Britain, Poland, Switzerland, Romania, Bulgaria, Croatia
    _register(
        r"[12] ?\d{2} ?[0-9]{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3}(?: ?\d{2})", "fr.nir", "fr", telling=True
    ),
    _register(r"\d{4} ?\d{6}", _social_at, "de", reason="insurance_number"),
    _register(r"[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]", _nothing_to_check, "en", telling=True),
    _register(r"\d{3}[ -]?\d{3}[ -]?\d{4}", "gb.nhs", "en", reason="insurance_number"),
    _register(r"\d{3}-\d{2}-\d{4}", _nothing_to_check, ""),
    _register(r"\d{11}", "pl.pesel", ""),
    _register(
        r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}", "ch.ssn", "de fr it", telling=True, reason="insurance_number"
    ),
    _register(r"[1-8]\d{12}", "ro.cnp", ""),
)


_SHAPES = re.compile("|".join(f"(?:{register.shape.pattern})" for register in REGISTERS), re.IGNORECASE)


def registers(number: str) -> tuple[Register, ...]:
    """The registers that could have given this number: shape and check digits fit."""
    found: list[Register] = []
    if _SHAPES.fullmatch(number) is None:
        return ()
    for register in REGISTERS:
        if register.shape.fullmatch(number):
            try:
                fits = register.check(number)
            except (ValueError, IndexError):
                fits = False
            if fits:
                found.append(register)
    return tuple(found)


def mistaken(number: str, language: str) -> bool:
    """Whether the number is written as a personal number of the language's countries and its check digits are wrong."""
    return not registers(number) and any(
        register.telling and language in register.languages and register.shape.fullmatch(number)
        for register in REGISTERS
    )


_PARTICULAR = re.compile(
    r"\d{2} ?\d{6} ?[A-Z] ?\d{3}|\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}|[XYZ]-?\d{7}-?[A-Z]|"
    r"[A-Z]{3} ?[A-Z]{3} ?\d{2}[A-Z]\d{2} ?[A-Z]\d{3}[A-Z]|\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]|\d{6}/\d{4}",
    re.IGNORECASE,
)


def slipped(number: str, language: str) -> bool:
    """Whether nothing else is written so: with a slip a personal number still leads to a person."""
    return _PARTICULAR.fullmatch(number) is not None and mistaken(number, language)
