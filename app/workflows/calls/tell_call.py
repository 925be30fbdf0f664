"""A call told again: all that happened, was decided, was texted and was recorded, in the order of the clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from app.domain.calling_hours import next_span, rules
from app.domain.calling_rules import Rule
from app.domain.spans import Span
from app.storage import attempts, calls, campaigns, floor, leads, ledger, recordings, texts
from app.storage.attempts import Attempt
from app.storage.calls import Call, Event
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.storage.leads import Lead
from app.storage.ledger import DECISIONS, Entry
from app.storage.recordings import Recording
from app.storage.texts import Text
from app.workflows.leads.escalate_lead import called

TEXTED_WITHIN = timedelta(minutes=5)
"""What is texted so soon after a call is shown with it."""

_ROUNDS = ("caller_held",)
_LEGS = ("leg_progressed",)


@dataclass(frozen=True)
class Moment:
    """One line of the story. `what` is an Event, a ledger Entry or a Text; `times`: so often, to `until`, with no change."""

    at: datetime
    what: Event | Entry | Text
    times: int = 1
    until: datetime | None = None


@dataclass(frozen=True)
class Window:
    """When the law let us call this person, as it stood at the call: the hours that counted, and the rules behind them."""

    span: Span | None
    open_then: bool
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Told:
    """A call with everything about it. `names` are producers' by NPN."""

    call: Call
    campaign: Campaign | None
    lead: Lead | None
    attempts: tuple[Attempt, ...]
    names: dict[str, str]
    moments: tuple[Moment, ...]
    decisions: tuple[Entry, ...]
    recordings: tuple[Recording, ...]
    window: Window | None


def tell_call(tx: Transaction, call_sid: str) -> Told | None:
    """None where there is no such call. The number of statements does not grow with what happened."""
    call = calls.read(tx, call_sid)
    if call is None:
        return None
    lead = leads.load(tx, call.lead_id) if call.lead_id is not None else None
    rung = attempts.of_call(tx, call.id)
    found = floor.names(tx, [attempt.producer_id for attempt in rung])
    entries = ledger.of_call(tx, call.id)
    return Told(
        call=call,
        campaign=campaigns.by_id(tx, call.campaign_id) if call.campaign_id is not None else None,
        lead=lead,
        attempts=tuple(rung),
        names={attempt.npn: found.get(attempt.producer_id, "") for attempt in rung},
        moments=tuple(_moments(calls.events(tx, call.id), entries, _texted(tx, call))),
        decisions=tuple(entry for entry in entries if entry.kind in DECISIONS),
        recordings=tuple(recordings.of_call(tx, call.id)),
        window=_window(lead, call.arrived_at) if lead is not None and lead.phone is not None else None,
    )


def _texted(tx: Transaction, call: Call) -> list[Text]:
    if call.lead_id is None:
        return []
    until = (call.ended_at or call.arrived_at + timedelta(days=1)) + TEXTED_WITHIN
    return [text for text in texts.of_lead(tx, call.lead_id) if call.arrived_at <= text.created_at <= until]


def _window(lead: Lead, at: datetime) -> Window:
    whose = called(lead)
    span = next_span(whose, at)
    return Window(span, span is not None and at in span, tuple(rules(whose, at)))


def _moments(events: Sequence[Event], entries: Sequence[Entry], texted: Sequence[Text]) -> Iterator[Moment]:
    """What led to a decision stands before it; rounds of waiting and steps of one leg are one line each."""
    told: list[tuple[datetime, int, Event | Entry | Text]] = [
        *((event.at, 2 if event.happening == "producer_offered" else 0, event) for event in events),
        *((entry.at, 1, entry) for entry in entries),
        *((text.created_at, 3, text) for text in texted),
    ]
    told.sort(key=lambda one: one[:2])
    for _, group in groupby((what for _, _, what in told), key=_alike):
        run = list(group)
        yield Moment(_at(run[0]), run[-1], _rounds(run), _at(run[-1]) if len(run) > 1 else None)


def _alike(what: Event | Entry | Text) -> object:
    if isinstance(what, Event) and what.happening in _ROUNDS and "round" in what.facts:
        return "waits"
    if isinstance(what, Entry) and what.kind == "offer" and what.facts.get("lack") == "nobody_available":
        return "waits"
    if isinstance(what, Event) and what.happening in _LEGS:
        return "leg", what.facts.get("leg"), what.facts.get("offer")
    return id(what)


def _rounds(run: Sequence[Event | Entry | Text]) -> int:
    """How often it came: of a round of waiting and the decision in it only one counts, of a leg only where it is now."""
    if isinstance(run[0], Event) and run[0].happening in _LEGS:
        return 1
    decisions = sum(isinstance(what, Entry) for what in run)
    return max(decisions, len(run) - decisions)


def _at(what: Event | Entry | Text) -> datetime:
    return what.created_at if isinstance(what, Text) else what.at
