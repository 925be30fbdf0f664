"""Write down what somebody complained of, on the call or the producer that it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.call import Outcome
from app.storage import attempts, authority_facts, calls, complaint_log, ledger
from app.storage.complaint_log import Complaint
from app.storage.database import Database, Transaction

LONGEST = 4000


@dataclass(frozen=True)
class NotLogged:
    """Nothing was written down; `field` is what was wrong with it: told, npn or call_sid."""

    field: str
    why: str


def log_complaint(
    told: str, *, npn: str | None, call_sid: str | None, actor: str, database: Database, now: datetime
) -> Complaint | NotLogged:
    """The complaint as it stands now, for good. One about a call alone is also about the producer who talked on it last."""
    told = told.strip()
    if not told or len(told) > LONGEST:
        return NotLogged("told", f"say in 1 to {LONGEST} characters what it is")
    if npn is None and call_sid is None:
        return NotLogged("npn", "name the call or the producer that it is about")
    with database.begin() as tx:
        if npn is not None and authority_facts.producer_id_of(tx, npn) is None:
            return NotLogged("npn", "no producer has this NPN")
        call = None if call_sid is None else calls.read(tx, call_sid)
        if call_sid is not None and call is None:
            return NotLogged("call_sid", "there is no such call")
        about = npn or (None if call is None else _who_talked(tx, call.id))
        call_id = None if call is None else call.id
        complaint_id = complaint_log.log(tx, npn=about, call_id=call_id, told=told, by=actor, now=now)
        # What was told is a person's own words, and stays out of the ledger.
        facts = {"complaint": complaint_id, "npn": about, "call_sid": call_sid}
        lead_id = None if call is None else call.lead_id
        ledger.write(tx, kind="complaint_logged", now=now, actor=actor, facts=facts, call_id=call_id, lead_id=lead_id)
        logged = complaint_log.load(tx, complaint_id)
        assert logged is not None
        return logged


def _who_talked(tx: Transaction, call_id: int) -> str | None:
    rung = attempts.of_call(tx, call_id)
    talked = [each.npn for each in rung if each.accepted_at and each.outcome in (None, Outcome.ACCEPTED)]
    return talked[-1] if talked else None
