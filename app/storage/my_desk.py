"""What one producer sees of themselves: presence, the call card, the promises that are theirs. Never anybody else's leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, or_, select

from app.domain.call import Outcome
from app.domain.lead import Custody
from app.domain.talk_word import TalkWord
from app.storage import attempts, calls, campaigns, desk, leads, talk_words, wrong_states
from app.storage.attempts import Attempt
from app.storage.calls import Call
from app.storage.campaigns import Campaign
from app.storage.desk import Seat
from app.storage.leads import Lead
from app.storage.models.base import table_of
from app.storage.models.calls import AttemptRow, CallRow, LeadRow
from app.storage.models.campaigns import VendorRow
from app.storage.models.desk import PresenceEventRow
from app.storage.models.roster import ProducerRow
from app.storage.models.work import CallbackRow, EscalationRow

_attempts, _calls, _leads = table_of(AttemptRow), table_of(CallRow), table_of(LeadRow)
_callbacks, _escalations = table_of(CallbackRow), table_of(EscalationRow)
_producers, _presences, _vendors = table_of(ProducerRow), table_of(PresenceEventRow), table_of(VendorRow)

SHOWN_FOR = timedelta(hours=12)
"""So long the last call stays on the card."""

MOST_EARLIER = 5
_MOST_PRESENCES = 20


@dataclass(frozen=True)
class Now:
    """Where the producer stands. `state` is available, ringing, on_call, wrap_up, not_now, away, missed or offline.

    `until`: the end of wrap-up, of "not now", or of the presence itself. `extendable`: wrap-up may still be prolonged.
    """

    seat: Seat
    state: str
    since: datetime | None
    until: datetime | None
    suspended: bool
    last_talk: Attempt | None


@dataclass(frozen=True)
class EarlierCall:
    """A call with the same person. `npn` is whoever talked with them last on it; None: nobody did."""

    call_sid: str
    direction: str
    arrived_at: datetime
    served_seconds: int
    disposition: str | None
    producer: str | None


@dataclass(frozen=True)
class Card:
    """One call of the producer's: the one that rings or goes on, or else the last one that they took."""

    attempt: Attempt
    call: Call
    lead: Lead | None
    campaign: Campaign | None
    vendor: str | None
    said: TalkWord | None
    wrong_states: tuple[str, ...]
    promise: Promised | None
    earlier: tuple[EarlierCall, ...]

    @property
    def rings(self) -> bool:
        return self.attempt.open and self.attempt.accepted_at is None

    @property
    def talks(self) -> bool:
        return self.attempt.open and self.attempt.accepted_at is not None

    @property
    def is_callback(self) -> bool:
        return self.call.direction == "callback"

    @property
    def custody(self) -> Custody | None:
        return self.lead.custody if self.lead else None


@dataclass(frozen=True)
class Promised:
    """A call that is promised to a person. `mine_alone`: nobody else may make it; else the producer is asked first."""

    callback_id: int
    lead_id: int
    name: str
    phone: str
    states: tuple[str, ...]
    campaign: str
    status: str
    due_at: datetime
    promised_by: datetime
    attempts: int
    mine_alone: bool
    assigned: bool


# ---- presence


_suspended = select(_producers.c.suspended).where(_producers.c.id == bindparam("producer_id"))
_last_attempt = (
    select(_attempts.c.number, _attempts.c.call_id, _attempts.c.started_at, _attempts.c.accepted_at)
    .add_columns(_attempts.c.ended_at, _attempts.c.outcome)
    .where(_attempts.c.producer_id == bindparam("producer_id"))
    .order_by(_attempts.c.started_at.desc(), _attempts.c.id.desc())
    .limit(1)
)


def now_of(tx: Connection, producer_id: int, now: datetime) -> Now | None:
    """None: the roster has no such producer."""
    seat = desk.seat(tx, producer_id)
    if seat is None:
        return None
    last = tx.execute(_last_attempt, {"producer_id": producer_id}).first()
    state, since, until = seat.availability(now), _since(tx, seat), None
    if state == "held":
        talks = last is not None and last.accepted_at is not None
        state = "on_call" if talks else "ringing"
        if last is not None:
            since = last.accepted_at or last.started_at
    elif state == "wrap_up":
        until = seat.free_at
        if last is not None and last.ended_at is not None:
            since = last.ended_at
            state = "not_now" if last.outcome == Outcome.DECLINED else "wrap_up"
    elif state == "available":
        until = seat.present_until
        since = max(since or seat.free_at, seat.free_at)
    elif state == "offline" and seat.presence == "available":
        since = seat.present_until
    return Now(
        seat=seat,
        state=state,
        since=since,
        until=until,
        suspended=bool(tx.execute(_suspended, {"producer_id": producer_id}).scalar()),
        last_talk=attempts.last_talk(tx, producer_id),
    )


def _since(tx: Connection, seat: Seat) -> datetime | None:
    """Since when the presence is what it is; what was written down again did not change it."""
    rows = tx.execute(
        select(_presences.c.at, _presences.c.presence)
        .where(_presences.c.producer_id == seat.producer_id)
        .order_by(_presences.c.id.desc())
        .limit(_MOST_PRESENCES)
    )
    since = None
    for at, presence in rows:
        if presence != seat.presence:
            break
        since = at
    return since


# ---- the call card


_mine = (
    select(_attempts.c.call_id, _attempts.c.number)
    .where(
        _attempts.c.producer_id == bindparam("producer_id"),
        or_(_attempts.c.ended_at.is_(None), _attempts.c.accepted_at.is_not(None)),
        _attempts.c.started_at > bindparam("since", type_=_attempts.c.started_at.type),
    )
    .order_by(_attempts.c.started_at.desc(), _attempts.c.id.desc())
    .limit(1)
)


def card_of(tx: Connection, producer_id: int, now: datetime) -> Card | None:
    """The call that rings or goes on, else the last talk; None where there was none for twelve hours."""
    row = tx.execute(_mine, {"producer_id": producer_id, "since": now - SHOWN_FOR}).first()
    return None if row is None else _card(tx, row.call_id, row.number)


def card_of_call(tx: Connection, producer_id: int, call_sid: str) -> Card | None:
    """The producer's last talk on one call; None where they have had none there."""
    call = calls.read(tx, call_sid)
    if call is None:
        return None
    mine = [
        attempt
        for attempt in attempts.of_call(tx, call.id)
        if attempt.producer_id == producer_id and attempt.accepted_at is not None
    ]
    return _card(tx, call.id, mine[-1].number) if mine else None


def _card(tx: Connection, call_id: int, number: int) -> Card | None:
    call = calls.by_id(tx, call_id)
    attempt = next((each for each in attempts.of_call(tx, call_id) if each.number == number), None)
    if call is None or attempt is None:
        return None
    lead = leads.load(tx, call.lead_id) if call.lead_id is not None else None
    said = talk_words.last_of(tx, call_id, number)
    reports = [report for report in wrong_states.of_call(tx, call_id) if report.offer >= number]
    vendor_id = lead.vendor_id if lead else None
    return Card(
        attempt=attempt,
        call=call,
        lead=lead,
        campaign=campaigns.by_id(tx, call.campaign_id) if call.campaign_id is not None else None,
        vendor=tx.execute(select(_vendors.c.name).where(_vendors.c.id == vendor_id)).scalar() if vendor_id else None,
        said=said.word if said else None,
        wrong_states=tuple(dict.fromkeys(state for report in reports for state in report.states)),
        promise=_standing(tx, lead.id) if lead else None,
        earlier=_earlier(tx, lead.id, call_id) if lead else (),
    )


def _earlier(tx: Connection, lead_id: int, but: int) -> tuple[EarlierCall, ...]:
    rows = tx.execute(
        select(_calls)
        .where(_calls.c.lead_id == lead_id, _calls.c.id != but)
        .order_by(_calls.c.arrived_at.desc(), _calls.c.id.desc())
        .limit(MOST_EARLIER)
    ).all()
    talked: dict[int, str] = {}
    with_whom = (
        select(_attempts.c.call_id, _producers.c.first_name, _producers.c.last_name)
        .join(_producers, _producers.c.id == _attempts.c.producer_id)
        .where(_attempts.c.call_id.in_([row.id for row in rows]), _attempts.c.outcome == Outcome.ACCEPTED)
        .order_by(_attempts.c.id)
    )
    for row in tx.execute(with_whom) if rows else ():
        talked[row.call_id] = f"{row.first_name} {row.last_name}"
    return tuple(
        EarlierCall(
            row.call_sid, row.direction, row.arrived_at, row.served_seconds, row.disposition, talked.get(row.id)
        )
        for row in rows
    )


# ---- promises


def _promises() -> Select[Any]:
    assigned = (
        select(_escalations.c.id)
        .where(
            _escalations.c.lead_id == _callbacks.c.lead_id,
            _escalations.c.status == "assigned",
            _escalations.c.assigned_to == _callbacks.c.producer_id,
        )
        .correlate(_callbacks)
        .exists()
    )
    return (
        select(_callbacks, _leads.c.first_name, _leads.c.last_name, assigned.label("assigned"))
        .join(_leads, _leads.c.id == _callbacks.c.lead_id)
        .where(_callbacks.c.status.in_(["promised", "dialing"]))
    )


_standing_of_lead = _promises().where(_callbacks.c.lead_id == bindparam("lead_id"))
_promised_to = (
    _promises()
    .where(_callbacks.c.producer_id == bindparam("producer_id"))
    .order_by(_callbacks.c.due_at, _callbacks.c.id)
    .limit(bindparam("most"))
)


def promised_to(tx: Connection, producer_id: int, *, most: int = 50) -> list[Promised]:
    """Calls that this producer is to make, or is asked to make first, the one that is due first first."""
    rows = tx.execute(_promised_to, {"producer_id": producer_id, "most": most}).mappings().all()
    return _promised(tx, rows)


def _standing(tx: Connection, lead_id: int) -> Promised | None:
    rows = tx.execute(_standing_of_lead, {"lead_id": lead_id}).mappings().all()
    return next(iter(_promised(tx, rows)), None)


def _promised(tx: Connection, rows: Sequence[Any]) -> list[Promised]:
    ids = {row["campaign_id"] for row in rows if row["campaign_id"] is not None}
    named = {campaign_id: campaigns.by_id(tx, campaign_id).name for campaign_id in sorted(ids)}
    return [
        Promised(
            callback_id=row["id"],
            lead_id=row["lead_id"],
            name=f"{row['first_name']} {row['last_name']}".strip(),
            phone=row["phone"],
            states=tuple(state for state in (row["state"] or "").split("|") if state),
            campaign=named.get(row["campaign_id"], ""),
            status=row["status"],
            due_at=row["due_at"],
            promised_by=row["promised_by"],
            attempts=row["attempts"],
            mine_alone=row["only_producer"],
            assigned=bool(row["assigned"]),
        )
        for row in rows
    ]
