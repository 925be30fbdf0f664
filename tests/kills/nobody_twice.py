"""Texts at most once, and producers booked once: by the carrier's own record."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from app.simulator.exchange import Exchange
from app.simulator.legs import Leg
from app.simulator.record import Text
from tests.kills.nobody_lost import Found
from tests.kills.rows import Row, Rows

NEVER_LEFT = ("queued", "dropped", "refused")
UNASKED = ("sorry we missed you", "we could not call when")


# ---- texts


def texts_twice(rows: Rows, exchange: Exchange) -> Found:
    """Never two messages for one row of the outbox, and none without a row; at most one unasked text a failed call."""
    sent = [text for text in exchange.record.texts.values() if text.direction == "outbound-api" and not text.by_carrier]
    of_rows = Counter((row["to_number"], row["body"].strip()) for row in rows.texts if row["status"] not in NEVER_LEFT)
    of_carrier = Counter((text.to_number, text.body.strip()) for text in sent)
    wrong = [
        f"{count} messages to {number} for {of_rows[number, body]} rows: {body[:60]!r}"
        for (number, body), count in of_carrier.items()
        if count > of_rows[number, body]
    ]
    sids = Counter(row["message_sid"] for row in rows.texts if row["message_sid"])
    wrong += [f"message {sid} is {count} rows" for sid, count in sids.items() if count > 1]
    return Found(len(sent), [*wrong, *_unasked_too_often(exchange, sent)])


def _unasked_too_often(exchange: Exchange, sent: Sequence[Text]) -> Iterator[str]:
    """Told from the carrier's record alone: calls of theirs, and calls to them, that did not come to a talk."""
    told = Counter(text.to_number for text in sent if any(words in text.body for words in UNASKED))
    failed = Counter(leg.number for leg in exchange.record.legs.values() if leg.direction == "inbound")
    for number, count in told.items():
        slipped = sum(UNASKED[1] in text.body for text in sent if text.to_number == number)
        if count - slipped > failed[number]:
            yield f"{number} called {failed[number]} times and got {count - slipped} unasked texts"


# ---- bookings


def double_bookings(exchange: Exchange, producers: Collection[str]) -> Found:
    """No producer's phone is rung, or in a talk, by us twice at one moment."""
    by_phone: defaultdict[str, list[Leg]] = defaultdict(list)
    for leg in exchange.record.legs.values():
        if leg.direction != "inbound" and leg.number in producers:
            by_phone[leg.number].append(leg)
    wrong = []
    for number, legs in by_phone.items():
        spans = sorted(
            ((_dialed_at(leg), leg.ended_at or exchange.now, leg.sid) for leg in legs), key=lambda span: span[0]
        )
        wrong += [
            f"{number}: leg {second[2]} dialed at {second[0]:%H:%M:%S.%f}, and leg {first[2]} until {first[1]:%H:%M:%S.%f}"
            for first, second in pairwise(spans)
            if second[0] < first[1]
        ]
    return Found(sum(len(legs) for legs in by_phone.values()), wrong)


def _dialed_at(leg: Leg) -> datetime:
    """When the phone was dialed: a call that REST asked for may wait in the carrier's queue before."""
    return next((line.at for line in leg.happenings if line.what == "is dialed"), leg.started_at)


def overlapping_attempts(rows: Rows, *, grace: timedelta) -> Found:
    """By our own books, too. `grace`: two webhooks read the clock before they wait for each other's transaction."""
    by_producer: defaultdict[int, list[Row]] = defaultdict(list)
    for attempt in rows.attempts:
        by_producer[attempt["producer_id"]].append(attempt)
    wrong = []
    for producer_id, attempts in by_producer.items():
        for first, second in pairwise(sorted(attempts, key=lambda row: row["started_at"])):
            if first["ended_at"] is None or second["started_at"] < first["ended_at"] - grace:
                ended = f"{first['ended_at']:%H:%M:%S.%f}" if first["ended_at"] else "not over"
                wrong.append(
                    f"producer {rows.npn(producer_id)}: attempt {first['id']} ({ended}), then {second['id']} at"
                    f" {second['started_at']:%H:%M:%S.%f}"
                )
    return Found(len(rows.attempts), wrong)
