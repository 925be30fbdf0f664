"""Why a supervisor's act was not done, in words: who has it, what the law says, what is missing."""

from __future__ import annotations

from datetime import datetime, time

from app.domain import states
from app.domain.closed_hours import CAMPAIGN, Closed
from app.domain.licensing import Reason
from app.web.console.words import spoken
from app.workflows.leads.escalation_in_hand import Refused

_WORDS = {
    "in_call": "They are on the line, or are being called, right now. Nothing is decided behind their back.",
    "no_campaign": "No campaign says what this person wants, so nobody can be judged and no number can be shown to them.",
    "no_number": "There is no number to call: it was withheld, or is the vendor's own line.",
    "opted_out": "They have said STOP: no calls and no texts.",
    "state_unknown": "Their state is not known, so nobody can be judged.",
    "no_license": "Nobody has authority there for this line.",
    "outside_hours": "The law, or the campaign's hours, do not let us call then.",
}


def refusal_in_words(refused: Refused, *, of_one: bool = False) -> str:
    """A sentence or two; `of_one`: a producer was named, so that the gate's reasons are about them."""
    code = refused.reasons[0]
    if of_one and set(refused.reasons) <= set(Reason):
        return f"They have no authority: {', '.join(spoken(reason) for reason in refused.reasons)}."
    if code in ("claimed", "assigned", "resolved"):
        return _somebody_else(code, refused.has_it)
    told = _WORDS.get(code)
    return told or f"Not done: {', '.join(spoken(reason) for reason in refused.reasons)}."


def person(actor: str | None) -> str:
    """An actor of the ledger as people call them: the address of a user, the name of a key."""
    if actor is None:
        return "somebody"
    kind, _, name = actor.partition(":")
    return name if kind in ("user", "key") and name else actor


def _somebody_else(code: str, has_it: str | None) -> str:
    if code == "assigned":
        return f"It is with a producer already (NPN {has_it})."
    return f"{person(has_it)} {'has it already' if code == 'claimed' else 'has resolved it already'}."


def closed_in_words(closed: Closed) -> str:
    """`Florida: calls from 8:00 am to 8:00 pm; there it would be 9:30 pm on Wednesday (Fla. Stat. 501.059).`"""
    whose = _whose(closed.whose)
    hours = "no calls on that day"
    if closed.opens is not None and closed.closes is not None:
        hours = f"calls from {clock(closed.opens)} to {clock(closed.closes)}"
    source = f" ({closed.citation})" if closed.citation else ""
    return f"{whose}: {hours}; there it would be {local_time(closed.local)}{source}."


def _whose(code: str) -> str:
    if code == CAMPAIGN:
        return "This campaign's own hours"
    if code == "US":
        return "Federal law"
    return states.name(code) if states.is_state(code) else "Where the state is not known"


def clock(at: time) -> str:
    """8:00 am; midnight at the end of a day."""
    if at >= time(23, 59):
        return "midnight"
    return at.strftime("%I:%M %p").lstrip("0").lower()


def local_time(at: datetime) -> str:
    """9:30 pm on Wednesday, by the clock it is given in."""
    return f"{clock(at.time().replace(second=0, microsecond=0))} on {at:%A}"
