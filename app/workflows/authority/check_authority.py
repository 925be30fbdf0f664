"""May this producer take a caller from there, for this line? Asked by any outside dialer, and written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain import phone, residency
from app.domain.licensing import Question, Reason, Verdict, judge
from app.domain.lines import Requirement
from app.domain.residency import Evidence
from app.domain.states import State
from app.storage import authority_facts, ledger, outside_dials
from app.storage.database import Database
from app.workflows.authority.dial_time import against_dialing
from app.workflows.calls.offer_call import decision_facts


@dataclass(frozen=True)
class AuthorityQuestion:
    """One of `state`, `zip_code` and `phone` says where the person is; `at` None means now.

    `dialing` (E.164) is the number that is about to be called, now: all that forbids a call is asked, too.
    """

    npn: str
    requirement: Requirement
    state: State | None = None
    zip_code: str | None = None
    phone: str | None = None
    at: datetime | None = None
    dialing: str | None = None


@dataclass(frozen=True)
class AuthorityAnswer:
    """`states` are those that the answer is about, none where the caller's is unknown.

    `reasons`: of the gate, then what stands against dialing (dial_time.py).
    """

    npn: str
    allowed: bool
    states: tuple[State, ...]
    reasons: tuple[str, ...]
    decision_id: int
    at: datetime


def check_authority(asked: AuthorityQuestion, *, actor: str, database: Database, now: datetime) -> AuthorityAnswer:
    """Judge, and keep the answer in the ledger. Nobody by that NPN is a no; so is a state that stays unknown.

    A telephone number alone only presumes its area code's state (FLOWS.md, the residence). A call that is allowed counts
    toward the caps of the law, whether it is made or not.
    """
    at = asked.at or now
    states, zip_code = place_of(asked.state, asked.zip_code, asked.phone)
    with database.begin() as tx:
        question = Question(
            states=states,
            requirement=asked.requirement,
            openings=authority_facts.openings(tx, states, zip_code),
            zip_code=zip_code,
        )
        producer_id = authority_facts.producer_id_of(tx, asked.npn)
        producer = None if producer_id is None else authority_facts.producer(tx, producer_id)
        verdict = judge(producer, question, at) if producer else Verdict(False, (Reason.NO_LICENSE,), ())
        number = phone.parse(asked.dialing)
        against = [] if asked.dialing is None else against_dialing(tx, asked.dialing, states, zip_code, now)
        allowed, reasons = verdict.allowed and not against, [*map(str, verdict.reasons), *against]
        facts = decision_facts(None, question, verdict, npn=asked.npn, at=at.isoformat())
        facts |= {"allowed": allowed, "reasons": reasons, "dialing": number.masked if number else None}
        decision_id = ledger.write(tx, kind="check", now=now, actor=actor, facts=facts)
        if allowed and asked.dialing is not None:
            outside_dials.add(tx, number=asked.dialing, decision_id=decision_id, now=now)
    return AuthorityAnswer(asked.npn, allowed, states, tuple(reasons), decision_id, at)


def place_of(state: State | None, zip_code: str | None, phone: str | None) -> tuple[tuple[State, ...], str | None]:
    """The states that govern, and the ZIP that says so. What is stated stands; a number's state is only presumed."""
    if state is not None:
        return (state,), None
    residence = residency.settle(Evidence(keyed_zip=zip_code, phone=phone))
    return residence.states, residence.zip
