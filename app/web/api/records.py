"""GET /calls/{sid}, /decisions/{id}, /leads/{id}: what happened, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint

from app.domain.billing.clock import billable_seconds
from app.storage import (
    attempts,
    callbacks,
    calls,
    campaigns,
    escalations,
    leads,
    ledger,
    received_texts,
    recordings,
    texts,
)
from app.storage.database import Transaction
from app.web.api import record_shapes as shapes
from app.web.api.keys import key, needs, tools
from app.web.api.problems import Problem
from app.web.api.routes import add
from app.workflows.authority.explain_decision import Explained, explain_decision

ID = "<int(max=2147483647):"
_SID = re.compile(r"[A-Za-z0-9_-]{1,34}", re.ASCII)


def add_to(blueprint: APIBlueprint) -> None:
    add(blueprint, "GET", "/calls/<call_sid>", get_call, shapes.Call, problems=[404])
    add(blueprint, "GET", f"/decisions/{ID}decision_id>", get_decision, shapes.Decision, problems=[404, 410])
    add(blueprint, "GET", f"/leads/{ID}lead_id>", get_lead, shapes.Lead, problems=[404])


# ---- calls


@needs("read", for_vendors=True)
def get_call(call_sid: str) -> shapes.Call:
    """A call: its phase, its attempts, its decisions, all that happened on it."""
    with tools().database.read() as tx:
        call = calls.read(tx, call_sid) if is_sid(call_sid) else None
        if call is None or not _may_see(_vendor_of(tx, call)):
            raise Problem(404, "There is no such call.")
        return _call(tx, call)


def _may_see(vendor_id: int | None) -> bool:
    """Whether what this vendor brought may be shown to who asks: another vendor's is as not there."""
    return key().vendor_id in (None, vendor_id)


def _vendor_of(tx: Transaction, call: calls.Call) -> int | None:
    """Who brought the call: whose lead it is, or else whose campaign."""
    lead = None if call.lead_id is None else leads.load(tx, call.lead_id)
    if lead is not None and lead.vendor_id is not None:
        return lead.vendor_id
    return None if call.campaign_id is None else campaigns.by_id(tx, call.campaign_id).vendor_id


def _call(tx: Transaction, call: calls.Call) -> shapes.Call:
    campaign = None if call.campaign_id is None else campaigns.by_id(tx, call.campaign_id)
    policy = campaign.policy if campaign else None
    return shapes.Call(
        call_sid=call.call_sid,
        lead_id=call.lead_id,
        campaign=campaign.number if campaign else None,
        from_number=call.from_number,
        to_number=call.to_number,
        phase=call.phase,
        disposition=call.disposition,
        tier=call.tier,
        residence=residence_of(call),
        attempts=[_attempt(attempt) for attempt in attempts.of_call(tx, call.id)],
        decisions=ledger.decisions_of_call(tx, call.id),
        events=[shapes.Event(**vars(event)) for event in calls.events(tx, call.id)],
        recordings=[shapes.recording(kept) for kept in recordings.of_call(tx, call.id)],
        arrived_at=call.arrived_at,
        answered_at=call.answered_at,
        accepted_at=call.accepted_at,
        ended_at=call.ended_at,
        buffer_seconds=policy.buffer_seconds if policy else None,
        answer_after_seconds=policy.answer_after_seconds if policy else None,
        when_nobody=policy.when_nobody if policy else None,
        billable_seconds=billable_seconds(call.answered_at, call.ended_at),
        served_seconds=call.served_seconds,
    )


def residence_of(call: calls.Call) -> shapes.Residence:
    """A call's residence as it stands."""
    residence = call.residence
    if residence is None:
        return shapes.Residence()
    return shapes.Residence(
        states=list(residence.states),
        source=residence.source,
        confidence=residence.confidence,
        conflict=residence.conflict,
        zip=residence.zip,
        why=residence.why,
    )


def _attempt(attempt: attempts.Attempt) -> shapes.Attempt:
    return shapes.Attempt(
        npn=attempt.npn,
        dialed=attempt.dialed,
        leg_sid=attempt.leg_sid,
        outcome=attempt.outcome,
        started_at=attempt.started_at,
        accepted_at=attempt.accepted_at,
        ended_at=attempt.ended_at,
    )


def _campaign_number(tx: Transaction, campaign_id: int | None) -> str | None:
    return None if campaign_id is None else campaigns.by_id(tx, campaign_id).number


def is_sid(text: str) -> bool:
    """Whether it could be a call's sid at all; what could not is never looked up."""
    return _SID.fullmatch(text) is not None


# ---- decisions


@needs("read")
def get_decision(decision_id: int) -> shapes.Decision:
    """A decision: the question, every producer considered with the reasons, and the licenses it rests on."""
    with tools().database.read() as tx:
        explained = explain_decision(tx, decision_id)
    if explained is None:
        raise Problem(404, "There is no such decision.")
    if explained.entry.erased_by is not None:
        raise Problem(410, f"The facts of this decision were erased: entry {explained.entry.erased_by} says by whom.")
    return _decision(explained)


def _decision(explained: Explained) -> shapes.Decision:
    entry = explained.entry
    facts = entry.facts
    seal = None
    if entry.seq is not None and entry.hash is not None:
        seal = shapes.Seal(seq=entry.seq, hash=entry.hash)
    return shapes.Decision(
        id=entry.entry_id,
        at=explained.at,
        kind=entry.kind,
        actor=entry.actor,
        call_sid=explained.call_sid,
        lead_id=entry.lead_id,
        question=shapes.Question(**{name: facts[name] for name in shapes.Question.model_fields}),
        residence=_residence_then(facts),
        allowed=facts["allowed"],
        npn=explained.chosen,
        about=facts.get("npn"),
        reasons=facts["reasons"],
        rests_on=[_license(str(facts.get("npn")), held) for held in facts["rests_on"]],
        producers=[
            shapes.Considered(
                npn=one.npn,
                name=one.name,
                allowed=one.allowed,
                reasons=list(one.reasons),
                availability=one.availability,
                verdict=one.verdict,
            )
            for one in explained.producers
        ],
        roster_version=entry.roster_version,
        rule_version=entry.rule_version,
        seal=seal,
    )


def _residence_then(facts: Mapping[str, Any]) -> shapes.ResidenceThen | None:
    found = facts.get("residence")
    return None if found is None else shapes.ResidenceThen(**found)


def _license(npn: str, held: Mapping[str, Any]) -> shapes.LicenseRow:
    return shapes.LicenseRow(id=f"{npn}/{held['state']}/{held['loa']}", **held)


# ---- leads


@needs("read", for_vendors=True)
def get_lead(lead_id: int) -> shapes.Lead:
    """A lead: who owes it the next step by when, and everything done for it."""
    with tools().database.read() as tx:
        lead = leads.load(tx, lead_id)
        if lead is None or not _may_see(lead.vendor_id):
            raise Problem(404, "There is no such lead.")
        written = texts.of_lead(tx, lead.id)
        return shapes.Lead(
            lead_id=lead.id,
            campaign=_campaign_number(tx, lead.campaign_id),
            phone=lead.phone,
            first_name=lead.first_name,
            last_name=lead.last_name,
            state=lead.state,
            zip=lead.zip_code,
            external_id=lead.external_id,
            consent=shapes.consent(lead.consent),
            created_at=lead.created_at,
            custody=lead.custody,
            owed_by=lead.owed_by,
            closed_as=lead.closed_as,
            calls=leads.calls_of(tx, lead.id),
            callbacks=[shapes.callback(promise) for promise in callbacks.of_lead(tx, lead.id)],
            escalations=[shapes.escalation(one, tools().clock.now()) for one in escalations.of_lead(tx, lead.id)],
            notified=written[-1].notified if written else None,
            texts=[shapes.text(sent) for sent in written],
            messages=[shapes.message(received) for received in _messages(tx, lead)],
        )


def _messages(tx: Transaction, lead: leads.Lead) -> list[received_texts.ReceivedText]:
    return received_texts.from_number(tx, lead.phone, lead.created_at) if lead.phone else []
