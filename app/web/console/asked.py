"""What the pages about licenses are asked for in their address, and how they say it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask import abort, request, url_for

from app.domain import states
from app.domain.lines import BadRequirement, Requirement
from app.domain.states import State
from app.reports import wording
from app.web.console.doors import user
from app.web.console.rights import RIGHTS

_NPN = re.compile(r"[0-9]{1,10}", re.ASCII)
_LONGEST_SEARCH = 100


def asked_requirement(known: tuple[Requirement, ...]) -> Requirement:
    """What `line` asks for (`life`, `property+casualty`); the first of `known` without one. 404 where nobody can read it."""
    # A browser sends a blank for a plus that somebody typed into the address.
    asked = request.args.get("line", "").strip().lower().replace(" ", "+")
    if not asked:
        return known[0]
    try:
        return Requirement.parse(asked)
    except BadRequirement:
        abort(404)


def requirement_choices(known: tuple[Requirement, ...], asked: Requirement) -> list[tuple[str, str]]:
    """For a select: (value, label), with what is asked for among them."""
    return [(str(each), capital(spelled(each))) for each in dict.fromkeys([*known, asked])]


def asked_state(code: str) -> State:
    """The state of an address; 404 where there is none such."""
    if not states.is_state(code):
        abort(404)
    return code


def asked_state_or_none() -> State | None:
    """What `state` asks for; None where it says nothing. 404 where there is none such."""
    code = request.args.get("state", "")
    return asked_state(code) if code else None


def asked_npn(npn: str) -> str:
    """The NPN of an address; 404 where it is spelled like none."""
    if not _NPN.fullmatch(npn):
        abort(404)
    return npn


def asked_text() -> str:
    """What `q` looks for, on one line."""
    return " ".join(request.args.get("q", "")[:_LONGEST_SEARCH].split())


def asked_number(name: str, *, least: int = 1, most: int = 1_000_000) -> int:
    """A page's number; `least` where it is none."""
    text = request.args.get(name, "")
    return min(most, max(least, int(text))) if text.isdecimal() and text.isascii() and len(text) < 12 else least


def day_typed(text: str) -> date | None:
    """A day as a form sends it (2026-11-18); None where it is none."""
    try:
        return date.fromisoformat(text.strip()) if len(text.strip()) == 10 else None
    except ValueError:
        return None


def spelled(requirement: Requirement) -> str:
    """ "property and casualty"."""
    return wording.lines(str(requirement))


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def sentence(why: str) -> str:
    """A workflow's objection as a sentence."""
    return f"{capital(why)}." if not why.endswith(".") else capital(why)


def link_to(*endpoints: str, **values: Any) -> str:
    """The address of the first of these pages that exists and that who is signed in may open; empty without one."""
    for endpoint in endpoints:
        if RIGHTS.get(endpoint, frozenset()) & user().roles:
            return url_for(endpoint, **values)
    return ""
