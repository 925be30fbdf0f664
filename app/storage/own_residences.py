"""What was known of where the person of one of our own calls lives: when they were let talk, or now. For a look back.

`row` is a row of `calls` with its lead's residence, state, zip and phone beside it (own_calls.py).
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import RowMapping

from app.domain import phone, residency
from app.domain.evidence import Evidence
from app.storage.ledger import Entry
from app.storage.residences import residence_of

CALLBACK = "callback"
"""The direction of a call that rang a producer first, to call somebody back."""


def evidence_then(row: RowMapping, entry: Entry) -> Evidence:
    """What the residence rested on when they were let talk; a wrong state reported later is no part of it."""
    told = (entry.facts.get("residence") or {}).get("evidence")
    if told is None:
        return evidence_now(row)
    then = Evidence(
        keyed_zip=told.get("keyed_zip"),
        vendor_state=told.get("vendor_state"),
        vendor_zip=told.get("vendor_zip"),
        phone=_number_with(told.get("area_code"), row),
        stated_states=tuple(told.get("stated_states", ())),
    )
    return _settling(then, tuple(entry.facts.get("states", ())), row)


def _number_with(area_code: str | None, row: RowMapping) -> str | None:
    """The ledger keeps the area code only: here is a number that has it, the person's own where it does."""
    if area_code is None:
        return None
    known = phone.parse(persons_number(row))
    return known.e164 if known is not None and known.area_code == area_code else f"+1{area_code}5550100"


def evidence_now(row: RowMapping) -> Evidence:
    """What is known of somebody of whom nobody was let through, or of whom no acceptance speaks."""
    residence = residence_of(row["residence"] or row["lead_residence"])
    if residence is None:
        known = Evidence(vendor_state=row["lead_state"], vendor_zip=row["lead_zip"], phone=row["lead_phone"])
        return _asked(known)
    return _settling(residence.evidence, residence.states, row)


def _settling(evidence: Evidence, states: tuple[str, ...], row: RowMapping) -> Evidence:
    """The evidence, as it is read today, even where it says other states than the `states` that were required then.

    Where we dialed, the number that we dialed is part of it if it changes nothing: its area code's law protects the
    person, too. Evidence that says nothing was not kept; then the states are what a producer would have stated.
    """
    dialed = replace(evidence, phone=persons_number(row))
    if row["direction"] == CALLBACK and residency.settle(dialed).states == states:
        return _asked(dialed)
    if states and not residency.settle(evidence).states:
        return _asked(Evidence(stated_states=states))
    return _asked(evidence)


def _asked(evidence: Evidence) -> Evidence:
    """On a call of ours every question has been put that was to be put."""
    return replace(evidence, silent=True, asks_made=residency.MOST_ASKS)


def persons_number(row: RowMapping) -> str:
    number: str = row["to_number"] if row["direction"] == CALLBACK else row["from_number"]
    return number
