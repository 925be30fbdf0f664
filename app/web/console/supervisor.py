"""The supervisor's board: who waits, who is on the line, who is at a desk; and taking whatever is worst."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, request, url_for

from app.domain.call import Phase
from app.storage import escalations, floor, leads
from app.storage.database import Transaction
from app.storage.escalations import Escalation
from app.storage.floor import LiveCall
from app.storage.leads import Lead
from app.web.console import call_pages, escalation_pages
from app.web.console.doors import Section, actor, done, read, refused, render, tools
from app.web.console.refusal_words import refusal_in_words
from app.web.console.signals import signals_of
from app.web.console.why import line_of_authority, who_was_not, who_was_rung, why_waiting
from app.workflows.authority.uncovered_states import uncovered_states
from app.workflows.leads.claim_escalation import claim_escalation
from app.workflows.leads.claim_next import claim_next as claim_the_next
from app.workflows.leads.escalation_in_hand import Refused
from app.workflows.leads.people_waiting import Queue, Waiting, people_waiting

ID = "<int(max=2147483647):escalation_id>"

MOST_PEOPLE, MOST_HANDED, MOST_CALLS, MOST_DESKS, MOST_RESOLVED = 50, 20, 30, 40, 8


def section() -> Section:
    pages = Section("supervisor", "")
    pages.add("GET", "/supervisor", queue)
    pages.add("GET", "/supervisor/board", board)
    pages.add("POST", "/supervisor/claim-next", claim_next)
    pages.add("POST", f"/supervisor/escalations/{ID}/claim", claim)
    escalation_pages.add_to(pages)
    call_pages.add_to(pages)
    return pages


def queue() -> Response:
    """The board, whole; it looks again by itself."""
    return render("supervisor/queue.html", **_board())


def board() -> Response:
    """What of it changes."""
    return render("supervisor/board.html", **_board())


def claim_next() -> Response:
    """Take the worst that nobody has, and go to it."""
    claimed = claim_the_next(actor=actor(), database=tools().database, now=tools().clock.now())
    if claimed is None:
        return done("Nobody waits whom nobody has.", to=url_for("supervisor.queue"))
    return done("Claimed: yours now.", to=url_for("supervisor.escalation", escalation_id=claimed.id))


def claim(escalation_id: int) -> Response:
    """Take this one. Of two who try at once one has it, and the other is told who."""
    found = claim_escalation(escalation_id, actor=actor(), database=tools().database, now=tools().clock.now())
    if found is None:
        abort(404)
    to = url_for("supervisor.escalation", escalation_id=escalation_id)
    if isinstance(found, Refused):
        return refused(refusal_in_words(found), to=to)
    return done("Claimed: yours now.", to=to)


# ---- what the board shows


@dataclass(frozen=True)
class Row:
    """One person of the queue, with the sentences of why nobody was dialed."""

    waiting: Waiting
    why: str
    rung: str
    skipped: list[str]
    line: str


@dataclass(frozen=True)
class Lane:
    """A part of the queue under a heading of its own."""

    key: str
    title: str
    rows: list[Row]


@dataclass(frozen=True)
class OnLine:
    """A call on the line with whose it is. `names` are producers' by id."""

    live: LiveCall
    lead: Lead | None
    campaign: str | None
    names: dict[int, str]


def _board() -> dict[str, Any]:
    now, mine = tools().clock.now(), request.args.get("mine") == "1"
    by = actor() if mine else None
    with read() as tx:
        waiting = people_waiting(tx, now, limit=MOST_PEOPLE, claimed_by=by)
        handed = people_waiting(tx, now, limit=MOST_HANDED, statuses=("assigned",), claimed_by=by)
        resolved = escalations.resolved_since(tx, midnight(now), limit=MOST_RESOLVED)
        live, live_total = floor.live_calls(tx, limit=MOST_CALLS)
        lines = _on_line(tx, live)
        desks, desks_total = floor.at_desks(tx, now, limit=MOST_DESKS)
        return {
            "mine": mine,
            "lanes": _lanes(waiting, handed, now),
            "more": waiting.more(),
            "holders": [one for one in lines if one.live.waits],
            "lines": lines,
            "live_total": live_total,
            "desks": desks,
            "desks_total": desks_total,
            "resolved": _told(tx, resolved),
            "coverage": uncovered_states(tx, now),
            "signals": signals_of(tx, now),
            "steps": ladder,
        }


def _lanes(waiting: Queue, handed: Queue, now: datetime) -> list[Lane]:
    people = [_row(one) for one in waiting.people]
    overdue = [row for row in people if row.waiting.overdue(now)]
    soon = [row for row in people if row.waiting.soon(now)]
    rest = [row for row in people if row not in overdue and row not in soon]
    lanes = [
        Lane("overdue", "Overdue", overdue),
        Lane("soon", "Due within 10 minutes", soon),
        Lane("later", "Waiting", rest),
        Lane("handed", "With a producer", [_row(one) for one in handed.people]),
    ]
    return [lane for lane in lanes if lane.rows]


def _row(waiting: Waiting) -> Row:
    line = ""
    if waiting.campaign is not None:
        line = f"{waiting.campaign.name} · {line_of_authority(str(waiting.campaign.requirement))}"
    return Row(waiting, why_waiting(waiting), who_was_rung(waiting.rung), who_was_not(waiting.refused), line)


def _on_line(tx: Transaction, live: list[LiveCall]) -> list[OnLine]:
    of_whom = leads.many(tx, {one.call.lead_id for one in live if one.call.lead_id is not None})
    names = floor.names(tx, {attempt.producer_id for one in live for attempt in one.attempts})
    campaigns = floor.campaign_names(tx) if live else {}
    return [
        OnLine(
            one,
            of_whom.get(one.call.lead_id) if one.call.lead_id is not None else None,
            campaigns.get(one.call.campaign_id) if one.call.campaign_id is not None else None,
            names,
        )
        for one in live
    ]


def _told(tx: Transaction, resolved: list[Escalation]) -> list[tuple[Escalation, Lead | None]]:
    of_whom = leads.many(tx, [one.lead_id for one in resolved]) if resolved else {}
    return [(one, of_whom.get(one.lead_id)) for one in resolved]


def midnight(now: datetime) -> datetime:
    """When the agency's day began."""
    zone = ZoneInfo(tools().settings.time_zone)
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def ladder(line: OnLine) -> list[tuple[str, str]]:
    """(word, done | now | next) of each step of a call: arrived, state, offered 1 to n, and where it came to."""
    call, rung = line.live.call, line.live.attempts
    steps = [("Arrived" if call.direction == "inbound" else "Callback", "done")]
    if call.asks or call.phase is Phase.LOCATING:
        steps.append(("State asked", "now" if call.phase is Phase.LOCATING and not call.accepted_at else "done"))
    for attempt in rung:
        name = line.names.get(attempt.producer_id, attempt.npn).split(" ")[0]
        steps.append((f"{attempt.number}. {name}", "now" if attempt.open and not attempt.accepted_at else "done"))
    if call.phase is Phase.RECEIVED:
        steps[0] = (steps[0][0], "now")
    last = {Phase.CONNECTED: "Connected", Phase.ACKNOWLEDGING: "Acknowledged", Phase.HOLDING: "On hold"}.get(call.phase)
    return [*steps, (last, "now")] if last else steps
