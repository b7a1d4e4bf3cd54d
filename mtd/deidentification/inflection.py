"""The endings that a name takes in a sentence, folded, and what stands in their place in its base form.

Own tables, on purpose generous: a stem counts only where a list of names knows it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final


def _pairs(table: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entry in table.split():
        ending, instead = entry.split(">")
        if instead not in found.get(ending, ()):
            found[ending] = (*found.get(ending, ()), instead)
    return found


_CZECH: Final = """
    ovi> ove>ova ovou>ova ovu>ova ova> uv> ovy> em> om> a> u> y>a e>a u>a ou>a o>a i>a i> e> y> ich> um>
    eho>y emu>y ym>y em>y in>a ina>a iny>a ze>ha ci>ka ce>ka ech>y ach>e ka>ek kovi>ek kem>ek ku>ek
    ce>ec cem>ec ci>ec le>el la>el lovi>el lem>el ti>t ne>na ne>n re>r re>ra ra>r te>t te>ta de>d de>da
    he>h ne>en nem>en nu>en novi>en emi> mi> ej>a ej> iho>i ho> ho>i mu>i mu> m>i ove> oj>a ov> ova>a
    ovho>ov ove>ov i>e u>o e>o em>o i>a ho>y
    ovym>ova ovych>ova ovymi>ova ovym> ovych> ovymi> ovym>a ovych>a ovymi>a ovi>a ovci> ovcov> ovcom> ovcami> ovcoch>
    ovci>o ovcov>o ovcom>o ovci>a ovcov>a ovcom>a
"""

ENDINGS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "de": _pairs("s> es> ens> n> sche> schen> er> ern>"),
    "nl": _pairs("s> 's> tje> je> se>"),
    "en": _pairs("s> 's>"),
    "fr": _pairs("s>"),
    "es": _pairs("s> ito>o ita>a"),
    "it": _pairs("s> ino>o ina>a"),
    "pt": _pairs("s> inho>o inha>a zinho> zinha>"),
    "fi": _pairs(
        """n> a> ta> lla> lta> lle> ssa> sta> ksi> na> in> en> an> on> un> hin> illa> ilta> ille> issa> ista> ien> iin>
        ia> ja> jen> een>e ella>e elle>e elta>e essa>e esta>e seen>nen selle>nen sella>nen selta>nen sen>nen sta>nen
        sessa>nen sesta>nen ksen>s ksella>s kselle>s kselta>s ksesta>s ksessa>s ksia>s sta>s ngissa>nki ngista>nki
        ngin>nki nkiin>nki nkia>nki russa>rku rusta>rku run>rku lossa>lo ssaan>ssa lan>lta lla>lta tin>tti tille>tti
        tilla>tti tilta>tti kan>kka kalle>kka kalla>kka pin>ppi pille>ppi dessa>si desta>si den>si ttaa>s an>an iin>i
        silla>nen sille>nen silta>nen sissa>nen sista>nen siin>nen set>nen sia>nen silta>s ksilla>s ksille>s ksilta>s
        kset>s ksien>s koilla>kko koille>kko
        mmen>mpi nnan>nta nnassa>nta nnasta>nta ven>pi vella>pi nsa> kin> kaan> ko>"""
    ),
    "cs": _pairs(_CZECH),
    "sk": _pairs(_CZECH),
    "sl": _pairs(
        """
        a> u> om> em> e>a i>a o>a ov> ova> ovi> ove> ovo> in>a ina>a ino>a ini>a ka>ek ku>ek kom>ek ca>ec
        cu>ec cem>ec ja> ju> jem> jev> i> e> ih> am> ah> le>lja ra>er ru>er rom>er eta>e etu>e ega>i emu>i
        evi> evih> evim> evima> ovih> ovim> ovima> eva> evo> eve> kovi>ek kovih>ek covi>ec cevi>ec
        im>i sega> na>en nu>en tom>to tu>to mi> ema> ev> la>el lu>el lom>el ega> em>i
        """
    ),
    "el": _pairs(
        """ου>οσ ο>οσ ε>οσ η>ησ α>ασ ασ>α ησ>η ου>ησ ων>οσ ων>α ων>η ουσ>οσ εσ>α εσ>η εσ>ησ εσ>ασ οι>οσ ω>ωσ ουσ>ου
        ου>ο ων>ο α>ο ιου>ι ια>ι ησ>α ασ>η εωσ>η ακη>ησ ακι> ουλα>α ιτσα>α ου>α οπουλου>οπουλοσ ιδου>ιδησ ιδη>ιδησ
        ηδεσ>ησ ηδων>ησ αδεσ>ασ αδων>ασ αδεσ>ησ αδων>ησ αιοι>ησ αιων>ησ ιδη>ιδου"""
    ),
}
"""By language and ending."""

LONGEST: Final = max(len(ending) for endings in ENDINGS.values() for ending in endings)

_POSSESSIVE: Final = "in>a ina>a ino>a ine>a iny>a inu>a ini>a ovo> ove> ovy> ciny>ka cina>ka cin>ka i>y"
_WIDER: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "fi": _pairs(
        """en>i elle>i elta>i ella>i essa>i esta>i een>i ena>i hden>hti hdelle>hti hdelta>hti hdella>hti hdessa>hti
        hdesta>hti hteen>hti delle>si delta>si della>si dessa>si desta>si den>si teen>si st> ss> lt> ll> aella>aki
        aelle>aki aelta>aki aen>aki pan>ppa"""
    ),
    "cs": _pairs(_POSSESSIVE),
    "sk": _pairs(_POSSESSIVE),
    "el": _pairs("ωσ>ω ωσ>"),
    "sl": _pairs(
        "in> ina>a ini>a ino>a ev> eva> evo> eve> eve>a em>o om>o cin>ka cina>ka cine>ka cini>ka cino>ka"
    ),
}
"""Endings that count only where the base form stands in the same text; the network was not taught with them."""


@lru_cache(maxsize=10_000)
def wider(folded: str, language: str) -> tuple[str, ...]:
    """What a folded word may be in its base form, as generously as where the base form is in the text already."""
    found = []
    for endings in (ENDINGS.get(language, {}), _WIDER.get(language, {})):
        for size in range(min(LONGEST, len(folded) - 1), 0, -1):
            for instead in endings.get(folded[-size:], ()):
                if len(folded) - size + len(instead) >= 3:
                    found.append(folded[:-size] + instead)
    return tuple(found)
