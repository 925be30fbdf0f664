"""Entries of the ledger in words: what kind, the gist of it in a line, and every fact readable. Numbers of people are masked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain import states
from app.reports import wording
from app.storage.ledger import Entry
from app.web.console.desk_words import who
from app.web.console.words import masked, spoken

_KINDS = {
    "acceptance": "Key press judged",
    "assignment": "Assignment judged",
    "check": "Authority asked",
    "dial": "Dial judged",
    "offer": "Offer",
    "ping": "Ping",
    "producer_moved": "Move reported",
    "move_filed": "Move: address filed",
    "move_restored": "Move: state restored",
    "state_opened": "State opened",
    "state_closed": "State closed",
    "drill_run": "Drill",
    "sign_in_failed": "Sign-in failed",
}

_OURS = ("campaign", "number", "agency_number")
"""Names of facts that hold numbers of our own: a consumer's is never shown whole."""

_NUMBER = re.compile(r"\+[0-9]{8,15}", re.ASCII)
_CODE = re.compile(r"[a-z]+(?:_[a-z]+)+", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
_NAMES = {
    "npn": "NPN",
    "loa": "line",
    "zip": "ZIP",
    "sha256": "SHA-256",
    "file_sha256": "file's SHA-256",
    "call_sid": "call",
}
MOST_LISTED = 200


def kind_words(kind: str) -> str:
    """ "state_opened" as "State opened"."""
    return _KINDS.get(kind) or kind.replace("_", " ").capitalize()


def gist(entry: Entry) -> str:
    """What it says, in a line: whom, where, what; the rest stands on its own page."""
    facts = entry.facts
    if entry.erased_by is not None:
        return f"facts erased, as entry {entry.erased_by} says"
    parts = []
    if "allowed" in facts:
        parts.append(_decided(facts))
    elif facts.get("npn"):
        parts.append(f"NPN {facts['npn']}")
    where = facts.get("states") or [facts[name] for name in ("state",) if facts.get(name)]
    if isinstance(where, list | tuple) and where:
        parts.append(wording.listed((_place(code) for code in where), most=3))
    if entry.kind.startswith("move") or entry.kind == "producer_moved":
        parts += [f"{_place(facts['from'])} to {_place(facts['to'])}"] if facts.get("from") and facts.get("to") else []
    for name in ("reason", "because", "role", "file_name", "email", "name", "request", "document"):
        value = facts.get(name)
        if isinstance(value, str) and value:
            parts.append(
                f"{_named(name)}: {_shortened(_masked(name, value))}" if name != "reason" else _shortened(value)
            )
        elif isinstance(value, dict) and isinstance(value.get("name"), str):
            parts.append(_shortened(value["name"]))
    if "passed" in facts:
        parts.append("passed" if facts["passed"] else "did not pass")
    return ", ".join(parts) or _first_facts(facts)


def _decided(facts: Mapping[str, Any]) -> str:
    if facts["allowed"]:
        return f"yes, NPN {facts['npn']}" if facts.get("npn") else "yes"
    codes = facts.get("reasons") or filter(None, (facts.get("lack"),))
    reasons = ", ".join(spoken(str(code)) for code in codes)
    whom = f"NPN {facts['npn']}: " if facts.get("npn") else ""
    return f"{whom}no{f', {reasons}' if reasons else ''}"


def _first_facts(facts: Mapping[str, Any]) -> str:
    plain = [(name, value) for name, value in facts.items() if isinstance(value, str | int) and value != ""]
    return ", ".join(f"{_named(name)} {_shortened(_masked(name, str(value)))}" for name, value in plain[:3])


def _place(code: object) -> str:
    return states.name(code) if isinstance(code, str) and states.is_state(code) else str(code)


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


def _named(name: str) -> str:
    return _NAMES.get(name) or name.replace("_", " ")


def _masked(name: str, text: str) -> str:
    return text if name in _OURS else _NUMBER.sub(lambda number: masked(number[0]), text)


# ---- every fact


def readable(entry: Entry) -> list[dict[str, Any]]:
    """The facts as the page draws them: `name` in words, and one of `text`, `at`, `texts` or `items`."""
    return [] if entry.erased_by is not None else [_fact(name, value) for name, value in entry.facts.items()]


def _fact(name: str, value: Any) -> dict[str, Any]:
    called = states.name(name) if states.is_state(name) else _masked("", _named(name))
    return {"name": called, **_value(name, value)}


def _value(name: str, value: Any) -> dict[str, Any]:
    match value:
        case None | "" | [] | {}:
            return {"text": "none", "empty": True}
        case bool():
            return {"text": "yes" if value else "no"}
        case int() | float():
            is_money = name.endswith("_cents")
            return {"text": wording.dollars(int(value)) if is_money else str(value)}
        case str() if _INSTANT.match(value) and (at := _instant(value)):
            return {"at": at}
        case str():
            return {"text": _text(name, value)}
        case dict():
            return {"items": [_fact(key, each) for key, each in value.items()]}
        case list() if all(isinstance(each, str | int | float) for each in value):
            texts = [_text(name, each) if isinstance(each, str) else str(each) for each in value]
            return {"texts": texts[:MOST_LISTED], "more": max(0, len(texts) - MOST_LISTED)}
        case list():
            items = [{"name": f"{nth}", **_value(name, each)} for nth, each in enumerate(value[:MOST_LISTED], 1)]
            return {"items": items, "more": max(0, len(value) - MOST_LISTED)}
    return {"text": str(value)}


def _text(name: str, text: str) -> str:
    if name in ("reasons", "against"):
        return spoken(text)
    if name in ("state", "states", "from", "to", "ours", "theirs", "suspended", "not_filed", "not_restored"):
        return _place(text)
    if name in ("reported_by", "uploaded_by", "verified_by"):
        return who(text)
    if name == "loa":
        return wording.lines(text)
    if _CODE.fullmatch(text):
        return spoken(text)
    return _masked(name, text)


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
