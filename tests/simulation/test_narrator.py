"""The narrator alone: facts made up by hand, and the lines that they become."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.simulator.cast import Member
from app.simulator.facts import Bridged, Done, Facts, Moment, Texted
from app.simulator.narrator import closing, narrate, settled_before, tell
from app.simulator.storyline import Line, Story

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
ANA = Member("90000005", "Ana Ruiz", "+15025550105")
PEOPLE = {ANA.phone: ANA}
CALLER, CALL, LEG = "+16145550150", "CAcaller", "CAana"
OURS = "+18005550199"


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
    return Facts(CALLER, OURS, NOON, 100.0, moments, story=story, **given)


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
    refused = Done(5.0, "assigns it to Ana Ruiz", {"reasons": ["no_license", "roster_stale"]}, "supervisor")

    lines = narrate(facts(ana(2, "rings"), ana(8, "answers"), done=[done, refused]), PEOPLE)

    assert lines[1:3] == [
        Line(3.0, "compliance", "imports a roster file", "outside"),
        Line(
            5.0,
            "supervisor",
            "assigns it to Ana Ruiz, and is refused: holds no license there; "
            "the license has not been verified for too long",
            "no",
            "no_license, roster_stale",
        ),
    ]


def test_what_was_done_before_the_call_came_in_comes_first_and_has_no_second() -> None:
    away = Done(0.0, "is away now", {"presence": "away"}, "Ana Ruiz")

    lines = narrate(facts(caller(0, "calls"), done=[away]), PEOPLE)

    assert lines[0] == Line(None, "Ana Ruiz", "is away now", "outside")


def test_what_the_caller_says_is_quoted() -> None:
    assert narrate(facts(caller(3, "says", "tomorrow at ten")), PEOPLE) == [Line(3, "caller", "says “tomorrow at ten”")]


def test_a_sentence_after_a_while_is_told_apart() -> None:
    heard = [caller(0, "hears", "Press 1 to stay."), caller(3, "hears", "Press 2."), caller(14, "hears", "Goodbye.")]

    assert [line.text for line in narrate(facts(*heard), PEOPLE)] == [
        "hears “Press 1 to stay. Press 2.”",
        "hears “Goodbye.”",
    ]


def test_in_brief_those_without_authority_are_one_line() -> None:
    asked = offer(
        1, considered("Ben Ortiz", "no_license"), considered("Ana Ruiz"), considered("Eli Park", "loa_missing")
    )

    _, ana_may, others, nobody = tell(Story(facts(decisions=[asked]), is_brief=True), PEOPLE)

    assert ana_may.who == "Ana Ruiz"
    assert others == Line(None, "2 others", "may not take it: Ben Ortiz, Eli Park", "no", "no_license, loa_missing")
    assert nobody.text == "Licensed: 1; none of them can be rung now."


def test_a_callback_is_told_by_the_clock_of_the_call_that_led_to_it() -> None:
    first = facts(caller(0, "calls", OURS), caller(20, "ends", "completed"))
    later = callback(producer(5, "rings"), decisions=[offer(30, considered("Ana Ruiz", verdict="chosen"))])
    story = Story(first, [replace(later, arrived_at=NOON + timedelta(seconds=30))])

    lines = tell(story, PEOPLE)

    assert [(line.second, line.text) for line in lines[1:]] == [
        (20, "is off the line"),
        (30, "A callback is due: Ana Ruiz is licensed and available."),
        (35, "the phone rings"),
    ]


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


def test_the_closing_says_when_a_supervisor_has_settled_it_and_within_what_time_a_promise_is_kept() -> None:
    served = {"lead_id": 7, "custody": "served", "owed_by": None}
    promised = {"lead_id": 8, "custody": "promised", "owed_by": at(100 + 300)}
    by_person = {"id": 3, "reason": "nobody_licensed", "status": "resolved", "claimed_by": "Kim"}
    by_callback = {"id": 4, "reason": "nobody_licensed", "status": "resolved", "claimed_by": None}

    settled = closing(facts(lead=served, escalations=[by_person]), PEOPLE)
    waiting = closing(facts(lead=promised, escalations=[by_callback]), PEOPLE)

    assert settled[-1].text == "Lead 7 is served, says a supervisor (escalation 3, resolved)."
    assert waiting[-1].text == "Lead 8 is promised a callback within 5 minutes."


def rounds(*places: str) -> list[Moment]:
    """Ten seconds of hold for each of `places`."""
    return [
        moment
        for nth, place in enumerate(places)
        for moment in (
            caller(10.0 * nth, "hears", f"You are {place} in line."),
            caller(10.0 * nth + 2, "hears", "Press 2 for another time."),
            caller(10.0 * nth + 4, "hears", "[pause] 6 s"),
        )
    ]


def test_a_wait_is_told_by_what_is_new_in_it() -> None:
    lines = narrate(facts(*rounds("third", "third", "third", "second", "second"), caller(50, "ends")), PEOPLE)

    assert lines == [
        Line(0, "caller", "hears “You are third in line. Press 2 for another time.”", "speech"),
        Line(10, "caller", "waits, and hears the same twice more", "speech"),
        Line(30, "caller", "hears “You are second in line.”", "speech"),
        Line(32, "caller", "waits, and hears the same twice more", "speech"),
        Line(50, "caller", "is off the line"),
    ]


def test_a_wait_is_settled_as_far_as_nothing_may_be_added() -> None:
    waiting = rounds("third", "third", "third")

    assert settled_before(facts(*waiting)) == 10
    assert [line.text for line in narrate(facts(*rounds("third", "third"), caller(20, "presses", "2")), PEOPLE)][
        1:
    ] == [
        "waits, and hears the same once more",
        "keys 2",
    ]


def test_music_is_told_by_its_name() -> None:
    [line] = narrate(facts(caller(0, "hears", "[play] https://app.example.com/audio/hold.mp3")), PEOPLE)

    assert line.text == "hears “[hold.mp3]”"


def test_a_question_asked_each_round_with_the_same_answer_is_told_once() -> None:
    refused = considered("Ben Ortiz", "no_license")
    rung = considered("Ana Ruiz", verdict="chosen")

    lines = narrate(
        facts(
            decisions=[
                offer(0, refused),
                offer(10, refused),
                offer(20, refused),
                offer(30, refused, rung, npn=ANA.npn),
                offer(60, refused),
            ]
        ),
        PEOPLE,
    )

    assert [(line.second, line.text) for line in lines if line.second is not None][1:] == [
        (30, "Asked again: Ana Ruiz is licensed and available."),
        (60, "Nobody on the roster may take this call."),
    ]


def test_texts_are_told_with_what_became_of_them() -> None:
    texts = [
        Texted(5, "sent", "We will call you."),
        Texted(7, "delivered", "We will call you."),
        Texted(40, "received", "tomorrow at ten"),
        Texted(41, "sent", "We will call at ten."),
        Texted(43, "undelivered", "We will call at ten.", 30003),
        Texted(50, "sent", "You have been unsubscribed.", by_carrier=True),
    ]

    lines = narrate(facts(caller(0, "ends"), texts=texts), PEOPLE)

    assert lines[1:] == [
        Line(5, "text", "to the caller, from us: “We will call you.”", "speech"),
        Line(7, "text", "is delivered"),
        Line(40, "text", "from the caller: “tomorrow at ten”", "speech"),
        Line(41, "text", "to the caller, from us: “We will call at ten.”", "speech"),
        Line(43, "text", "does not reach the caller", "no", "30003"),
        Line(50, "text", "to the caller, from the carrier itself: “You have been unsubscribed.”", "speech"),
    ]


def callback(*moments: Moment, **more: Any) -> Facts:
    """The producer's leg is the call's first, the consumer's is LEG."""
    return facts(*moments, was_placed=True, consumer_legs=frozenset({LEG}), **more)


def producer(second: float, what: str, detail: str = "") -> Moment:
    return Moment(second, CALL, ANA.phone, what, detail)


def consumer(second: float, what: str, detail: str = "", **more: Any) -> Moment:
    return Moment(second, LEG, CALLER, what, detail, **more)


def test_a_callback_rings_the_producer_first_and_then_the_caller() -> None:
    lines = narrate(
        callback(
            producer(0, "is dialed", "from +18005550199"),
            producer(1, "rings"),
            producer(5, "answers"),
            producer(5, "hears", "Callback. Ohio. Press 1."),
            producer(8, "presses", "1"),
            consumer(8, "is dialed", "from +18005550199"),
            consumer(9, "rings"),
            consumer(15, "answers"),
            producer(15, "is bridged to", CALLER),
            consumer(15, "is bridged to", ANA.phone),
            producer(45, "is unbridged"),
            consumer(45, "is unbridged"),
            consumer(45, "ends", "completed"),
            producer(46, "ends", "completed"),
            bridges=[Bridged(CALL, ANA.phone, "1", 15.0, 30.0)],
        ),
        PEOPLE,
    )

    assert [f"{line.who}: {line.text}" for line in lines] == [
        "Ana Ruiz: is rung first, for a callback to 614-555-0150",
        "Ana Ruiz: the phone rings",
        "Ana Ruiz: picks up",
        "Ana Ruiz: hears “Callback. Ohio. Press 1.”",
        "Ana Ruiz: presses 1",
        "caller: is called back at 614-555-0150",
        "caller: the phone rings",
        "caller: picks up",
        "Ana Ruiz: is connected with the caller",
        "Ana Ruiz: and the caller spoke for 30 s",
        "caller: is off the line",
    ]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("no-answer (rang its time)", "does not answer"),
        ("busy", "is busy"),
        ("canceled (the caller left)", "is not rung any longer"),
        ("failed", "cannot be reached"),
    ],
)
def test_a_caller_who_is_called_back_in_vain_is_told_as_the_carrier_saw_it(status: str, told: str) -> None:
    lines = narrate(callback(consumer(8, "is dialed"), consumer(9, "rings"), consumer(39, "ends", status)), PEOPLE)

    assert lines[-1] == Line(39, "caller", told)


def test_a_callers_machine_is_told_as_a_machine() -> None:
    assert narrate(callback(consumer(15, "answers", by_machine=True)), PEOPLE)[0].text == "a machine picks up"


def test_each_talk_on_a_producers_leg_has_its_own_length() -> None:
    talks = [Bridged(CALL, ANA.phone, "1", 10.0, 3.0), Bridged(CALL, ANA.phone, "11", 30.0, 75.0)]

    lines = narrate(callback(producer(13, "is unbridged"), producer(105, "is unbridged"), bridges=talks), PEOPLE)

    assert [line.text for line in lines] == ["and the caller spoke for 3.0 s", "and the caller spoke for 75 s"]
