"""Which state governs the caller: settle it from the evidence, or ask for a ZIP, in two languages, three times at most."""

from __future__ import annotations

import re
from datetime import datetime

from app.domain import residency, zip_codes
from app.domain.call import Happening
from app.domain.instructions import AskZip, Farewell, Instruction, StayOrKeyZip, Words
from app.domain.residency import Ask, AskReason, Evidence, Residence
from app.domain.signals import KeysPressed
from app.domain.spoken_digits import HEARD_AS, SPOKEN
from app.domain.states import State
from app.storage import leads, wrong_states
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.storage.database import Database
from app.storage.leads import Lead
from app.workflows.calls.acknowledge import Lack, acknowledge, callers_own_number
from app.workflows.calls.free_producer import Wording
from app.workflows.calls.offer_call import offer_next
from app.workflows.calls.work_on_answer import work_on_answer

MOST_TALKS = 3
"""Producers a caller may be handed to after one another on one call."""

_DIGIT_WORDS = {**SPOKEN, **HEARD_AS}


def locate_caller(
    pressed: KeysPressed, round_: int, *, database: Database, now: datetime, wording: Wording
) -> Instruction:
    """The answer to the `round_`th question: a ZIP, silence, or `*` for the other language."""

    def settle(turn: Turn, campaign: Campaign | None) -> Instruction:
        keyed = zip_from(pressed)
        settled = turn.happened(Happening.STATE_SETTLED, {"round": round_, "keyed": keyed, "speech": pressed.speech})
        if campaign is None or not settled:
            return acknowledge(turn, campaign, Lack.TROUBLE)
        _follow_language(turn, campaign, keyed)
        return find_residence(turn, campaign, keyed=keyed, silent=not keyed)

    key = f"zip:{round_}"
    return work_on_answer(pressed, key, settle, asked="asked for a ZIP", database=database, now=now, wording=wording)


def after_talk(
    pressed: KeysPressed, round_: int, *, database: Database, now: datetime, wording: Wording
) -> Instruction:
    """The producer hung up first and the caller stayed, with or without a ZIP: another licensed agent takes over."""

    def take_over(turn: Turn, campaign: Campaign | None) -> Instruction:
        keyed = zip_from(pressed)
        settled = turn.happened(Happening.STATE_SETTLED, {"after_talk": round_, "keyed": keyed}, offers_from=now)
        if campaign is None or not settled:
            return acknowledge(turn, campaign, Lack.TROUBLE)
        return find_residence(turn, campaign, keyed=keyed) if keyed else offer_next(turn, campaign)

    key = f"after:{round_}"
    return work_on_answer(pressed, key, take_over, asked="after a talk", database=database, now=now, wording=wording)


def stay_or_key_zip(turn: Turn) -> Instruction:
    """What a caller hears whose producer hung up first; after several such talks, goodbye."""
    call = turn.call
    talks = call.offers
    if talks >= MOST_TALKS * 3:
        return turn.reply(Farewell((Words("goodbye"),), call.language))
    return turn.reply(StayOrKeyZip(call.call_sid, talks, (Words("stay_or_zip"),), call.language))


def find_residence(turn: Turn, campaign: Campaign, *, keyed: str | None = None, silent: bool = False) -> Instruction:
    """Settle the residence and offer the call, or ask."""
    evidence = evidence_of(turn, campaign, keyed=keyed, silent=silent)
    asked_enough = turn.call.asks >= residency.MOST_ASKS or not campaign.policy.ask
    finding = residency.settle(evidence) if asked_enough else residency.resolve(evidence)
    if isinstance(finding, Ask):
        return _ask(turn, finding)
    if silent:
        # Nobody chose the language of the last question.
        turn.change(language=campaign.policy.languages[0])
    _keep(turn, finding, evidence)
    return offer_next(turn, campaign)


def zip_from(pressed: KeysPressed) -> str:
    """Five digits that were keyed or said; what else was keyed stands as it is, silence and `*` are empty."""
    digits = pressed.digits.strip("*#")
    if digits:
        return digits
    words = re.findall(r"[a-z]+|\d", pressed.speech.lower())
    spoken = "".join(_DIGIT_WORDS.get(word, word if word.isdigit() else "") for word in words)
    return spoken if zip_codes.normalize_keyed(spoken) else ""


def evidence_of(
    turn: Turn,
    campaign: Campaign,
    *,
    keyed: str | None = None,
    stated: tuple[State, ...] = (),
    silent: bool = False,
) -> Evidence:
    """All that is known of where the caller lives; `keyed` and `stated` are what is learned just now."""
    call = turn.call
    lead = leads.load(turn.tx, call.lead_id) if call.lead_id is not None else None
    return Evidence(
        keyed_zip=keyed or _keyed_before(turn),
        vendor_state=(lead.state if lead else None) or campaign.number_state,
        vendor_zip=lead.zip_code if lead else None,
        # Behind a trunk or a withheld number the lead that was posted may say whose call it is.
        phone=callers_own_number(turn, call.from_number) or (lead.phone if lead else None),
        stated_states=tuple(sorted({*_stated_before(turn, lead), *stated})),
        silent=silent,
        asks_made=call.asks,
    )


def _keyed_before(turn: Turn) -> str | None:
    """Silence takes nothing back: a ZIP keyed earlier on this call is stronger than all that follows here."""
    before = turn.call.residence
    keyed = before.evidence.keyed_zip if before else None
    return keyed if keyed and zip_codes.states_of(keyed) else None


def _stated_before(turn: Turn, lead: Lead | None) -> tuple[State, ...]:
    """What producers have reported of this person, on this call or on one before it."""
    before = turn.call.residence
    stated = before.evidence.stated_states if before else ()
    if lead is None or lead.created_at >= turn.call.arrived_at:
        return stated
    return stated + tuple(
        state
        for report in wrong_states.of_lead(turn.tx, lead.id)
        if report.call_id != turn.call.id
        for state in report.states
    )


def _keep(turn: Turn, residence: Residence, evidence: Evidence) -> None:
    facts = {
        "states": list(residence.states),
        "confidence": residence.confidence,
        "source": residence.source,
        "why": residence.why,
        "evidence": {
            "keyed_zip": evidence.keyed_zip,
            "vendor_zip": evidence.vendor_zip,
            "vendor_state": evidence.vendor_state,
            "stated_states": list(evidence.stated_states),
            "phone": evidence.phone,
            "asks_made": evidence.asks_made,
        },
    }
    turn.happened(Happening.STATE_SETTLED, facts, residence=residence, zip_code=residence.zip)


def _ask(turn: Turn, ask: Ask) -> Instruction:
    call = turn.call
    round_ = call.asks + 1
    language = call.language
    not_found = ask.reason is AskReason.ZIP_NOT_FOUND
    words = (Words("ask_zip_not_found" if not_found else "ask_zip"),)
    turn.happened(
        Happening.STATE_ASKED,
        {"round": round_, "reason": ask.reason, "why": ask.why, "language": language},
        asks=round_,
    )
    return turn.reply(AskZip(call.call_sid, round_, words, language))


def _follow_language(turn: Turn, campaign: Campaign, keyed: str) -> None:
    """Silence or `*` leads to the other language; a ZIP keyed in a language stays with it (FLOWS.md: no language key)."""
    languages = campaign.policy.languages
    if not keyed and len(languages) > 1:
        now_in = languages.index(turn.call.language) if turn.call.language in languages else 0
        turn.change(language=languages[(now_in + 1) % len(languages)])
