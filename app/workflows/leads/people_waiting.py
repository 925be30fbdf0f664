"""The supervisors' queue as a page shows it: who waits, worst first, until when, and why nobody was dialed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.calling_hours import next_span
from app.domain.residency import Residence
from app.domain.spans import Span
from app.storage import campaigns, escalations, leads, refusals
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.storage.escalations import UNSEEN, Escalation, Line
from app.storage.leads import Lead
from app.storage.ledger import Entry
from app.storage.refusals import Rung
from app.workflows.authority.count_refusals import Refusals, count_refusals
from app.workflows.leads.escalate_lead import called, residence_of

SOON = timedelta(minutes=10)
"""What ends so soon has a lane of its own. Source: CONSOLE.md section 1 (Zammad)."""

_LOOKED_AT = 3
"""Times the rows that are shown: a window may close sooner than what is due before it."""


@dataclass(frozen=True)
class Waiting:
    """One person who waits for a supervisor.

    `span` is when they may be called: now, or next; None: not in the next three weeks. `decision` is the gate's last one on
    their last call; `refused` counts those who were not rung for it, None where nobody has worked it out yet.
    """

    escalation: Escalation
    lead: Lead
    campaign: Campaign | None
    residence: Residence
    span: Span | None
    rung: tuple[Rung, ...]
    decision: Entry | None
    refused: Refusals | None

    def callable_at(self, now: datetime) -> bool:
        """Whether the law lets us call them now."""
        return self.span is not None and now in self.span

    def deadline(self, now: datetime) -> datetime:
        """The earlier of what is due and of the closing of the hours in which they may be called."""
        due_at = self.escalation.due_at
        return min(due_at, self.span.closes) if self.span is not None and self.callable_at(now) else due_at

    def overdue(self, now: datetime) -> bool:
        return self.deadline(now) <= now

    def soon(self, now: datetime) -> bool:
        """Not overdue, and due within ten minutes."""
        return now < self.deadline(now) <= now + SOON

    @property
    def rung_last(self) -> tuple[Rung, ...]:
        """Who was rung on the last call."""
        return tuple(ring for ring in self.rung if self.decision and ring.call_id == self.decision.call_id)


@dataclass(frozen=True)
class Queue:
    """`people` are at most as many as were asked for; `line` counts all of them."""

    people: tuple[Waiting, ...]
    line: Line

    def more(self, statuses: Collection[str] = UNSEEN) -> int:
        """How many wait besides those who are shown."""
        return sum(self.line.counts.get(status, 0) for status in statuses) - len(self.people)


def people_waiting(
    tx: Transaction, now: datetime, *, limit: int, statuses: Collection[str] = UNSEEN, claimed_by: str | None = None
) -> Queue:
    """At most `limit`, overdue ones first, then by their deadline; with `claimed_by` only theirs.

    The number of statements does not grow with the rows, nor with the roster.
    """
    standing = escalations.worst_first(tx, statuses=statuses, limit=limit * _LOOKED_AT, claimed_by=claimed_by)
    people = _people(tx, standing, now)
    shown = sorted(people, key=lambda one: (not one.overdue(now), one.deadline(now), one.escalation.id))[:limit]
    return Queue(tuple(_with_reasons(tx, shown)), escalations.line(tx, claimed_by))


def person_waiting(tx: Transaction, escalation_id: int, now: datetime, *, with_reasons: bool = True) -> Waiting | None:
    """One item of the queue, resolved or not; None where there is no such item."""
    found = escalations.load(tx, escalation_id)
    if found is None:
        return None
    people = _people(tx, [found], now)
    return _with_reasons(tx, people)[0] if with_reasons else people[0]


def _people(tx: Transaction, standing: Sequence[Escalation], now: datetime) -> list[Waiting]:
    of_whom = leads.many(tx, [one.lead_id for one in standing])
    known = {campaign.campaign_id: campaign for campaign in campaigns.everything(tx)} if standing else {}
    people = []
    for one in standing:
        lead = of_whom[one.lead_id]
        campaign = known.get(lead.campaign_id) if lead.campaign_id is not None else None
        span = next_span(called(lead), now) if lead.phone is not None else None
        people.append(Waiting(one, lead, campaign, residence_of(lead), span, (), None, None))
    return people


def _with_reasons(tx: Transaction, people: Sequence[Waiting]) -> list[Waiting]:
    lead_ids = [one.lead.id for one in people]
    if not lead_ids:
        return []
    rung, decided = refusals.rung_for(tx, lead_ids), refusals.last_decisions(tx, lead_ids)
    on_last_call = {
        lead_id: [ring.npn for ring in rung.get(lead_id, ()) if ring.call_id == entry.call_id]
        for lead_id, entry in decided.items()
    }
    # Without states the gate was never asked about anybody; or what it was asked was erased.
    asked = {lead_id: entry for lead_id, entry in decided.items() if entry.facts.get("states")}
    refused = count_refusals(tx, asked, on_last_call)
    return [
        Waiting(
            one.escalation,
            one.lead,
            one.campaign,
            one.residence,
            one.span,
            tuple(rung.get(one.lead.id, ())),
            decided.get(one.lead.id),
            refused.get(one.lead.id),
        )
        for one in people
    ]
