"""When a person wants to be called, from what they said, wrote or keyed.

The hour is read here, because what an hour without am or pm means is a matter of business and not of language;
the days and spans ("monday", "25 de noviembre", "in 2 hours") are read in `named_day`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from app.domain import time_words
from app.domain.named_day import after_span, named_day
from app.domain.time_grammar import CHOICE, Clause, Kind, Piece, clauses

FARTHEST = timedelta(days=14)
"""Nobody is promised a call later than this; who asks for one is asked again."""

DEFAULTS = {
    # What people mean by a part of the day without an hour: early in it, so that the window is still open.
    "day": time(10),
    "morning": time(9),
    "noon": time(12),
    "afternoon": time(15),
    "evening": time(18),
    "night": time(19),
    "midnight": time(0),
}
_LANGUAGES = ("en", "es")
_LONGEST = 500
_PARTS = {
    "morning": "morning", "manana": "morning", "afternoon": "afternoon", "tarde": "afternoon", "evening": "evening",
    "night": "night", "tonight": "night", "tonite": "night", "noche": "night",
}  # fmt: skip
# The hours that a part of the day may go with, and what is added to them: "8 in the evening", "las 8 de la noche".
_HOURS_IN = {
    "morning": (range(1, 12), 0),
    "afternoon": (range(1, 9), 12),
    "evening": (range(4, 12), 12),
    "night": (range(5, 12), 12),
}
_CLOCK = re.compile(r"(\d{1,2})(?:[: ]?(\d\d))? ?(am|pm)?(?: ?(?:hrs?|h|horas|hours))?", re.ASCII)
_KEYED = re.compile(r"(\d{1,2})(\d\d)?", re.ASCII)


@cache
def get_ready() -> None:
    """Load the language tables, once a process: it takes a second, which no open transaction should wait for."""
    noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    for sentence, language in (("monday at 3", "en"), ("el lunes a las 3", "es"), ("in 2 hours", "en")):
        understand(sentence, now=noon, zone=ZoneInfo("UTC"), language=language)


def understand(said: str, *, now: datetime, zone: ZoneInfo, language: str = "en") -> datetime | None:
    """The future instant (aware, in UTC) that a person in `zone` means; None where nothing is clear.

    "tomorrow at ten", "in an hour", "monday at 3 pm", "mañana a las diez", "11/25 at 2:30pm", "after 6", "tonight".
    `language` is tried first, then the other one. Never now or earlier, never later than FARTHEST. An hour that
    has passed today means tomorrow, unless a day was named. Of a choice or a range the first counts.
    """
    if len(said) > _LONGEST:
        return None
    text = time_words.plain(said)[:_LONGEST]
    for tongue in sorted(_LANGUAGES, key=lambda tongue: tongue != language):
        found = _meant(clauses(time_words.in_figures(text, tongue), tongue), now.astimezone(zone), tongue)
        if found is not None:
            return found if now < found <= now + FARTHEST else None
    return None


def from_keys(digits: str, *, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The next such time: "3" and "300" are three in the afternoon, "1030" half past ten, "1430" half past two.

    None where no clock shows it ("0", "1060", "2500"). The same daytime reading as of spoken hours.
    """
    match = _KEYED.fullmatch(digits.strip("*# "))
    at = _time_of(int(match[1]), int(match[2] or 0), None) if match and int(match[1]) else None
    return _next(at, now.astimezone(zone)) if at else None


def _meant(spoken: list[Clause], local: datetime, language: str) -> datetime | None:
    clear = [piece for clause in spoken if clause.clear for piece in clause.pieces]
    unclear = [piece for clause in spoken if not clause.clear for piece in clause.pieces]
    if not clear or _tells_more(unclear, clear) or not _one_or_a_choice(clear):
        return None
    spans = [piece for piece in clear if piece.kind is Kind.SPAN]
    if spans and re.search("min|hour|hr|hora", spans[0].text):
        return after_span(spans[0].text, local, language) if len(clear) == 1 else None
    at = _hour(clear)
    if at is None and any(map(_names_hour, clear)):
        return None
    days = [piece for piece in clear if _names_day(piece)]
    if not days:
        return _next(at, local) if at else None
    day = named_day(days, local, language)
    if day is None or (at is None and day == local.date()) or at == DEFAULTS["midnight"]:
        return None  # of "midnight tomorrow" nobody knows which night it is
    return _instant(day, at or DEFAULTS["day"], local)


def _tells_more(unclear: list[Piece], clear: list[Piece]) -> bool:
    """Whether a clause about other matters names a day or an hour where the clear ones do not: it may belong to them."""
    return (any(map(_names_day, unclear)) and not any(map(_names_day, clear))) or (
        any(map(_names_hour, unclear)) and not any(map(_names_hour, clear))
    )


def _names_day(piece: Piece) -> bool:
    return piece.kind in (Kind.DAY, Kind.DATE, Kind.SPAN) or piece.text.startswith(("this ", "esta ", "toni"))


def _names_hour(piece: Piece) -> bool:
    return piece.kind in (Kind.CLOCK, Kind.PERIOD)


def _one_or_a_choice(pieces: list[Piece]) -> bool:
    """Whether what comes twice is joined ("10 or 11", "from 2 to 4"), and the first is complete or like the second."""
    for kind in Kind:
        alike = [position for position, piece in enumerate(pieces) if piece.kind is kind]
        for first, second in pairwise(alike):
            if pieces[first].text != pieces[second].text and not CHOICE & set(_between(pieces, first, second)):
                return False
            # "at 5 or tomorrow at 10": the day belongs to the second only.
            if kind is Kind.CLOCK and not any(map(_names_day, pieces[:first])) and _day_between(pieces, first, second):
                return False
    return True


def _between(pieces: list[Piece], first: int, second: int) -> list[str]:
    return [word for piece in pieces[first + 1 : second + 1] for word in piece.before]


def _day_between(pieces: list[Piece], first: int, second: int) -> bool:
    return any(map(_names_day, pieces[first + 1 : second + 1]))


def _hour(pieces: list[Piece]) -> time | None:
    """The hour that was named, or the part of the day; None where neither was, or they do not go together."""
    part = next((_PARTS[piece.text.split()[-1]] for piece in pieces if piece.kind is Kind.PERIOD), None)
    named = [piece.text for piece in pieces if piece.kind is Kind.CLOCK]
    if not named:
        return DEFAULTS[part] if part else None
    if not _CLOCK.fullmatch(named[0]):
        return None if part else DEFAULTS["midnight" if re.search("night|noche", named[0]) else "noon"]
    hour, minute, half = _figures(named[0])
    if half is None and len(named) > 1:
        half = _half_of_range(hour, minute, named[1])
    at = _time_of(hour, minute, half)
    if part is None or at is None or hour > 12:
        return at
    hours, later = _HOURS_IN[part]
    meant = time(hour % 12 + later, minute) if hour % 12 in hours or (hour == 12 and part == "afternoon") else None
    return meant if half is None or meant == at else None


def _half_of_range(hour: int, minute: int, until: str) -> str | None:
    """ "2 to 4 pm" begins at 2 pm, "10 to 2 pm" in the morning."""
    last_hour, last_minute, half = _figures(until) if _CLOCK.fullmatch(until) else (0, 0, None)
    return half if half and (hour % 12, minute) < (last_hour % 12, last_minute) else None


def _figures(clock: str) -> tuple[int, int, str | None]:
    match = _CLOCK.fullmatch(clock)
    assert match is not None, clock  # the grammar lets nothing else pass
    return int(match[1]), int(match[2] or 0), match[3]


def _time_of(hour: int, minute: int, half: str | None) -> time | None:
    """The time on the clock; without am or pm 8 to 11 are in the morning, 12 and 1 to 7 in the afternoon."""
    if minute > 59 or hour > 23 or hour == 0 or (half == "am" and hour > 12):
        return None
    if hour > 12:
        return time(hour, minute)
    if half is None:
        half = "am" if 8 <= hour <= 11 else "pm"
    return time(hour % 12 + (12 if half == "pm" else 0), minute)


def _next(at: time, local: datetime) -> datetime:
    today = _instant(local.date(), at, local)
    return today if today > local else _instant(local.date() + timedelta(1), at, local)


def _instant(day: date, at: time, local: datetime) -> datetime:
    """In UTC. Of an hour that the clock shows twice, or skips, the later reading: nobody is called too early."""
    wall = datetime.combine(day, at, tzinfo=local.tzinfo)
    return max(wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
