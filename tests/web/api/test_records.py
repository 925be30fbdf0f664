"""GET /calls, /decisions, /leads: a call that was really made, told back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.simulator.parties import NO_ANSWER, CallerBehavior
from app.storage.database import Database
from tests.builders import Held, licensed
from tests.product import AGENCY, Stage

OHIO_CALLER = "+16145550150"
KEYS_OHIO = CallerBehavior(answers=["43215"])
ANA, BEN = licensed("Ana", 1, "OH"), licensed("Ben", 2, "PA")
CAM, DEE = licensed("Cam", 3, "OH"), licensed("Dee", 4, "OH")


def _verdicts(decision: dict[str, Any]) -> dict[str, tuple[str, str, list[str]]]:
    return {one["npn"]: (one["verdict"], one["availability"], one["reasons"]) for one in decision["producers"]}


def test_a_call_is_told_from_arrival_to_end(stage: Stage) -> None:
    stage.hire(ANA, behavior=NO_ANSWER)
    stage.hire(CAM)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    told = stage.story(call)
    assert told["call_sid"] == call.sid
    assert (told["from"], told["to"], told["campaign"]) == (OHIO_CALLER, AGENCY, AGENCY)
    assert (told["phase"], told["disposition"], told["tier"]) == ("ended", "connected", 1)
    residence = told["residence"]
    assert (residence["states"], residence["source"]) == (["OH"], "keyed_zip")
    assert (residence["confidence"], residence["conflict"], residence["zip"]) == ("confirmed", False, "43215")
    assert [(one["npn"], one["outcome"]) for one in told["attempts"]] == [(ANA.npn, "no_answer"), (CAM.npn, "accepted")]
    assert told["events"][0]["happening"] == "call_arrived"
    assert told["events"][-1]["happening"] == "call_ended"
    assert all(one.endswith("Z") for one in (told["arrived_at"], told["accepted_at"], told["ended_at"]))
    kinds = [stage.get(f"/decisions/{one}")["kind"] for one in told["decisions"]]
    assert kinds == ["offer", "offer", "acceptance"]


def test_a_call_that_is_not_located_yet_has_no_state(stage: Stage) -> None:
    stage.hire(ANA)

    call = stage.ring_in(OHIO_CALLER, CallerBehavior())
    stage.exchange.run(1)

    told = stage.story(call)
    assert told["phase"] == "locating"
    assert told["residence"]["states"] == []
    assert (told["residence"]["source"], told["residence"]["confidence"]) == ("none", "unknown")
    assert told["residence"]["conflict"] is False
    stage.exchange.run()


def test_an_open_attempt_has_no_outcome(stage: Stage) -> None:
    stage.hire(ANA, behavior=NO_ANSWER)

    call = stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    while not (_known(stage, call.sid) and stage.outcomes(call)):
        stage.exchange.run(1)

    [attempt] = stage.story(call)["attempts"]
    assert (attempt["npn"], attempt["outcome"], attempt["ended_at"]) == (ANA.npn, None, None)
    stage.exchange.run()


def _known(stage: Stage, sid: str) -> bool:
    from app.storage import calls

    with stage.database.read() as tx:
        return calls.read(tx, sid) is not None


def test_a_decision_tells_why_of_everybody(stage: Stage) -> None:
    stage.hire(ANA, BEN, CAM)
    stage.import_roster(DEE)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    decision = stage.get(f"/decisions/{stage.story(call)['decisions'][0]}")
    assert decision["call_sid"] == call.sid
    assert (decision["npn"], decision["allowed"], decision["reasons"]) == (ANA.npn, True, [])
    assert decision["question"]["states"] == ["OH"]
    assert (decision["question"]["loa"], decision["question"]["campaign"]) == ("life", AGENCY)
    assert decision["re_derived"] is True
    assert decision["seal"] is None
    assert _verdicts(decision) == {
        ANA.npn: ("chosen", "available", []),
        BEN.npn: ("refused", "available", ["no_license"]),
        CAM.npn: ("passed_over", "available", []),
        DEE.npn: ("unavailable", "offline", []),
    }
    [rests_on] = decision["rests_on"]
    assert rests_on["id"] == f"{ANA.npn}/OH/life"
    assert rests_on["version"] == 2  # the state was opened first
    assert rests_on["verified_at"] <= decision["at"]


def test_who_talks_already_is_held(stage: Stage) -> None:
    stage.hire(ANA, CAM)

    first = stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    stage.exchange.run(30)
    second = stage.ring_in("+16145550151", KEYS_OHIO)
    stage.exchange.run()

    decision = stage.get(f"/decisions/{stage.story(second)['decisions'][0]}")
    assert stage.story(first)["attempts"][0]["npn"] == ANA.npn
    assert _verdicts(decision)[ANA.npn] == ("unavailable", "held", [])
    assert _verdicts(decision)[CAM.npn] == ("chosen", "available", [])


def test_nobody_licensed_is_a_decision_too(stage: Stage) -> None:
    stage.hire(BEN)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    decision = stage.get(f"/decisions/{stage.story(call)['decisions'][-1]}")
    assert (decision["npn"], decision["allowed"]) == (None, False)
    assert _verdicts(decision) == {BEN.npn: ("refused", "available", ["no_license"])}


def test_authority_lost_while_it_rang_is_told_with_the_reason(stage: Stage) -> None:
    stage.hire(ANA)
    call = stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    while not (_known(stage, call.sid) and stage.outcomes(call)):
        stage.exchange.run(1)

    stage.suspend(ANA, "OH")
    stage.exchange.run()

    told = stage.story(call)
    offered, refused = (stage.get(f"/decisions/{one}") for one in told["decisions"][:2])
    assert told["attempts"][0]["outcome"] == "authority_lost"
    assert _verdicts(offered)[ANA.npn] == ("chosen", "available", [])
    assert (refused["kind"], refused["allowed"], refused["npn"], refused["about"]) == (
        "acceptance",
        False,
        None,
        ANA.npn,
    )
    assert _verdicts(refused)[ANA.npn][0] == "refused"
    assert _verdicts(refused)[ANA.npn][2] == ["license_not_active"]


def test_a_decision_is_told_from_the_roster_as_it_was(stage: Stage) -> None:
    stage.hire(ANA, CAM)
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    decision_id = stage.story(call)["decisions"][0]
    before = stage.get(f"/decisions/{decision_id}")

    stage.suspend(CAM, "OH")
    stage.import_roster(DEE, ANA.holding(Held("OH", status="revoked")))

    assert stage.get(f"/decisions/{decision_id}") == before


def test_a_lead_tells_everything_that_was_done_for_it(stage: Stage) -> None:
    stage.hire(BEN)
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    lead_id = stage.story(call)["lead_id"]

    lead = stage.get(f"/leads/{lead_id}")

    assert (lead["custody"], lead["phone"], lead["calls"]) == ("escalated", OHIO_CALLER, [call.sid])
    [escalation] = lead["escalations"]
    assert escalation["reason"] == "nobody_licensed"
    assert escalation["status"] == "open"
    assert escalation["due_at"] == lead["owed_by"]
    assert datetime.fromisoformat(lead["owed_by"]) > stage.now
    assert stage.get("/escalations?status=open")["items"] == lead["escalations"]


def test_the_database_is_not_written_by_reading(stage: Stage, database: Database) -> None:
    stage.hire(ANA)
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert stage.story(call) == stage.story(call)
