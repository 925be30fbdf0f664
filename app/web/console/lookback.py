"""The look back over our own calls, asked for by a person: it takes its time, so the scheduler does it."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, request, url_for

from app.storage import own_calls, requested_work
from app.web.console.asked import asked_number, link_to
from app.web.console.doors import Section, actor, done, read, refused, render, tools
from app.workflows.lookback import monthly
from app.workflows.lookback.requested import KIND, MOST_LISTED, SPANS

SHOWN = 20
STOP_ASKING = 286
"""htmx shows the fragment and asks no more. Source: htmx 2, hx-trigger, "Polling"."""

MOST_OPEN = 3
"""So many may wait or run at a time."""

AGAINST = {
    "without_authority": "Talks without authority by what was known then",
    "unproved": "Talks that the ledger does not prove",
    "dialed_outside_hours": "People dialed outside the legal hours",
    "exposed": "Talks that a later change of the roster reaches back to",
}
"""What may be wrong with a call; the last of them tells, and does not count."""


def add_to(pages: Section) -> None:
    pages.add("GET", "/lookback", lookbacks)
    pages.add("POST", "/lookback", ask_lookback)
    pages.add("GET", "/lookback/<int:work_id>", lookback)
    pages.add("GET", "/lookback/<int:work_id>/result", lookback_result)


def lookbacks() -> Response:
    with read() as tx:
        found = requested_work.listed(tx, KIND, limit=SHOWN + 1, before=asked_number("before", least=0) or None)
        last = own_calls.last_look_back(tx, monthly.KIND)
    return render(
        "compliance/lookbacks.html",
        works=found[:SHOWN],
        older=found[SHOWN - 1].id if len(found) > SHOWN else None,
        spans=SPANS,
        last=last,
        wrong=wrong,
    )


def ask_lookback() -> Response:
    span = request.form.get("last", "")
    if span not in SPANS:
        abort(404)
    now = tools().clock.now()
    with tools().database.begin() as tx:
        if requested_work.open_count(tx, KIND) >= MOST_OPEN:
            work_id = None
        else:
            work_id = requested_work.ask(tx, kind=KIND, asked={"last": span}, asked_by=actor(), now=now)
    if work_id is None:
        return refused(f"{MOST_OPEN} look backs are under way; wait for one.", to=url_for("compliance.lookbacks"))
    return done("Asked for. The result comes by itself.", to=url_for("compliance.lookback", work_id=work_id))


def lookback(work_id: int) -> Response:
    return render("compliance/lookback.html", **_values(work_id))


def lookback_result(work_id: int) -> Response:
    """The fragment that the page asks for while it waits."""
    values = _values(work_id)
    is_over = values["work"].status not in (requested_work.WAITING, requested_work.RUNNING)
    return render("compliance/lookback_result.html", status=STOP_ASKING if is_over else 200, **values)


def _values(work_id: int) -> dict[str, Any]:
    with read() as tx:
        work = requested_work.load(tx, work_id)
    if work is None or work.kind != KIND:
        abort(404)
    return {
        "work": work,
        "span": SPANS.get(work.asked.get("last", ""), "our own calls"),
        "against": AGAINST,
        "most_listed": MOST_LISTED,
        "wrong": wrong,
        "call_href": lambda sid: link_to("supervisor.call", call_sid=sid),
    }


def wrong(found: dict[str, Any]) -> int:
    """How many calls are against us, by the numbers of a look back: what must be zero."""
    without = found["without_authority"]["worst"] + found["not_on_roster"]
    return int(without + found["unproved"] + found["outside_hours"]["dialed"])
