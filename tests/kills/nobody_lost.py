"""Leads in = leads in a custody with due work: the carrier's calls against the product's leads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.simulator.calls import Call
from app.simulator.exchange import Exchange
from tests.kills.rows import Row, Rows
from tests.kills.traffic import Posted

LEFT_ALONE = timedelta(seconds=5)
"""A call that ends sooner, unanswered, is listed and left alone."""

CLAIM = timedelta(minutes=2)
"""So long the scheduler's claim on a callback stands without a sign of the producer's leg."""

WAITING = ("promised", "dialing")
ON_THE_LIST = ("open", "claimed", "assigned")


@dataclass(frozen=True)
class Found:
    """What a check came to: how many it looked at, and one line for each that is wrong."""

    looked_at: int
    wrong: list[str]


@dataclass(frozen=True)
class Lines:
    """Who is on a line, as the carrier has it; a leg that has just ended still counts, its report is on the way."""

    legs: frozenset[str]
    unnamed_since: datetime

    def has(self, call: Row) -> bool:
        """A callback's call has a name of ours until the carrier has told its own, or its claim runs out."""
        if call["call_sid"] in self.legs:
            return True
        return bool(call["call_sid"].startswith("callback:") and call["arrived_at"] >= self.unnamed_since)


def on_the_line(exchange: Exchange, *, grace: timedelta) -> Lines:
    since = exchange.now - grace
    legs = exchange.record.legs.values()
    live = frozenset(leg.sid for leg in legs if leg.ended_at is None or leg.ended_at >= since)
    return Lines(live, since - CLAIM)


def persons_calls(exchange: Exchange, producers: Collection[str]) -> list[Call]:
    """Calls that people made to us, but for those who were gone before anybody could have answered."""
    return [
        call
        for call in exchange.record.calls
        if not call.was_placed and call.leg.number not in producers and not _left_at_once(call)
    ]


def _left_at_once(call: Call) -> bool:
    ended = call.ended_at
    return ended is not None and call.answered_at is None and ended - call.leg.started_at <= LEFT_ALONE


def calls_without_lead(rows: Rows, calls: Sequence[Call]) -> Found:
    """Each of `calls` has a lead."""
    leads = {row["id"] for row in rows.leads}
    wrong = []
    for call in calls:
        row = rows.call(call.sid)
        if row is None:
            wrong.append(f"{call} is not known to us")
        elif row["lead_id"] not in leads:
            wrong.append(f"{call} has no lead")
    return Found(len(calls), wrong)


def posts_without_lead(rows: Rows, posted: Sequence[Posted]) -> Found:
    """Each lead that a vendor was told of is there, once, however often it was posted."""
    named = Counter(row["external_id"] for row in rows.leads if row["external_id"] and row["posted"])
    ids = {row["id"] for row in rows.leads}
    wrong = [
        f"{post.external_id} was posted as lead {post.lead_id}, and is lost"
        for post in posted
        if post.lead_id not in ids
    ]
    wrong += [f"{name} was posted once and kept {count} times" for name, count in named.items() if count > 1]
    return Found(len(posted), wrong)


def posts_not_joined(rows: Rows, calls: Sequence[Call]) -> Found:
    """No posted lead waits for a call that has come already: from its own number, not withheld, after the post."""
    waiting = [row for row in rows.leads if row["posted"] and row["custody"] == "in_call"]
    wrong = []
    for lead in waiting:
        came = [
            call
            for call in calls
            if call.leg.number == lead["phone"]
            and call.ended
            and "From" not in call.leg.overrides
            and call.leg.started_at > lead["created_at"]
        ]
        if came and not rows.of_lead(rows.calls, lead["id"]):
            joined = [row["lead_id"] for row in rows.calls if row["call_sid"] in {call.sid for call in came}]
            wrong.append(
                f"lead {lead['id']} still waits; {came[0]} came at {came[0].leg.started_at:%H:%M:%S}: {joined}"
            )
    return Found(len(waiting), wrong)


def lost_leads(rows: Rows, lines: Lines, *, grace: timedelta) -> Found:
    """Each lead is served, closed, or owed a step by work that is there and due. `grace` is how late a tick may be."""
    wrong = [
        f"lead {lead['id']} ({lead['phone']}): {why}" for lead in rows.leads for why in _lost(rows, lead, lines, grace)
    ]
    return Found(len(rows.leads), wrong)


def _lost(rows: Rows, lead: Row, lines: Lines, grace: timedelta) -> Iterator[str]:
    custody, owed_by = lead["custody"], lead["owed_by"]
    if custody in ("served", "closed"):
        return
    waiting = [row for row in rows.of_lead(rows.escalations, lead["id"]) if row["status"] in ON_THE_LIST]
    promises = [row for row in rows.of_lead(rows.callbacks, lead["id"]) if row["status"] in WAITING]
    on_a_line = [row for row in rows.of_lead(rows.calls, lead["id"]) if lines.has(row)]
    late = owed_by < rows.now - grace
    if custody == "escalated" and not waiting:
        yield "escalated, and on nobody's list"
    if custody == "promised":
        yield from _unkept(rows, promises, grace)
    if custody == "in_call" and not on_a_line and not (lead["posted"] and not rows.of_lead(rows.calls, lead["id"])):
        phases = [
            f"{row['direction']} {row['call_sid']} {row['phase']}" for row in rows.of_lead(rows.calls, lead["id"])
        ]
        yield f"in a call, and the carrier knows of none: {phases}"
    if late and custody != "escalated":
        yield f"{custody}, owed since {owed_by:%H:%M:%S}, now {rows.now:%H:%M:%S}"


def _unkept(rows: Rows, promises: Sequence[Row], grace: timedelta) -> Iterator[str]:
    if not promises:
        yield "promised, and no promise stands"
    for promise in promises:
        until = promise["promised_by"] if promise["status"] == "promised" else promise["claimed_until"]
        if until is None or until < rows.now - grace:
            yield f"callback {promise['id']} is {promise['status']} until {until}, which is over"


def calls_never_ended(rows: Rows, lines: Lines) -> Found:
    """No call of ours is live that the carrier has ended."""
    wrong = [
        f"call {row['id']} ({row['direction']}, {row['call_sid']}) is {row['phase']} since {row['arrived_at']:%H:%M:%S}"
        for row in rows.calls
        if row["ended_at"] is None and not lines.has(row)
    ]
    return Found(len(rows.calls), wrong)


def held_desks(rows: Rows, lines: Lines) -> Found:
    """No producer is held by a call that is over, by our own books or by the carrier's."""
    calls = {row["id"]: row for row in rows.calls}
    wrong = []
    for desk in rows.desks:
        call = calls.get(desk["held_by"]) if desk["held_by"] is not None else None
        if desk["held_by"] is None or (call and call["ended_at"] is None and lines.has(call)):
            continue
        told = f"{call['direction']}, {call['phase']}" if call else "unknown"
        wrong.append(
            f"producer {rows.npn(desk['producer_id'])} is held by call {desk['held_by']} ({told}), which is over"
        )
    return Found(len(rows.desks), wrong)
