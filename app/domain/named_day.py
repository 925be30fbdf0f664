"""The day or the instant that words name, by dateparser; and what dateparser gets wrong, mended.

It is handed only what `time_grammar` let pass, and always a base: it never asks the system's clock. Its import and its
tables of a language take 0.7 s, so it is loaded at first use.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from app.domain.time_grammar import Kind, Piece

_SPELLED = {"pasado manana": "en 2 dias", "the day after tomorrow": "in 2 days", "day after tomorrow": "in 2 days"}
_ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def named_day(pieces: list[Piece], local: datetime, language: str) -> date | None:
    """The day that all of `pieces` name, of a choice the first; None where they disagree ("monday the 25th")."""
    firsts = {piece.kind: piece for piece in reversed(pieces)}
    found = {_date(piece, local, language) for piece in firsts.values()}
    return found.pop() if len(found) == 1 else None


def after_span(span: str, local: datetime, language: str) -> datetime | None:
    """ "in 2 hours": counted in UTC, so that a clock that is put forward takes nothing from it."""
    found = _parsed(_counted(span, language), local.astimezone(UTC).replace(tzinfo=None), language)
    return found.replace(tzinfo=UTC) if found else None


def _date(piece: Piece, local: datetime, language: str) -> date | None:
    today = local.date()
    text = piece.text
    if piece.kind is Kind.PERIOD:
        return today
    bare = re.sub(r"^(this coming|this|coming|next|este|proximo|el dia|el|the) | (proximo|que viene)$", "", text)
    if number := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", bare):
        # dateparser takes a lone 2 for February.
        ahead = (today + timedelta(days) for days in range(31))
        return next((day for day in ahead if day.day == int(number[1])), None)
    if piece.kind is Kind.SPAN:
        bare = _counted(text, language)
    # A weekday is one after its base, a date the first from its base on: today's date is today.
    base = datetime.combine(today, time()) - timedelta(seconds=1 if piece.kind is Kind.DATE else 0)
    meant = _parsed(_spelled(bare, language), base, language)
    if meant is None:
        return None
    if piece.kind is Kind.DATE and meant.day not in map(int, re.findall(r"\d+", text)):
        return None  # dateparser takes the 30th for a 31st that the month lacks
    return None if text.startswith("next ") and _in_this_week(meant.date(), today) else meant.date()


def _in_this_week(day: date, today: date) -> bool:
    """Whether "next friday" may as well be the one after it: weeks begin on Sundays for some, on Mondays for others."""
    from_monday = day.isocalendar()[:2] == today.isocalendar()[:2]
    from_sunday = (day + timedelta(1)).isocalendar()[:2] == (today + timedelta(1)).isocalendar()[:2]
    return from_monday or from_sunday


def _spelled(day: str, language: str) -> str:
    """As dateparser knows it: it reads neither "thurs" nor "tmrw" nor "pasado mañana"."""
    if language == "en" and day[:3] in ("tmr", "tmw", "tom", "2mo"):
        return "tomorrow"
    if language == "en" and day.isalpha():
        return next((name for name in _ENGLISH_DAYS if name[:3] == day[:3]), day)
    return _SPELLED.get(day, day)


def _parsed(text: str, base: datetime, language: str) -> datetime | None:
    """What dateparser makes of `text`, which the grammar has let pass; `base` and the result have no zone."""
    import dateparser

    settings = {
        "RELATIVE_BASE": base,
        "PREFER_DATES_FROM": "future",
        "DATE_ORDER": "MDY",
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": False,
    }
    found = dateparser.parse(text, languages=[language], settings=settings)
    return found if isinstance(found, datetime) else None


def _counted(span: str, language: str) -> str:
    """ "give me about 2 hours" as "in 2 hours"."""
    counted = re.sub(r"^\D+| from now$", "", span)
    return f"{'en' if language == 'es' else 'in'} {counted}"
