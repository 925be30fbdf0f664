"""Judging what a REST request carries, and laying out lists. Codes are Twilio's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from werkzeug.datastructures import MultiDict

from app.simulator.errors import Refused

if TYPE_CHECKING:
    from app.simulator.exchange import Exchange

Fields = MultiDict[str, str]
E164 = re.compile(r"\+[1-9]\d{6,14}")
PAGING = frozenset({"PageSize", "Page", "PageToken"})


def refuse_unknown(fields: Fields, known: Iterable[str]) -> None:
    """Twilio ignores them; here nothing is ignored."""
    if unknown := sorted(set(fields) - set(known)):
        raise Refused(20001, ", ".join(unknown))


def url(fields: Fields, name: str, code: int) -> str | None:
    """An absolute http(s) address whose host has no underscore; None where it is not given."""
    text = fields.get(name)
    if not text:
        return None
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        raise Refused(code, f"{name} {text!r}") from None
    if parts.scheme not in ("http", "https") or not host or "_" in host:
        raise Refused(code, f"{name} {text!r}")
    return text


def method(fields: Fields, name: str) -> str:
    text = fields.get(name, "POST").upper()
    if text not in ("GET", "POST"):
        raise Refused(21209, f"{name} {text!r}")
    return text


def whole_number(fields: Fields, name: str, default: int, low: int, high: int, code: int) -> int:
    text = fields.get(name, str(default))
    if not text.isdigit() or not low <= int(text) <= high:
        raise Refused(code, f"{name} {text!r} is not from {low} to {high}")
    return int(text)


def date_filter(fields: Fields, name: str) -> Callable[[datetime | None], bool]:
    """`StartTime`, `StartTime<`, `StartTime>`: a day, or an ISO 8601 instant."""
    tests: list[Callable[[datetime], bool]] = []
    for suffix in ("", "<", ">"):
        text = fields.get(name + suffix)
        if text:
            tests.append(_date_test(text, suffix))
    return lambda instant: not tests or (instant is not None and all(test(instant) for test in tests))


def _date_test(text: str, suffix: str) -> Callable[[datetime], bool]:
    try:
        wanted = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        raise Refused(20422, f"{text!r} is no date") from None
    if isinstance(wanted, datetime) and wanted.tzinfo is None:
        wanted = wanted.replace(tzinfo=UTC)

    def test(instant: datetime) -> bool:
        have = instant if isinstance(wanted, datetime) else instant.date()
        if suffix == "<":
            return have <= wanted
        if suffix == ">":
            return have >= wanted
        return have == wanted

    return test


def page(
    exchange: Exchange,
    fields: Fields,
    name: str,
    found: Sequence[Any],
    layout: Callable[[Any], Mapping[str, Any]],
) -> tuple[int, dict[str, Any]]:
    """One page of a list, newest first."""
    size = whole_number(fields, "PageSize", 50, 1, 1000, 20422)
    number = whole_number(fields, "Page", 0, 0, 1_000_000, 20422)
    start = number * size
    rows = list(reversed(found))[start : start + size]
    kept = [(key, value) for key, value in fields.items(multi=True) if key not in PAGING]
    resource = {"calls": "Calls", "messages": "Messages"}[name]

    def uri(page_number: int) -> str:
        query = urlencode([*kept, ("PageSize", size), ("Page", page_number)])
        return f"/2010-04-01/Accounts/{exchange.account_sid}/{resource}.json?{query}"

    return 200, {
        name: [layout(row) for row in rows],
        "page": number,
        "page_size": size,
        "start": start,
        "end": start + max(0, len(rows) - 1),
        "first_page_uri": uri(0),
        "previous_page_uri": uri(number - 1) if number else None,
        "next_page_uri": uri(number + 1) if start + size < len(found) else None,
        "uri": uri(number),
    }
