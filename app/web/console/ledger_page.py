"""The ledger, read: every allow, every deny and every change, narrowed down, entry by entry; and whether its chain holds."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, request, url_for

from app.domain import states
from app.storage import calls, ledger, ledger_pages, requested_work, seals
from app.storage.database import Transaction
from app.storage.ledger_pages import Narrowed, Position
from app.web.console.asked import day_typed, link_to
from app.web.console.desk_words import show
from app.web.console.doors import Section, actor, done, read, tools
from app.web.console.ledger_words import gist, kind_words, readable
from app.web.console.requested import UNDER_WAY, newest, newest_done
from app.workflows.ask_once import ask_once
from app.workflows.authority.verify_ledger import KIND

MOST_SHOWN = 50
_NPN = re.compile(r"[0-9]{1,10}", re.ASCII)
_SID = re.compile(r"[A-Za-z0-9_-]{1,34}", re.ASCII)
_POSITION = re.compile(r"([0-9]{1,18})-([0-9]{1,10})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))


def add_to(pages: Section) -> None:
    pages.add("GET", "/ledger", ledger_list)
    pages.add("GET", "/ledger/chain", ledger_chain)
    pages.add("POST", "/ledger/verify", verify_chain)
    pages.add("GET", "/ledger/<int:entry_id>", ledger_entry)


def ledger_list() -> Response:
    asked = {
        name: request.args.get(name, "").strip()[:254]
        for name in ("kind", "actor", "npn", "state", "call", "from", "to")
    }
    wrong = _wrong(asked)
    with read() as tx:
        kinds = ledger_pages.kinds(tx)
        call = calls.read(tx, asked["call"]) if asked["call"] and not wrong else None
        if asked["call"] and call is None:
            wrong.setdefault("call", "There is no such call.")
        page = None
        if not wrong:
            narrowed = _narrowed(asked, None if call is None else call.id)
            page = ledger_pages.page(tx, narrowed, after=_position(request.args.get("after", "")), limit=MOST_SHOWN)
        chain = _chain(tx)
    return show(
        "ledger.html",
        status=422 if wrong else 200,
        entries=page.entries if page else (),
        older=_spelled(page.next_after) if page and page.next_after else None,
        looked_back_to=page.looked_back_to if page else None,
        asked=asked,
        narrowed={name: text for name, text in asked.items() if text},
        wrong=wrong,
        kinds=[("", "Everything"), *sorted(((kind, kind_words(kind)) for kind in kinds), key=lambda each: each[1])],
        state_choices=[("", "Any"), *((code, states.name(code)) for code in sorted(states.ALL, key=states.name))],
        kind_words=kind_words,
        gist=gist,
        is_decision=lambda entry: entry.kind in ledger.DECISIONS,
        **chain,
    )


def _wrong(asked: dict[str, str]) -> dict[str, str]:
    wrong = {}
    if asked["npn"] and not _NPN.fullmatch(asked["npn"]):
        wrong["npn"] = "An NPN is 1 to 10 digits."
    if asked["state"] and not states.is_state(asked["state"]):
        wrong["state"] = "There is no such state."
    if asked["call"] and not _SID.fullmatch(asked["call"]):
        wrong["call"] = "There is no such call."
    for name in ("from", "to"):
        if asked[name] and day_typed(asked[name]) is None:
            wrong[name] = "A day, e.g. 2026-11-18."
    return wrong


def _narrowed(asked: dict[str, str], call_id: int | None) -> Narrowed:
    """Days are the agency's own, from midnight to midnight; an address without a door before it is a user's."""
    first, last = day_typed(asked["from"]), day_typed(asked["to"])
    who = asked["actor"]
    return Narrowed(
        kind=asked["kind"],
        actor=f"user:{who}" if "@" in who and ":" not in who else who,
        npn=asked["npn"],
        state=asked["state"],
        call_id=call_id,
        since=None if first is None else _midnight(first),
        until=None if last is None or last >= date.max - timedelta(days=1) else _midnight(last + timedelta(days=1)),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(tools().settings.time_zone))


def _spelled(position: Position) -> str:
    """A place in the ledger as an address holds it: microseconds, and the entry."""
    return f"{(position.at - _EPOCH) // timedelta(microseconds=1)}-{position.entry_id}"


def _position(text: str) -> Position | None:
    match = _POSITION.fullmatch(text)
    if match is None:
        return None
    try:
        return Position(_EPOCH + timedelta(microseconds=int(match[1])), int(match[2]))
    except OverflowError:
        return None


# ---- the chain


def ledger_chain() -> Response:
    """The fragment that looks again while the chain is followed."""
    with read() as tx:
        chain = _chain(tx)
    return show("ledger_chain.html", **chain)


def verify_chain() -> Response:
    now = tools().clock.now()
    ask_once(KIND, {}, actor=actor(), database=tools().database, now=now)
    return done("The chain is being followed from its first entry.", to=url_for("desk.ledger_list"))


def _chain(tx: Transaction) -> dict[str, Any]:
    unsealed, since = ledger.count_unsealed(tx)
    last: requested_work.RequestedWork | None = newest_done(tx, KIND)
    work = newest(tx, KIND)
    return {
        "sealed_to": seals.head(tx),
        "unsealed": unsealed,
        "unsealed_since": since,
        "verified": last,
        "work": work,
        "is_under_way": work is not None and work.status in UNDER_WAY,
    }


# ---- one entry


def ledger_entry(entry_id: int) -> Response:
    with read() as tx:
        entry = ledger.entry(tx, entry_id)
        if entry is None:
            abort(404)
        call = None if entry.call_id is None else calls.by_id(tx, entry.call_id)
    return show(
        "ledger_entry.html",
        entry=entry,
        call=call,
        call_href=link_to("supervisor.call", call_sid=call.call_sid) if call else "",
        lead_href=link_to("supervisor.lead", lead_id=entry.lead_id) if entry.lead_id else "",
        decision_href=link_to("supervisor.decision", decision_id=entry_id) if entry.kind in ledger.DECISIONS else "",
        kind_words=kind_words,
        gist=gist,
        facts=readable(entry),
    )
