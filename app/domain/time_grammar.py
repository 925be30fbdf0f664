"""What in a sentence speaks of time, English and Spanish: days, parts of the day, hours, spans.

A clause with any word that is neither time nor said around times ("my policy ends tomorrow") tells no time to call:
a false time is worse than none. That is why the words stand in a list of the known, not of the forbidden.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from app.domain import words_around_times


class Kind(StrEnum):
    SPAN = "span"
    DATE = "date"
    DAY = "day"
    PERIOD = "period"
    CLOCK = "clock"


@dataclass(frozen=True)
class Piece:
    """A part of a clause that speaks of time; `before` are the words since the piece before it."""

    kind: Kind
    text: str
    before: tuple[str, ...]


@dataclass(frozen=True)
class Clause:
    """The time in one clause; `clear` where nothing else is in it but words said around times."""

    pieces: tuple[Piece, ...]
    clear: bool


_NUMBER_AS_HOUR = r"(?:[01]?[0-9]|2[0-3])"
# 10:30, 10 30, 1030; with am or pm; 10 am. A bare number is an hour only where `_may_stand_bare` says so.
_HOUR = (
    rf"{_NUMBER_AS_HOUR}:[0-5][0-9](?: ?(?:am|pm|hrs?|h|horas|hours))?|{_NUMBER_AS_HOUR} ?(?:am|pm)"
    rf"|{_NUMBER_AS_HOUR} [0-5][05](?: ?(?:am|pm))?|{_NUMBER_AS_HOUR}[0-5][0-9](?: ?(?:am|pm))?|{_NUMBER_AS_HOUR}"
)
_END = r"(?![\w:/$%]|[.,-]?\d)"
_NUMERIC_DATE = r"(?:[0-3]?[0-9]/[0-3]?[0-9](?:/(?:20)?[0-9]{2})?)"
_ENGLISH_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_ENGLISH_DAY = (
    "(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_SPANISH_MONTH = (
    "(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre)"
)
_SPANISH_DAY = "(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo)"
_ENGLISH_UNIT = "(?:min(?:ute)?s?|hours?|hrs?|days?|weeks?)"
_SPANISH_UNIT = "(?:minutos?|min|horas?|dias?|semanas?)"

_GRAMMAR = {
    "en": {
        Kind.SPAN: rf"(?:in|give me) (?:about |around |like |maybe )?\d{{1,4}} ?{_ENGLISH_UNIT}"
        rf"(?: (?:and )?\d{{1,2}} ?{_ENGLISH_UNIT})?|\d{{1,4}} ?{_ENGLISH_UNIT} from now",
        Kind.DATE: rf"{_NUMERIC_DATE}|{_ENGLISH_MONTH} (?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?!:)(?: 20\d\d)?"
        rf"|(?:the )?\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_ENGLISH_MONTH}(?: 20\d\d)?|the \d{{1,2}}(?:st|nd|rd|th)",
        Kind.DAY: rf"(?:the )?day after tomorrow|today|tomorrow|tommorr?ow|tomorow|tmrw|tmr|tmw|2morrow"
        rf"|(?:(?:this coming|this|coming|next) )?{_ENGLISH_DAY}",
        Kind.PERIOD: "(?:in the |this |at )?(?:morning|afternoon|evening|night)|tonight|tonite",
        Kind.CLOCK: rf"(?:at )?(?:noon|midday|midnight|lunch ?time)|{_HOUR}",
    },
    "es": {
        Kind.SPAN: rf"(?:en|dentro de|deme|denme) (?:unos |unas |como )?\d{{1,4}} ?{_SPANISH_UNIT}"
        rf"(?: y \d{{1,2}} ?{_SPANISH_UNIT})?",
        Kind.DATE: rf"{_NUMERIC_DATE}|(?:el )?(?:dia )?\d{{1,2}} (?:de )?{_SPANISH_MONTH}(?: (?:de |del )?20\d\d)?"
        rf"|el (?:dia )?\d{{1,2}}",
        Kind.DAY: rf"pasado manana|hoy|(?<!la )manana|(?:(?:este|proximo) )?{_SPANISH_DAY}(?: proximo| que viene)?",
        Kind.PERIOD: "(?:por|en|de|a) la (?:manana|tarde|noche)|esta (?:manana|tarde|noche)|(?:tarde|noche)",
        Kind.CLOCK: rf"(?:al? )?(?:medio ?dia|media ?noche)|{_HOUR}",
    },
}
_PIECE = {
    language: re.compile(
        "|".join(rf"(?P<{kind}>(?:{pattern}){_END})" for kind, pattern in kinds.items()) + r"|(?P<word>[^\s]+)",
        re.ASCII,
    )
    for language, kinds in _GRAMMAR.items()
}
_AROUND = {"en": words_around_times.ENGLISH, "es": words_around_times.SPANISH}
# Two hours or days with one of these between them are a choice or a range, and the first will do.
CHOICE = frozenset({"or", "o", "to", "and", "a", "y", "al"})
_HOUR_FOLLOWS = {
    "en": frozenset(
        ["at", "after", "around", "about", "like", "between", "from", "say", "make", "for", "or", "to", "and"]
    ),
    "es": frozenset(["la", "las", "entre", "tipo", "sobre", "de", "o", "y", "a"]),
}
_ANSWERS = frozenset(
    ["yes", "yeah", "yep", "sure", "ok", "okay", "say", "maybe", "please", "si", "bueno", "claro", "mejor"]
)
# "do you", "I work", "is it 10 am": said of us, of what hinders, of the hour it is now; not of when to call. And
# "ten to five" is 4:50 to some and a range to others.
_OTHER_MATTERS = {
    "en": re.compile(
        r"\b(?:do you|are you|i work|im at work|thank(?:s| you) for (?:calling|the call)|(?:is it|it is|its) (?:already )?\d+)\b"
        r"|(?<!from )\b(?:5|10|20|25) to \d{1,2}\b(?!:| ?[ap]m)",
        re.ASCII,
    ),
    "es": re.compile(r"\b(?:trabajo|gracias por (?:llamar|la llamada)|(?:son|es) las? \d+|a que hora)\b", re.ASCII),
}
_COURTESY = {
    "en": re.compile(
        r"\b(?:good|have a (?:good|nice|great)) (?:morning|afternoon|evening|night|day)\b|\b(?:(?:how|what) about|make it)\b"
    ),
    "es": re.compile(r"\bbuen[oa]s (?:dias|tardes|noches)\b|\bbuen dia\b"),
}
_ABOUT = {
    "en": re.compile(r"\b(?:about|for|with) (?:my|the|a) (?:\w+ )?(?:insurance|quote|policy|coverage|plan)\b"),
    "es": re.compile(
        r"\b(?:sobre|para|de) (?:mi|el|la|un|una) (?:seguro|cotizacion|poliza|plan|cobertura)(?: de \w+)?\b"
    ),
}
_PHONE = re.compile(r"(?:\b(?:at|on|al|to) )?(?<![\d:/])(?:\+?1[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}\b", re.ASCII)
_ZIP = re.compile(r"(?<![\d:/$.-])\d{5}(?:-\d{4})?\b(?![:/])", re.ASCII)
_RANGE = re.compile(r"\b(\d{1,2}(?::\d\d)?(?: ?[ap]m)?) ?[-–—] ?(\d{1,2}(?::\d\d)? ?[ap]m)\b", re.ASCII)
_SENTENCE_ENDS = re.compile(r"[;!?¡¿\n]+|[.,]+(?:\s|$)|(?<!time )(?<!day )(?<!days )\b(?:but|pero)\b")
# Speech comes without commas: "I can't talk right now call me tomorrow".
_REQUEST = re.compile(
    r"(?<!\bto)(?<!\byou)(?<!\bnot)(?<!\bdont)(?<!\bnever)(?<!\bno)(?<!\bme)(?<!\bcan)(?<!\bcould)(?<!\bwill)(?<!\bwould) "
    r"(?=(?:please )?(?:call me|call back|call tomorrow)\b|(?:por favor )?(?:llame|llameme|llamenme|marqueme)\b)"
)


def clauses(text: str, language: str) -> list[Clause]:
    """The clauses of `text` (plain, in figures) in order; of phone numbers, ZIPs and courtesies nothing is left."""
    text = _RANGE.sub(r"\1 to \2", text)
    text = _ZIP.sub(" ", _PHONE.sub(" ", text))
    for pattern in (_COURTESY[language], _ABOUT[language]):
        text = pattern.sub(" ", text)
    parts = [part for sentence in _SENTENCE_ENDS.split(text) for part in _REQUEST.split(sentence)]
    return [_read(" ".join(part.split()), language) for part in parts if part.strip()]


def _read(clause: str, language: str) -> Clause:
    pieces: list[Piece] = []
    words: list[str] = []
    clear = not _OTHER_MATTERS[language].search(clause)
    for match in _PIECE[language].finditer(clause):
        kind = match.lastgroup or "word"
        if (
            kind == Kind.CLOCK
            and match[0].replace(" ", "").isdigit()
            and not _may_stand_bare(match, pieces, words, language)
        ):
            kind = "word"
        if kind == "word":
            word = match[0].strip('"()…*')
            clear = clear and (not word or word in _AROUND[language])
            words.append(word)
        else:
            pieces.append(Piece(Kind(kind), match[0], tuple(words)))
            words = []
    return Clause(tuple(pieces), clear)


def _may_stand_bare(match: re.Match[str], pieces: list[Piece], words: list[str], language: str) -> bool:
    """Whether a number without minutes, am or pm is an hour: "at 10", "monday 10", "10 or 11", "yes, 10"; not "I am 65"."""
    if words and words[-1] in _HOUR_FOLLOWS[language]:
        return True
    # "1030" and "830" are times; "1955" is a year of birth, "911" nobody's hour.
    if len(match[0]) > 2 and (match[0].isdigit() and (int(match[0]) >= 1300 or int(match[0]) % 5)):
        return False
    # After an hour comes no other; else "10 11" would be two.
    return all(word in _ANSWERS for word in words) and not (pieces and pieces[-1].kind is Kind.CLOCK)
