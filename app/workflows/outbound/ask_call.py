"""A producer is asked to call somebody: the same gate, window, STOP, do-not-call and caps as every callback (FLOWS.md).

What is allowed becomes a callback that is due now, for this producer only: it is judged again when the producer is rung,
and when they press the key. No override exists.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.domain.licensing import Producer, Verdict, judge
from app.storage import access, authority_facts, callbacks, ledger, outbound
from app.storage.access import Repeatable
from app.storage.callbacks import Callback
from app.storage.database import Database, Transaction
from app.storage.leads import Lead
from app.storage.outbound import OutboundCall
from app.workflows.callbacks.promise import promise, question_for
from app.workflows.calls.offer_call import decision_facts, residence_facts
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.leads.escalate_lead import residence_of
from app.workflows.outbound.after_call import MADE_BY
from app.workflows.outbound.called_person import Person, Wanted, person_of, stored
from app.workflows.outbound.ceilings import Ceilings, reached
from app.workflows.outbound.do_not_call import judge_registry
from app.workflows.outbound.stands_against import Against, stands_against

ACCEPTED = 202


@dataclass(frozen=True)
class Asked:
    """The producer is rung within seconds; the person by `promised_by`, or not at all."""

    callback_id: int
    lead_id: int
    due_at: datetime
    promised_by: datetime
    decision_id: int


@dataclass(frozen=True)
class NotAllowed:
    """`reasons` are codes of INTERFACE.md section 5, or those of `stands_against`; `detail` is a sentence."""

    reasons: tuple[str, ...]
    detail: str
    decision_id: int


def ask_call(
    wanted: Wanted,
    *,
    actor: str,
    ceilings: Ceilings,
    repeatable: Repeatable | None,
    database: Database,
    now: datetime,
) -> Asked | NotAllowed | Unmet:
    """Judge it, keep the decision in the ledger, and have the producer rung. Asked again under the same name: the same
    answer, and nobody is rung twice. Raises NoSuchLead."""
    with database.begin() as tx:
        if repeatable is not None and (said := _said_before(tx, repeatable)) is not None:
            return said
        producer_id = authority_facts.producer_id_of(tx, wanted.npn)
        if producer_id is None:
            return Unmet("npn", f"nobody on the roster has NPN {wanted.npn}")
        person = person_of(tx, wanted, producer_id, now)
        if isinstance(person, Unmet):
            return person
        asked = _judge(tx, person, producer_id, actor, ceilings, now)
        if repeatable is not None and isinstance(asked, Asked):
            access.save_answer(tx, repeatable, _written(asked), status=ACCEPTED, now=now)
        return asked


def _judge(
    tx: Transaction, person: Person, producer_id: int, actor: str, ceilings: Ceilings, now: datetime
) -> Asked | NotAllowed:
    question = question_for(tx, person.lead, person.campaign)
    producer = authority_facts.producer(tx, producer_id, asked=question)
    assert producer is not None, "a producer is never deleted"
    verdict = judge(producer, question, now)
    standing = None if person.cold else callbacks.active_of(tx, person.lead.id)
    if verdict.allowed and (again := _asked_before(tx, standing, producer_id, now)) is not None:
        return again
    against = None
    if verdict.allowed:
        against = stands_against(tx, person.lead, person.campaign, standing, producer_id, now)
    if verdict.allowed and against is None and (full := reached(tx, ceilings, producer_id, now)) is not None:
        against = Against("attempt_cap", full)
    if not verdict.allowed or against is not None:
        return _refuse(tx, person, producer, verdict, against, actor, now)
    return _have_it_made(tx, person, producer, verdict, standing, actor, now)


def _asked_before(tx: Transaction, standing: Callback | None, producer_id: int, now: datetime) -> Asked | None:
    """The same call asked for again, before anybody was rung for it."""
    asked = _asked_of_anybody(tx, standing)
    if standing is None or asked is None or standing.status != "promised" or standing.attempts:
        return None
    if asked.producer_id != producer_id or not standing.only_producer or not standing.due_at <= now:
        return None
    return Asked(standing.id, standing.lead_id, standing.due_at, standing.promised_by, asked.decision_id)


def _asked_of_anybody(tx: Transaction, standing: Callback | None) -> OutboundCall | None:
    """The call that this promise stands for, of whichever producer; None where it is an ordinary promise."""
    if standing is None or not standing.made_by.startswith(MADE_BY):
        return None
    return outbound.standing(tx, standing.id)


def _refuse(
    tx: Transaction,
    person: Person,
    producer: Producer,
    verdict: Verdict,
    against: Against | None,
    actor: str,
    now: datetime,
) -> NotAllowed:
    reasons = (against.code,) if against is not None else tuple(str(reason) for reason in verdict.reasons)
    detail = (
        against.detail if against is not None else f"Producer {producer.npn} has no authority: {', '.join(reasons)}."
    )
    registry = _registry(tx, person.lead, now)
    decision_id = _decide(
        tx, person, producer, verdict, registry, actor, now, allowed=False, reasons=list(reasons), detail=detail
    )
    return NotAllowed(reasons, detail, decision_id)


def _have_it_made(
    tx: Transaction,
    person: Person,
    producer: Producer,
    verdict: Verdict,
    standing: Callback | None,
    actor: str,
    now: datetime,
) -> Asked:
    earlier, registry = _asked_of_anybody(tx, standing), _registry(tx, person.lead, now)
    person = stored(tx, person, now)
    decision_id = _decide(tx, person, producer, verdict, registry, actor, now)
    kept = promise(
        tx,
        person.lead,
        person.campaign,
        now=now,
        made_by=f"{MADE_BY}{actor}",
        at=now,
        producer_id=producer.producer_id,
        only_producer=True,
        asked=standing is not None and standing.asked,
    )
    assert kept is not None, "all that stands against a promise was asked before"
    outbound.add(
        tx,
        producer_id=producer.producer_id,
        callback=kept,
        decision_id=decision_id,
        cold=person.cold or (earlier is not None and earlier.cold),
        before=earlier.before if earlier is not None else (outbound.as_it_stands(standing) if standing else None),
        now=now,
    )
    return Asked(kept.id, kept.lead_id, kept.due_at, kept.promised_by, decision_id)


def _registry(tx: Transaction, lead: Lead, now: datetime) -> dict[str, Any] | None:
    """What the registry said of somebody's number, for the ledger, before we have a lead of theirs."""
    return None if lead.phone is None else judge_registry(tx, lead, now).facts


def _decide(
    tx: Transaction,
    person: Person,
    producer: Producer,
    verdict: Verdict,
    registry: dict[str, Any] | None,
    actor: str,
    now: datetime,
    **more: Any,
) -> int:
    """The ledger's entry. A number is not among its facts: a lead's stands at the lead."""
    lead = person.lead
    facts = decision_facts(
        person.campaign.number,
        question_for(tx, lead, person.campaign),
        verdict,
        npn=producer.npn,
        residence=residence_facts(residence_of(lead)),
        registry=registry,
        cold=person.cold,
    )
    return ledger.write(tx, kind="dial", now=now, actor=actor, facts={**facts, **more}, lead_id=lead.id or None)


# ---- said before


def _said_before(tx: Transaction, repeatable: Repeatable) -> Asked | Unmet | None:
    saved = access.saved_answer(tx, repeatable)
    if saved is None:
        return None
    if saved.body_digest != repeatable.body_digest:
        return Unmet("Idempotency-Key", "this key came before with another request; a new request takes a new key")
    fields = json.loads(saved.answer)
    for name in ("due_at", "promised_by"):
        fields[name] = datetime.fromisoformat(fields[name])
    return Asked(**fields)


def _written(asked: Asked) -> str:
    instants = {name: getattr(asked, name).isoformat() for name in ("due_at", "promised_by")}
    return json.dumps(asdict(asked) | instants)
