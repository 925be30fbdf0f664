"""Promised calls that only one producer could keep: they must move when that producer's authority goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.cascade import Going, Pair
from app.domain.licensing import Opening, Producer, Question, judge
from app.domain.states import State
from app.storage import authority_facts, campaigns, impact_facts
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.storage.impact_facts import PromisedCall

PAGE = 500
"""So many producers are read at once."""


@dataclass(frozen=True)
class MustMove:
    """A promised call that nobody else could keep."""

    callback_id: int
    lead_id: int
    states: tuple[State, ...]
    due_at: datetime
    promised_by: datetime


@dataclass(frozen=True)
class Promises:
    """Every promise that stands, with what decides who may keep it."""

    calls: Sequence[PromisedCall]
    campaigns: Mapping[int, Campaign]
    openings: Mapping[State, Opening]

    def question(self, call: PromisedCall) -> Question | None:
        """What the gate is asked for it; None where it has no campaign."""
        campaign = self.campaigns.get(call.campaign_id) if call.campaign_id is not None else None
        if campaign is None:
            return None
        return Question(
            states=call.residence.states,
            requirement=campaign.requirement,
            openings=self.openings,
            zip_code=call.residence.zip,
            carrier=campaign.policy.carrier,
            team=campaign.team,
        )


def promises_of(tx: Transaction) -> Promises:
    return Promises(
        calls=impact_facts.promised_calls(tx),
        campaigns={campaign.campaign_id: campaign for campaign in campaigns.everything(tx)},
        openings=impact_facts.every_opening(tx),
    )


def must_move(
    tx: Transaction,
    promises: Promises,
    going: Iterable[Going],
    before: Producer,
    after: Producer,
    *,
    at: datetime,
    now: datetime,
) -> tuple[MustMove, ...]:
    """The promised calls, due from `at` on (all of them where that has come), that only the producer could have kept.

    Whoever else could is judged at the moment at which the call is due, present or not.
    """
    states = {each.license.state for each in going}
    asked = [
        (call, question)
        for call in promises.calls
        if not states.isdisjoint(call.residence.states) and not (now < at and call.due_at < at)
        if (question := promises.question(call)) is not None
        if judge(before, question, at).allowed and not judge(after, question, at).allowed
    ]
    nobody = _nobody_else(tx, asked, before, now)
    return tuple(
        MustMove(call.callback_id, call.lead_id, question.states, call.due_at, call.promised_by)
        for call, question in asked
        if call.callback_id in nobody
    )


def _nobody_else(
    tx: Transaction, asked: Sequence[tuple[PromisedCall, Question]], producer: Producer, now: datetime
) -> set[int]:
    """The callbacks for which the roster has nobody else."""
    only_they = [
        call.callback_id for call, _ in asked if call.only_producer and call.producer_id == producer.producer_id
    ]
    waiting = [(call, question) for call, question in asked if call.callback_id not in only_they]
    after = ""
    while waiting:
        wanted = {(state, line) for _, asks in waiting for state in asks.states for line in asks.requirement.lines}
        page = who_holds(tx, wanted, after)
        if not page:
            break
        able = _by_state(but(page, producer))
        waiting = [(call, question) for call, question in waiting if not _kept(call, question, able, now)]
        after = page[-1].npn
    return {*only_they, *(call.callback_id for call, _ in waiting)}


def _by_state(producers: Iterable[Producer]) -> Mapping[State, Sequence[Producer]]:
    found: dict[State, list[Producer]] = {}
    for producer in producers:
        for state in {held.state for held in producer.licenses}:
            found.setdefault(state, []).append(producer)
    return found


def _kept(call: PromisedCall, question: Question, able: Mapping[State, Sequence[Producer]], now: datetime) -> bool:
    at = max(call.due_at, now)
    return any(judge(other, question, at).allowed for other in able.get(question.states[0], ()))


def who_holds(tx: Transaction, pairs: Iterable[Pair], after: str) -> list[Producer]:
    """The next producers by NPN with a license for one of the pairs: a large roster is read only as far as it takes."""
    states, lines = zip(*pairs, strict=True)
    return authority_facts.licensed_in(tx, set(states), set(lines), after=after, limit=PAGE)


def but(producers: Iterable[Producer], one: Producer) -> list[Producer]:
    return [each for each in producers if each.producer_id != one.producer_id]
