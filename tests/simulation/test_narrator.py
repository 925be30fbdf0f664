"""The narrator alone: facts made up by hand, and the lines that they become."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.simulator.cast import Member
from app.simulator.facts import Bridged, Done, Facts, Moment
from app.simulator.narrator import Line, closing, narrate, settled_before

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
ANA = Member("90000005", "Ana Ruiz", "+15025550105")
PEOPLE = {ANA.phone: ANA}
CALLER, CALL, LEG = "+16145550150", "CAcaller", "CAana"


def at(seconds: float) -> str:
    return (NOON + timedelta(seconds=seconds)).isoformat()


def caller(second: float, what: str, detail: str = "") -> Moment:
    return Moment(second, CALL, CALLER, what, detail)


def ana(second: float, what: str, detail: str = "", **more: Any) -> Moment:
    return Moment(second, LEG, ANA.phone, what, detail, **more)


def offer(second: float, *producers: dict[str, Any], npn: str | None = None) -> dict[str, Any]:
    question = {"states": ["OH"], "loa": "life"}
    return {"kind": "offer", "at": at(second), "question": question, "producers": list(producers), "npn": npn}


def considered(name: str, *reasons: str, verdict: str = "refused") -> dict[str, Any]:
    allowed = not reasons
    npn = ANA.npn if name == ANA.name else "90000099"
    found = {"npn": npn, "name": name, "allowed": allowed, "reasons": list(reasons), "verdict": verdict}
    return {**found, "availability": "available"}


def facts(*moments: Moment, **more: Any) -> Facts:
    story = {
        "call_sid": CALL,
        "residence": {"source": "keyed_zip", "confidence": "confirmed", "states": ["OH"]},
        "attempts": more.pop("attempts", []),
    }
    given: dict[str, Any] = {"bridges": [], "decisions": [], "lead": None, "escalations": [], **more}
    return Facts(CALLER, "+18005550199", NOON, 100.0, moments, story=story, **given)


def test_keys_and_sentences_without_anything_in_between_are_one_line() -> None:
    lines = narrate(
        facts(
            caller(0, "hears", "To reach an agent,"),
            caller(2, "hears", "key your ZIP."),
            *(caller(5 + nth / 4, "presses", key) for nth, key in enumerate("43215")),
        ),
        PEOPLE,
    )

    assert lines == [
        Line(0, "caller", "hears “To reach an agent, key your ZIP.”", "speech"),
        Line(6.0, "caller", "keys 43215"),
    ]


def test_a_decision_is_told_between_the_key_that_led_to_it_and_the_ring_that_followed() -> None:
    lines = narrate(
        facts(
            ana(5, "rings"),
            caller(5, "presses", "5"),
            decisions=[offer(5, considered("Ana Ruiz", verdict="chosen"), npn=ANA.npn)],
        ),
        PEOPLE,
    )

    assert [line.text for line in lines] == [
        "keys 5",
        "Caller in Ohio (keyed ZIP, confirmed): who may take a life insurance call?",
        "licensed, available: rings first",
        "the phone rings",
    ]


def test_each_reason_has_its_line_with_the_products_own_code() -> None:
    refused = considered("Ben Ortiz", "no_license", "a_reason_of_tomorrow")

    _, first, second, nobody = narrate(facts(decisions=[offer(1, refused)]), PEOPLE)

    assert first == Line(None, "Ben Ortiz", "holds no license there", "no", "no_license")
    assert second == Line(None, "", "a reason of tomorrow", "no", "a_reason_of_tomorrow")
    assert nobody.text == "Nobody on the roster may take this call."


def test_an_attempt_ends_as_the_product_says_and_for_as_long_as_the_carrier_saw() -> None:
    missed = {"npn": ANA.npn, "outcome": "no_answer", "started_at": at(1)}
    rang_out = [ana(2, "rings"), ana(22, "ends", "no-answer")]
    picked_up = [ana(2, "rings"), ana(6, "answers", by_machine=True), ana(20, "ends", "completed")]

    assert narrate(facts(*rang_out, attempts=[missed]), PEOPLE)[-1].text == "lets it ring for 20 s"
    machine, end = narrate(facts(*picked_up, attempts=[missed]), PEOPLE)[1:]
    assert machine.text == "a machine picks up"
    assert end == Line(20, "Ana Ruiz", "1 was not pressed, so the caller is not connected", "no", "no_answer")


def test_an_attempt_that_is_still_open_has_no_end() -> None:
    open_ = {"npn": ANA.npn, "outcome": None, "started_at": at(1)}

    assert [line.text for line in narrate(facts(ana(2, "rings"), ana(9, "ends"), attempts=[open_]), PEOPLE)] == [
        "the phone rings"
    ]


def test_what_was_done_from_outside_is_told_in_its_place_with_the_answer() -> None:
    done = Done(3.0, "imports a roster file", {"licenses_changed": 1})

    lines = narrate(facts(ana(2, "rings"), ana(8, "answers"), done=[done]), PEOPLE)

    assert lines[1] == Line(3.0, "compliance", "imports a roster file (licenses changed: 1)", "outside")


def test_what_is_being_said_is_not_settled() -> None:
    assert settled_before(facts(ana(2, "rings"), ana(6, "hears", "Final expense."))) == 6
    assert settled_before(facts(ana(2, "rings"), ana(6, "answers"))) == 100.0


def test_the_closing_names_whom_the_caller_spoke_to_or_who_has_the_lead() -> None:
    served = {"lead_id": 7, "custody": "served", "owed_by": None}
    waiting = {"lead_id": 8, "custody": "escalated", "owed_by": at(4 * 3600)}
    item = {"id": 3, "reason": "nobody_licensed", "status": "open"}

    spoke = closing(facts(lead=served, bridges=[Bridged(LEG, ANA.phone, "1", 9.0, 75.0)]), PEOPLE)
    nobody = closing(facts(lead=waiting, escalations=[item]), PEOPLE)

    assert [line.text for line in spoke] == ["Connected to Ana Ruiz for 75 s.", "Lead 7 is served."]
    assert [line.text for line in nobody] == [
        "The caller was connected to nobody.",
        "Lead 8 is on the supervisors' list: nobody is licensed there (escalation 3, open). "
        "Somebody owes it a next step within 4 hours.",
    ]
