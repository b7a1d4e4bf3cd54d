"""Which language a text is in: one of ours, another one, or too little to tell.

Function words decide, as they are hardly ever shared and every sentence has some. A general recogniser would tell a
hundred languages apart, but takes 125 MB and more than a second to load; we need twelve, and to notice their neighbours.
"""
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import chain, repeat

from .findings import LANGUAGES
from .lists import hasty

_FUNCTION_WORDS = {
    "en": "the and of to a in is that it was for on are with as his her they at be this have from or had by not but what were we when "
    "your can said there use an each which she he do how their if will up about out them then many some so these would him has my been "
    "who after before because does did mother's i'm it's doesn't",
    "de": "der die das und ist nicht ein eine einer eines einem einen ich sie er es wir ihr zu mit von auf für im dem den des auch sich "
    "hat haben wird werden war waren bei aus nach wie aber oder wenn dass daß als an noch nur kann sehr mehr über vor seit durch um am zum "
    "zur kein keine ihre seine ihren seinen schon gegen unter wurde wurden möchte soll beim vom ohne wegen",
    "fr": "le la les des et est une un du de que qui dans pour pas sur au aux avec ce cette ces il elle ils elles nous vous je ne se sont son "
    "sa ses leur leurs par plus mais ou où comme été être avait très chez depuis ont aussi sans fait l' d' qu' n' c' s' j' à",
    "nl": "de het een en van is dat die in niet te zijn op met voor aan er maar om hij ze zij ik we wij ook als bij naar heeft hebben wordt worden "
    "was waren door over dan nog wel uit haar hun zich geen kan moet zou al sinds omdat deze dit wat wie onder tussen tijdens erg",
    "es": "el la los las de que y en un una es no por con para se del al lo su sus como más pero ha le o este esta muy ya también desde "
    "cuando hay fue ser está están son tiene sin sobre entre nos porque hace era han yo ella él hasta años donde",
    "it": "il la le gli i di che e in un una è non per con si del della dei delle al alla da dal dalla nel nella come più ma anche lo ha "
    "sono suo sua suoi molto perché questo questa dopo quando era essere hanno ci lei lui loro stato se o ed senza tra anni ho dell' all' l' un' nell'",
    "pt": "o a os as de que e do da em um uma é não por com para se dos das no na nos nas ao à mais mas foi ele ela seu sua como muito já "
    "também há são está tem desde quando ser entre sem sobre pelo pela depois eu isso este esta até anos ou porque",
    "fi": "ja on ei se että oli hän joka mutta niin kuin kun ovat myös jos tai olla ollut sekä mitä siitä sen hänen minä me he vain jo vielä nyt "
    "mukaan kanssa jälkeen ennen koska eikä tämä tässä ne ole olisi voi hyvin aina sitten mukana äiti isä lapsi itse häntä asiakas",
    "el": "και το τα του της την τον η ο οι των να με σε για από που δεν είναι στο στη στην στον ένα μια έχει αλλά θα ως τους τις πως ή μας "
    "σας αυτό αυτή όταν πριν μετά ήταν στα στις αν κατά μου δε μην",
    "sl": "in je na v se da so za z s ki pri ne bi po kot pa še tudi od do ni bil bila bilo ter ali če ga mu jo jih ko že več smo sem ima o "
    "med brez kako zelo svoje njegova njen saj pred iz kaj ta to lahko bo vendar otrok mati oče pravi kdo so da ima nima nas nam njo njim otroci otroka starši",
    "sk": "a sa je na v že to so s z do za pre aj ako nie od po ale bol bola bolo sú si jej jeho ich alebo pri už ktorý ktorá ktoré ma má majú "
    "by čo keď len ešte som veľmi medzi podľa bez ho mu vo zo ku kde preto dieťa matka otec rokov aby lebo nám nás kto tak tiež dva u dnes "
    "tom pani detí deti deťom mama mamu hovorí chce bude môže neviem prosím roky nich sme",
    "cs": "a se je na v že to s z do za pro i jako ne od po ale byl byla bylo jsou si její jeho jejich nebo při už který která které má mají "
    "by co když jen ještě jsem velmi mezi podle bez ho mu ve ze ke kde proto dítě matka otec let jsme také není jestli aby protože dnes nám nás jí kdo tak taky dva u "
    "tom paní dětí děti dětem máma mámu táta říká chce bude může nevím prosím práce měsíců roky",
}
_OTHERS = {
    "tr": "ve bir bu da de için ile çok ne gibi daha ama var olan olarak o ben sen biz mi mı değil kadar sonra her şey onun yok annesi babası",
    "pl": "i w na z się nie do jest że to jak od po za co ale był była było są przez dla czy już tylko jego jej ich który która lub oraz bardzo przy",
    "ro": "și în de la cu pe nu este un o că din care mai pentru se sunt au fost ce dar ca lui ei sau să al ai le fi după foarte când",
    "hu": "a az és hogy nem is egy van volt de meg ez már csak el mint még ha ki vagy nagyon őt neki után azt ezt lesz",
    "sv": "och att det som en på är av för med den till inte har de ett om men var jag han hon sig från vi så kan när efter också eller hade barnet",
    "da": "og at det er en på af for med den til ikke har de et om men var jeg han hun sig fra vi så kan når efter også eller havde barnet",
    "no": "og at det er en på av for med den til ikke har de et om men var jeg han hun seg fra vi så kan når etter også eller hadde barnet",
    "hr": "i je u na se da su za s od do ne što kao ali ili bio bila bilo te nije koji koja koje po iz kako već još kad sam samo o prema djeca dijete",
    "sq": "dhe të në e i një për me që nuk nga është si ka u por kjo ky më se janë ishte duke pas kur edhe do",
    "et": "ja on ei et see oli ta kui ka mis aga või ning oma seda ma olen siis veel juba kes nii pärast laps ema",
    "lv": "un ir ka no uz ar par kas bet tas vai viņš viņa nav bija kā pie pēc līdz arī tikai jau",
    "lt": "ir yra kad iš į su ne bet tai kaip jis ji buvo už po apie ar dar jau tik prie vaikas",
    "ca": "el la els les de que i en un una és no per amb a es del al com més però ha va aquest aquesta molt també des quan són sense dels",
    "id": "yang dan di ini itu dengan untuk tidak dari dalam pada adalah akan ke saya dia anak orang tua sudah ada oleh",
    "so": "iyo waa oo ka ku in ay uu la waxa ah si aan kala soo loo lagu ayaa",
    "vi": "và của là có không được cho một các trong với người này đã những con từ đến khi để",
    "la": "et in est non ad cum ut sed qui quod ex sunt per ab esse aut enim etiam",
}
_LETTERS = {
    "cs": "ěřů",
    "sk": "ľĺŕô",
    "de": "ß",
    "pt": "ãõ",
    "es": "ñ¿¡",
    "pl": "łąężśćźń",
    "tr": "ğış",
    "ro": "ățş",
    "hu": "őű",
    "hr": "đć",
    "sq": "ë",
}
"""Letters that hardly any other of these languages has."""
_WORD = re.compile(r"[^\W\d_]+'?")
_FAR = re.compile(r"[\u0370-\u1dff\u1f00-\u1fff\u2c00-\ud7ff\uf900-\uffff\U00010000-\U0010ffff]")
"""Any sign of another script than Latin."""


@cache
def _index() -> dict[str, tuple[tuple[str, float], ...]]:
    """Word -> the languages that use it, each with its weight: a word of one language alone counts most."""
    users: dict[str, list[str]] = {}
    for language, words in (_FUNCTION_WORDS | _OTHERS).items():
        listed = words.split()
        bare = [without for one in listed for without in hasty(one)[:1]]
        for word in dict.fromkeys([*listed, *bare]):
            users.setdefault(word, []).append(language)
    return {
        word: tuple(
            (language, 1 / len(languages) if len(word) > 1 else 0.5 / len(languages))
            for language in languages
        )
        for word, languages in users.items()
    }


def scores(text: str) -> tuple[dict[str, float], int]:
    """How much of the text speaks for each language, and how many words it has."""
    index = _index()
    found: dict[str, float] = {}
    count = 0
    for word in _WORD.findall(text.lower()):
        count += 1
        for language, weight in index.get(word, ()):
            found[language] = found.get(language, 0.0) + weight
    if not text.isascii():
        low = text.lower()
        for language, letters in _LETTERS.items():
            seen = sum(low.count(letter) for letter in letters)
            if seen:
                # Names bring such letters into other languages, so they do not weigh much.
                found[language] = found.get(language, 0.0) + min(seen * 0.4, 1 + count * 0.05)
    return found, count


@cache
def _against(language: str) -> tuple[dict[str, float], re.Pattern[str]]:
    """What speaks for any language but this one: words with their weights, and letters."""
    words = {
        word: max(weight for _, weight in users)
        for word, users in _index().items()
        if all(user != language for user, _ in users)
    }
    letters = "".join(letters for user, letters in _LETTERS.items() if user != language)
    return words, re.compile(f"[{letters}]")


@cache
def _for(language: str) -> dict[str, float]:
    """What speaks for this language: words with their weights."""
    return {word: weight for word, users in _index().items() for user, weight in users if user == language}


def undoubted(text: str, guess: str) -> bool:
    """Whether too little speaks against the guess to look closer.

    Whatever speaks for both languages counts twice where the guess is left, so that what speaks against it alone must
    reach half of the least that is needed, and as much as speaks for the guess.
    """
    if _FAR.search(text) is not None:
        return False
    low = text.lower()
    against, found = _speaking_against(low, guess, 0, len(low))
    return against < _LEAST or against < sum(map(_for(guess).get, found, repeat(0.0)))


_LEAST = 1.5
"""Less than this against a language is no reason to look closer."""


def _speaking_against(low: str, guess: str, at: int, to: int) -> tuple[float, list[str]]:
    """How much of low[at:to] speaks against the guess, and its words."""
    words, letters = _against(guess)
    found = _WORD.findall(low, at, to)
    against = sum(map(words.get, found, repeat(0.0)))
    if not low.isascii():
        against += 0.4 * len(letters.findall(low, at, to))
    return against, found


def spoken_throughout(text: str, language: str) -> bool:
    """Whether neither the whole nor any sentence is doubted: then the text is one piece in one of LANGUAGES."""
    if len(text) < 60:
        return True
    if language == "el":  # the script tells
        sentences = (match[0] for match in _SENTENCES.finditer(text))
        return all(_foreign(one) == "el" for one in (text, *sentences) if len(one) > 24)
    low = text.lower()
    if len(text) >= 20_000 or len(low) != len(text) or _FAR.search(text) is not None:
        return False
    total, read = 0.0, []
    for match in _SENTENCES.finditer(text):
        at, to = match.span()
        against, found = _speaking_against(low, language, at, to)
        if against >= _LEAST and to - at > 24 and against >= _speaking_for(language, (found,)):
            return False
        total += against
        read.append(found)
    return total < _LEAST or len(text) < 80 or total < _speaking_for(language, read)


def _speaking_for(language: str, sentences: Iterable[list[str]]) -> float:
    return sum(map(_for(language).get, chain.from_iterable(sentences), repeat(0.0)))


def recognise(text: str, guess: str = "") -> str:
    """The language of a text: one of LANGUAGES, "?" for another one, `guess` where it says too little.

    A guess is kept unless the text clearly speaks against it.
    """
    foreign = _foreign(text)
    if foreign:
        return foreign
    found, count = scores(text[:20_000])
    if not found:
        return guess if count < 25 else guess or "?"
    best = max(found, key=lambda language: (found[language], language == guess))
    lead = found[best]
    if guess in LANGUAGES:
        held = found.get(guess, 0.0)
        if best == guess or lead < 3 or lead < held * 2 or lead < count * 0.06:
            return guess
    else:
        second = max((value for language, value in found.items() if language != best), default=0.0)
        if lead < 0.8 or (lead < second * 1.15 and lead < 3):
            return guess
    return best if best in LANGUAGES else "?"


def _foreign(text: str) -> str:
    """ "el" or "?" where the script alone tells, else ""."""
    sample = text[:4_000]
    if _FAR.search(sample) is None:
        return ""
    greek = sum(map(len, _GREEK.findall(sample)))
    latin = sum(map(len, _LATIN.findall(sample)))
    other = sum([sign.isalpha() for sign in _NEITHER.findall(sample)])
    if greek > latin and greek >= other:
        return "el"
    return "?" if other > latin and other > greek else ""


_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]+")
_LATIN = re.compile(f"[{''.join(sign for sign in map(chr, range(0x250)) if sign.isalpha())}]+")
_NEITHER = re.compile(r"[^\0-\u024f\u0370-\u03ff\u1f00-\u1fff]")
_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?!\n)[^\n]+)*")
_SENTENCES = re.compile(r"[^.!?\n]+[.!?\n]*\s*")


def parts(text: str, language: str) -> list[tuple[int, int, str]]:
    """The text as pieces of one language each: (start, end, language). Most texts are one piece.

    A run of at least two sentences, or of 60 letters that speak clearly, may be of another of our languages.
    """
    if len(text) < 60:
        return [(0, len(text), language)]
    pieces: list[tuple[int, int, str]] = []
    for match in _SENTENCES.finditer(text):
        start, end = match.span()
        if end - start <= 24:
            spoken = pieces[-1][2] if pieces else language
        elif language in LANGUAGES and end - start < 20_000 and undoubted(match[0], language):
            spoken = language
        else:
            spoken = recognise(match[0], language)
        if spoken not in LANGUAGES:
            spoken = language if spoken == "" or spoken == "?" else spoken
        if pieces and pieces[-1][2] == spoken:
            pieces[-1] = (pieces[-1][0], end, spoken)
        else:
            pieces.append((start, end, spoken))
    pieces = _smoothed(pieces, language)
    if not pieces:
        return [(0, len(text), language)]
    return [
        (
            0 if number == 0 else start,
            len(text) if number == len(pieces) - 1 else pieces[number + 1][0],
            spoken,
        )
        for number, (start, end, spoken) in enumerate(pieces)
    ]


def _smoothed(pieces: list[tuple[int, int, str]], language: str) -> list[tuple[int, int, str]]:
    """Short pieces of another language go to their surroundings."""
    made: list[tuple[int, int, str]] = []
    for start, end, spoken in pieces:
        if spoken != language and end - start < 50:
            spoken = made[-1][2] if made else language
        if made and made[-1][2] == spoken:
            made[-1] = (made[-1][0], end, spoken)
        else:
            made.append((start, end, spoken))
    return made
