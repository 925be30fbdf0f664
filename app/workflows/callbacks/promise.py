"""A lead's one promise of a call: made, moved, and why none can be made. Only what the law allows is ever promised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from app.domain import moments, states
from app.domain.calling_hours import most_per_day
from app.domain.lead import Custody
from app.domain.licensing import Question
from app.domain.promises import BUCKET, Slot, bucket_of, lawful
from app.domain.promises import slots as free_slots
from app.storage import access, callbacks, desk, escalations, leads, licensing_gate
from app.storage.callbacks import Callback
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.storage.leads import Lead
from app.workflows.callbacks.calls_made import DAY, calls_made
from app.workflows.calls.question import question_of
from app.workflows.leads.escalate_lead import called, is_left_alone, residence_of
from app.workflows.outbound.do_not_call import dnc_unknown

_DAYS_BACK = 7
_MOST_LICENSED = 1000
"""So many producers of a state are looked at, at most, to tell how many promises can be kept."""


@dataclass(frozen=True)
class Promise:
    """How a promise is to be made. `at` is the person's or a supervisor's own choice; else it is the first free slot.

    `asked`: the person asked for it although they had said STOP before.
    """

    made_by: str
    earliest: datetime | None = None
    at: datetime | None = None
    producer_id: int | None = None
    only_producer: bool = False
    asked: bool = False


def promise(
    tx: Transaction,
    lead: Lead,
    campaign: Campaign,
    *,
    now: datetime,
    made_by: str,
    earliest: datetime | None = None,
    at: datetime | None = None,
    producer_id: int | None = None,
    only_producer: bool = False,
    asked: bool = False,
) -> Callback | None:
    """Make or move the lead's promise; None where none can be made (`why_not` says why). One being dialed stays as it is.

    The lead is then `promised`, unless it is in a call (its end decides) or somebody has taken its escalation.
    """
    how = Promise(made_by, earliest, at, producer_id, only_producer, asked)
    standing = callbacks.active_of(tx, lead.id)
    if standing is not None and standing.status == "dialing":
        return standing
    if why_not(tx, lead, campaign, now, asked=asked) is not None:
        return None
    access.take_turns(tx, f"promises:{lead_states(lead)}")
    slot = next(_slots(tx, lead, campaign, now=now, how=how, moving=standing), None)
    if slot is None:
        return None
    kept = _keep(tx, lead, campaign, slot, how, standing, now)
    _hand_over(tx, lead, kept)
    return kept


def slots(
    tx: Transaction, lead: Lead, campaign: Campaign, *, now: datetime, count: int = 5, earliest: datetime | None = None
) -> list[Slot]:
    """The next lawful slots that are free, at most `count`, each in ten minutes of its own."""
    distinct: dict[datetime, Slot] = {}
    found = _slots(tx, lead, campaign, now=now, how=Promise("asked", earliest), moving=None)
    for slot in islice(found, count * 20):
        distinct.setdefault(bucket_of(slot.due_at), slot)
        if len(distinct) == count:
            break
    return list(distinct.values())


def why_not(
    tx: Transaction,
    lead: Lead,
    campaign: Campaign | None,
    now: datetime,
    at: datetime | None = None,
    *,
    asked: bool = False,
) -> str | None:
    """Why nobody may promise this person a call (or one `at` that time); None where one may be made."""
    if lead.phone is None:
        return "no_number"
    if is_left_alone(tx, lead, asked=asked):
        return "opted_out"
    if not asked and dnc_unknown(tx, lead, now):
        return "dnc_unknown"
    residence = residence_of(lead)
    if not residence.states or campaign is None:
        return "state_unknown"
    question = question_for(tx, lead, campaign)
    if not licensing_gate.somebody_licensed(tx, question, now, campaign_id=campaign.campaign_id):
        return "no_license"
    if at is not None and lawful(called(lead), campaign.policy, at) is None:
        return "outside_hours"
    return None


def question_for(tx: Transaction, lead: Lead, campaign: Campaign) -> Question:
    """What the gate is asked for the person behind this lead."""
    return question_of(tx, campaign, residence_of(lead))


def lead_states(lead: Lead) -> str:
    """The states that govern, joined by |; empty where they are not known."""
    return "|".join(residence_of(lead).states)


def zone_of(lead: Lead, campaign: Campaign | None) -> ZoneInfo:
    """The zone in which times are told to this person."""
    governing = residence_of(lead).states
    if governing:
        return states.zones(governing[0])[0]
    return campaign.policy.zone if campaign else ZoneInfo("America/New_York")


def spoken_when(at: datetime, lead: Lead, campaign: Campaign | None, now: datetime) -> str:
    """`at` as the code that phrases put into words for this person (their time, the day, the zone's name)."""
    return moments.when_code(at, now=now, zone=zone_of(lead, campaign))


def _slots(
    tx: Transaction, lead: Lead, campaign: Campaign, *, now: datetime, how: Promise, moving: Callback | None
) -> Iterator[Slot]:
    protected, policy = called(lead), campaign.policy
    if how.at is not None:
        chosen = lawful(protected, policy, how.at)
        if chosen is not None:
            yield chosen
        return
    earliest = max(now, how.earliest or now, _after_the_cap(tx, lead, now))
    state = lead_states(lead) or None
    taken = callbacks.promised_between(tx, state, earliest - BUCKET, earliest + timedelta(days=21))
    if moving is not None and moving.due_at in taken:
        taken.remove(moving.due_at)
    usual = _UsuallyPresent(tx, question_for(tx, lead, campaign), campaign, now)
    yield from free_slots(protected, policy, earliest, taken=taken, capacity=usual)


def _after_the_cap(tx: Transaction, lead: Lead, now: datetime) -> datetime:
    """When the state's cap on calls in 24 hours lets us call again."""
    most = most_per_day(called(lead), now)
    if most is None or lead.phone is None:
        return now
    return now if calls_made(tx, lead.phone, now) < most else now + DAY


class _UsuallyPresent:
    """How many licensed producers are on duty at an instant: now, as the desk says; later, as in the week before."""

    def __init__(self, tx: Transaction, question: Question, campaign: Campaign, now: datetime) -> None:
        self._tx, self._now = tx, now
        self._licensed = cache(
            lambda: licensing_gate.licensed(tx, question, now, campaign_id=campaign.campaign_id, limit=_MOST_LICENSED)
        )
        self._at_hour = cache(self._count)

    def __call__(self, at: datetime) -> int:
        if at <= self._now + BUCKET:
            return len(desk.present_now(self._tx, self._now) & self._licensed())
        return self._at_hour(at.replace(minute=0, second=0, microsecond=0))

    def _count(self, hour: datetime) -> int:
        """The middle of the same hour of the last seven days."""
        days_ahead = (hour - self._now).days + 1
        seen = sorted(
            len(desk.present_at(self._tx, hour - timedelta(days=days_ahead + back)) & self._licensed())
            for back in range(_DAYS_BACK)
        )
        return seen[_DAYS_BACK // 2]


def _keep(
    tx: Transaction,
    lead: Lead,
    campaign: Campaign,
    slot: Slot,
    how: Promise,
    standing: Callback | None,
    now: datetime,
) -> Callback:
    assert lead.phone is not None, "nobody without a number is promised a call"
    changes: dict[str, Any] = {
        "state": lead_states(lead) or None,
        "phone": lead.phone,
        "due_at": slot.due_at,
        "promised_by": slot.promised_by,
        "made_by": how.made_by[:120],
        "producer_id": how.producer_id,
        "only_producer": how.only_producer,
        "asked": how.asked,
        "campaign_id": campaign.campaign_id,
    }
    if standing is None:
        return callbacks.make(tx, lead_id=lead.id, now=now, **changes)
    callbacks.change(tx, standing.id, next_try_at=slot.due_at, slip_told=False, **changes)
    moved = callbacks.load(tx, standing.id)
    assert moved is not None
    return moved


def _hand_over(tx: Transaction, lead: Lead, kept: Callback) -> None:
    """The lead waits for its promise from here on."""
    if lead.custody is Custody.IN_CALL or not lead.custody.open:
        return
    waiting = escalations.open_of(tx, lead.id)
    if waiting is not None and waiting.status in ("claimed", "assigned"):
        return
    if waiting is not None:
        escalations.resolve_of_lead(tx, lead.id, outcome="promised", by=kept.made_by, now=kept.created_at)
    leads.move(tx, lead, Custody.PROMISED, owed_by=kept.promised_by)
