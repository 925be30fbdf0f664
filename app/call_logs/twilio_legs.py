"""Twilio's legs, joined into calls.

Twilio logs one row for each leg. An inbound leg is the consumer's call; every producer whom <Dial> rang is a leg of its own
(`outbound-dial`) that names the first as its parent. Our reading:

- inbound: the caller is `from`. The child that completed and lasted longest took the call: its `to` is the producer, its
  seconds are those answered. Where no child completed, the one that was rung first is named, with 0 seconds.
- outbound-api with a child: we dialed a consumer (`to`) and connected a producer, the child.
- outbound-api without a child reached nobody else: a message, or a producer who was called for a conference. No call.
- a trunk's leg does not say who took it. No call.

A whisper that the producer declines still completes, with few seconds: a log of Twilio cannot tell that from a short talk.

A call lasts 24 hours at most, so a child begins within that of its parent. Exports are sorted by time, in either direction;
legs are held until the log has moved past them by as much, and memory holds a day of them.
Source: Call of twilio_api_v2010.json (parent_call_sid, direction, status, duration); www.twilio.com/docs/voice/api/call-resource.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from app.call_logs.layout import Unreadable
from app.call_logs.lines_of_authority import NO_LINE
from app.call_logs.tally import Tally
from app.domain.lookback.calls import LoggedCall

ORPHAN = "a leg of a call that is not in the file"
NOBODY_ELSE = "a call that we placed and that connected nobody else"
UNKNOWN_WAY = "a leg whose direction is none of Twilio's"
TRUNK = "a leg of a SIP trunk, which does not say who took it"

NO_CALL = {"outbound-api": NOBODY_ELSE, "outbound-dial": ORPHAN, "trunking": TRUNK}
"""Why a leg that began something began no call, by Twilio's direction."""

_LONGEST_CALL = timedelta(hours=24)


class Leg(NamedTuple):
    """One row. `call` is what the row says by itself: its producer is `to`, its seconds are the leg's own.

    `way` is Twilio's direction, "trunking" for both of a trunk's, "" where it is none. `parent` is "" for the leg that began
    the call.
    """

    sid: str
    parent: str
    way: str
    completed: bool
    called: str
    call: LoggedCall


@dataclass
class _Held:
    """The legs that the log has not moved past, in the file's order."""

    legs: deque[Leg] = field(default_factory=deque)
    sids: set[str] = field(default_factory=set)
    children: dict[str, list[Leg]] = field(default_factory=dict)
    parents: set[str] = field(default_factory=set)


def joined(path: Path, legs: Iterator[Leg], tally: Tally) -> Iterator[LoggedCall]:
    """Each call, in the order of the legs that began them; a leg that is there twice within a day counts once.

    Legs that belong to no call go to `tally`. Raises Unreadable where the file is not sorted by time.
    """
    held = _Held()
    order = _Order(path)
    for leg in legs:
        order.moved_to(leg)
        if leg.sid in held.sids:
            continue
        if leg.sid:
            held.sids.add(leg.sid)
        held.legs.append(leg)
        if leg.parent:
            held.children.setdefault(leg.parent, []).append(leg)
        else:
            held.parents.add(leg.sid)
        while held.legs and order.is_past(held.legs[0].call.at):
            yield from _let_go(held, tally)
    while held.legs:
        yield from _let_go(held, tally)


def _let_go(held: _Held, tally: Tally) -> Iterator[LoggedCall]:
    """The oldest leg's call, if it began one. Its children have all been seen."""
    leg = held.legs.popleft()
    held.sids.discard(leg.sid)
    if leg.parent:
        if leg.parent in held.parents:
            return  # its call tells of it
        # A call that was let go already has taken its children with it.
        orphans = held.children.get(leg.parent, [])
        if leg in orphans:
            tally.miss(ORPHAN, leg.call.line)
            orphans.remove(leg)
            if not orphans:
                del held.children[leg.parent]
        return
    held.parents.discard(leg.sid)
    call = _told(leg, held.children.pop(leg.sid, []) if leg.sid else [])
    if isinstance(call, str):
        tally.miss(call, leg.call.line)
    elif not call.loa:
        tally.miss(NO_LINE, call.line)
    else:
        yield call


def _told(leg: Leg, children: list[Leg]) -> LoggedCall | str:
    """The call that a leg and its children make, or why they make none."""
    match leg.way:
        case "inbound":
            call = leg.call
        case "outbound-api" if children:
            call = leg.call._replace(caller=leg.called, direction="outbound")
        case _:
            return NO_CALL.get(leg.way, UNKNOWN_WAY)
    took = [child for child in children if child.completed and child.call.answered_seconds > 0]
    if took:
        child = max(took, key=lambda child: child.call.answered_seconds)
        return call._replace(producer=child.call.producer, answered_seconds=child.call.answered_seconds)
    if children:
        first = min(children, key=lambda child: child.call.at)
        return call._replace(producer=first.call.producer, answered_seconds=0)
    return call._replace(producer="", answered_seconds=0)


class _Order:
    """Whether the log runs forward or backward, and how far it has come. Both are possible within its first day."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._earliest: datetime | None = None
        self._latest: datetime | None = None
        self._forward = self._backward = True

    def moved_to(self, leg: Leg) -> None:
        at = leg.call.at
        if self._earliest is None or self._latest is None:
            self._earliest = self._latest = at
            return
        self._forward = self._forward and self._latest - at <= _LONGEST_CALL
        self._backward = self._backward and at - self._earliest <= _LONGEST_CALL
        if not (self._forward or self._backward):
            raise Unreadable(
                f"{self._path}: line {leg.call.line}: a call of {at:%Y-%m-%d} among others of {self._latest:%Y-%m-%d}"
                f" and {self._earliest:%Y-%m-%d}; sort the file by time, so that the legs of a call stand together"
            )
        self._earliest, self._latest = min(self._earliest, at), max(self._latest, at)

    def is_past(self, at: datetime) -> bool:
        """Whether no further leg can belong to a call of `at`."""
        if self._forward and self._backward:
            return False
        if self._forward:
            return self._latest is not None and self._latest - at > _LONGEST_CALL
        return self._earliest is not None and at - self._earliest > _LONGEST_CALL
