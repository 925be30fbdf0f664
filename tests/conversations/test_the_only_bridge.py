"""Read from the source: two documents bridge, one rendering writes each, one place earns each, with an acceptance."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.carrier.addresses import Addresses
from app.carrier.rendering import caller_fallback, producer_leg_error, render
from app.domain.instructions import Bridge, DialCaller, HangUpProducer, Offer, Screen, ScreenCallback, Words
from twiml import documents, reader, verbs

HOUSE = Path(__file__).parents[2]
SOURCES = sorted([*HOUSE.glob("app/**/*.py"), *HOUSE.glob("twiml/**/*.py")])
ADDRESSES = Addresses("https://threegate.example.com")
SID = "CA" + "0" * 32


def calls_of(name: str) -> Iterator[tuple[str, str]]:
    """(file, function) of every place that calls something named `name`."""
    for path in SOURCES:
        written = path.read_text(encoding="utf-8")
        if f"{name}(" not in written:
            continue
        tree = ast.parse(written)
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name:
                    yield path.relative_to(HOUSE).as_posix(), function.name


def test_only_an_acceptance_judged_at_that_moment_constructs_a_bridge() -> None:
    # `case Bridge():` in the renderer is a pattern, no call.
    assert list(calls_of("Bridge")) == [
        ("app/simulator/dialing.py", "_connect"),  # the ground truth's own Bridge, of the pretend carrier
        # A callback's, when the person has answered: the producer's acceptance stands, and was judged just now.
        ("app/workflows/callbacks/let_them_talk.py", "let_them_talk"),
        ("app/workflows/calls/screen_producer.py", "_accept"),
    ]


def test_only_an_accepted_callback_constructs_the_dial_that_rings_the_person() -> None:
    assert list(calls_of("DialCaller")) == [("app/workflows/callbacks/screen_callback.py", "_accept")]


def test_only_the_rendering_of_that_dial_writes_its_document_and_hands_on_its_acceptance() -> None:
    assert list(calls_of("dial_caller")) == [("app/carrier/rendering.py", "_dial_caller")]
    assert list(calls_of("_dial_caller")) == [("app/carrier/rendering.py", "render")]
    written = (HOUSE / "app/carrier/rendering.py").read_text()
    assert "case DialCaller():\n            return _dial_caller(" in written
    assert "documents.dial_caller(ring, acceptance_id=dial.acceptance_id)" in written


def test_only_the_rendering_of_a_bridge_lets_a_leg_through() -> None:
    assert list(calls_of("let_through")) == [("app/carrier/rendering.py", "render")]
    assert (
        "case Bridge():\n            return documents.let_through(" in (HOUSE / "app/carrier/rendering.py").read_text()
    )


def test_only_let_through_writes_a_document_without_an_ending() -> None:
    """Every function that builds a VoiceResponse ends the leg, refuses the call, dials, or goes on at an address of ours."""
    tree = ast.parse((HOUSE / "twiml/documents.py").read_text())
    open_ended = set()
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        calls = [ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)]
        if "VoiceResponse" in calls and not {"response.hangup", "response.redirect", "response.reject", "_dial"} & set(
            calls
        ):
            open_ended.add(function.name)
    # A Dial with an action never falls off its end: what follows is asked at that address.
    assert open_ended == {"let_through", "dial_caller"}


def test_after_the_talk_of_a_callback_the_leg_asks_us_what_is_next() -> None:
    document = reader.read(render(DialCaller(7, "+16145550123", "+18005550199", 25, 17), addresses=ADDRESSES))

    (dial,) = document.verbs
    assert isinstance(dial, verbs.Dial)
    assert dial.action == "https://threegate.example.com/voice/callbacks/7/concluded"


def test_whoever_a_document_rings_hears_a_whisper_first_and_is_asked_about_afterwards() -> None:
    """Phone or browser: a noun without a whisper would bridge as it answers, a Dial without an action after it."""
    tree = ast.parse((HOUSE / "twiml/documents.py").read_text())
    rings, dials = [], []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            named = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            if ast.unparse(node.func) in ("add", "dial.number", "dial.client"):
                rings.append(named.get("url"))
            if ast.unparse(node.func) == "Dial":
                dials.append(named.get("action"))

    assert rings == ["clean(ring.screen_url)"] * 2
    assert dials == ["clean(ring.concluded_url)"] * 2


@pytest.mark.parametrize("greeting", [None, Words("one_moment")])
def test_a_browser_is_rung_with_the_very_document_that_rings_a_phone(greeting: Words | None) -> None:
    browser, phone = (
        reader.read(render(Offer(SID, 1, address, "+18005550199", 15, greeting=greeting), addresses=ADDRESSES)).verbs[
            -1
        ]
        for address in ("client:abcdefghijklmnopqrstuvwx", "+16145550101")
    )

    assert isinstance(browser, verbs.Dial)
    assert isinstance(phone, verbs.Dial)
    (client,), (number,) = browser.targets, phone.targets
    assert isinstance(client, verbs.Client)
    assert client.url == number.url == f"https://threegate.example.com/voice/calls/{SID}/offers/1/screen"
    same = ("method", "status_callback", "status_callback_event", "send_digits")
    assert [getattr(client, name) for name in same] == [getattr(number, name) for name in same]
    assert dataclasses.replace(browser, targets=()) == dataclasses.replace(phone, targets=())


def test_only_a_producer_is_ever_rung_in_a_browser() -> None:
    """A callback's person is dialed as a number whatever stands there: no name of a browser could be bridged to."""
    document = render(DialCaller(7, "client:somebody", "+18005550199", 25, 17), addresses=ADDRESSES)

    with pytest.raises(reader.TwimlError):
        reader.read(document)


def test_nobody_else_writes_twiml() -> None:
    writers = {
        path.relative_to(HOUSE).as_posix()
        for path in SOURCES
        if "VoiceResponse(" in path.read_text(encoding="utf-8") or "<Response" in path.read_text(encoding="utf-8")
    }

    assert {path for path in writers if not path.startswith("app/simulator/")} == {"twiml/documents.py"}


@pytest.mark.parametrize(
    "instruction",
    [
        Screen(SID, 1, (Words("whisper_keys"),)),
        ScreenCallback(7, (Words("whisper_keys"),)),
        HangUpProducer(),
        HangUpProducer((Words("not_now"),)),
        HangUpProducer((Words("authority_lost", {"reason": "license_expired"}),)),
    ],
)
def test_every_other_document_of_a_producers_leg_ends_in_a_hangup(instruction: Any) -> None:
    document = reader.read(render(instruction, addresses=ADDRESSES))

    assert isinstance(document.verbs[-1], verbs.Hangup)


def test_what_a_door_answers_by_itself_ends_in_a_hangup() -> None:
    for xml in (producer_leg_error(), caller_fallback("en"), caller_fallback("es", written_down=False)):
        assert isinstance(reader.read(xml).verbs[-1], verbs.Hangup)


@pytest.mark.parametrize("acceptance", [0, -1, None, True, "7"])
def test_no_leg_is_let_through_without_an_acceptance(acceptance: Any) -> None:
    with pytest.raises(documents.NotAccepted):
        render(Bridge(SID, 1, SID, acceptance), addresses=ADDRESSES)


@pytest.mark.parametrize("acceptance", [0, -1, None, True, "7"])
def test_no_person_is_dialed_without_an_acceptance(acceptance: Any) -> None:
    with pytest.raises(documents.NotAccepted):
        render(DialCaller(7, "+16145550123", "+18005550199", 25, acceptance), addresses=ADDRESSES)
