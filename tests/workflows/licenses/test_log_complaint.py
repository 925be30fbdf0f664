"""Complaints are written down on a call or a producer, and stay."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app.storage import complaint_log, ledger
from app.storage.complaint_log import Complaint
from app.storage.models.ledger import LedgerRow
from app.workflows.licenses.log_complaint import NotLogged, log_complaint
from tests.conversations.people import ANA, BEN, KEYS_OHIO, OHIO_CALLER
from tests.product import Stage


def logged(stage: Stage, told: str = "would not say who they were", **about: Any) -> Complaint | NotLogged:
    how = {"npn": None, "call_sid": None, **about}
    return log_complaint(told, actor="command:bob", database=stage.database, now=stage.now, **how)


def listed(stage: Stage, **of: Any) -> list[int]:
    with stage.database.read() as tx:
        return [one.id for one in complaint_log.listed(tx, limit=10, **of)]


def test_a_complaint_about_a_call_is_about_whoever_talked_on_it(stage: Stage) -> None:
    stage.hire(ANA)
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    outcome = logged(stage, call_sid=call.sid)

    assert isinstance(outcome, Complaint)
    assert (outcome.call_sid, outcome.npn, outcome.name) == (call.sid, ANA.npn, ANA.name)
    assert (outcome.told, outcome.at, outcome.logged_by) == ("would not say who they were", stage.now, "command:bob")


def test_a_call_that_nobody_took_is_complained_of_alone(stage: Stage) -> None:
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    outcome = logged(stage, call_sid=call.sid)

    assert isinstance(outcome, Complaint)
    assert (outcome.call_sid, outcome.npn, outcome.name) == (call.sid, None, "")


def test_it_is_in_the_ledger_without_the_persons_words(stage: Stage) -> None:
    stage.hire(ANA)
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    logged(stage, call_sid=call.sid)

    with stage.database.read() as tx:
        entry = ledger.entry(tx, tx.execute(select(func.max(LedgerRow.id))).scalar_one())

    assert entry is not None
    assert (entry.kind, entry.actor, entry.call_id) == ("complaint_logged", "command:bob", stage.record(call).id)
    assert entry.facts == {"complaint": 1, "npn": ANA.npn, "call_sid": call.sid}


def test_complaints_are_listed_by_producer_and_by_call(stage: Stage) -> None:
    stage.hire(ANA, BEN)
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    taken_by = stage.outcomes(call)[-1][0]
    other = next(person.npn for person in (ANA, BEN) if person.npn != taken_by)
    logged(stage, call_sid=call.sid)
    logged(stage, npn=other)
    logged(stage, npn=other, call_sid=call.sid)

    assert listed(stage) == [1, 2, 3]
    assert listed(stage, npn=taken_by) == [1]
    assert listed(stage, npn=other) == [2, 3]
    assert listed(stage, call_sid=call.sid) == [1, 3]
    assert listed(stage, after=1) == [2, 3]


@pytest.mark.parametrize(
    ("told", "about", "field"),
    [
        ("", {"npn": ANA.npn}, "told"),
        ("  ", {"npn": ANA.npn}, "told"),
        ("x" * 4001, {"npn": ANA.npn}, "told"),
        ("x", {}, "npn"),
        ("x", {"npn": "123"}, "npn"),
        ("x", {"call_sid": "CA1"}, "call_sid"),
    ],
)
def test_what_is_about_nothing_is_not_logged(stage: Stage, told: str, about: dict[str, str], field: str) -> None:
    stage.hire(ANA)

    outcome = logged(stage, told, **about)

    assert isinstance(outcome, NotLogged)
    assert outcome.field == field
    assert listed(stage) == []
