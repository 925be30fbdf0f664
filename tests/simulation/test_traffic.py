"""Callers who arrive for ever."""

from __future__ import annotations

import re
from collections import Counter

from werkzeug.test import Client

from app.simulator.cast import AGENCY, members, packaged
from app.simulator.products import Reply
from app.simulator.traffic import KEPT, PLACES, Traffic
from tests.simulation.scripted import ACCOUNT, BASE, TOKEN, Stage, stage

PEOPLE = members(packaged("agency.csv"))
ON = Reply(200, "text/xml", "<Response/>")
HOUR = 3600


def a_stage(seed: int = 0) -> Stage:
    """A product that rejects every call, and a carrier with traffic."""
    set_up = stage({"/in": '<Reject reason="busy"/>', "/sms": ON})
    set_up.exchange.add_number(AGENCY, voice_url=f"{BASE}/in", sms_url=f"{BASE}/sms")
    Traffic(set_up.exchange, PEOPLE, seed=seed).begin()
    return set_up


def asked(set_up: Stage, what: str, form: dict[str, str]) -> None:
    """POST /Messages or /Calls to the carrier."""
    path = f"/2010-04-01/Accounts/{ACCOUNT}/{what}.json"
    answer = Client(set_up.exchange.rest).post(path, data=form, auth=(ACCOUNT, TOKEN))
    assert answer.status_code == 201, answer.get_data(as_text=True)


def callers(set_up: Stage) -> list[tuple[str, str]]:
    """(when, from) of each call that reached the product."""
    return [(asked.at.isoformat(), asked.form["From"]) for asked in set_up.product.asked_at("/in")]


def test_the_same_seed_gives_the_same_callers() -> None:
    first, again, other = a_stage(1), a_stage(1), a_stage(2)

    for set_up in (first, again, other):
        set_up.exchange.run(HOUR)

    assert callers(first) == callers(again)
    assert callers(first) != callers(other)
    assert 80 < len(callers(first)) < 180


def test_callers_have_fictional_numbers_of_every_place_and_some_hide_theirs() -> None:
    set_up = a_stage()

    set_up.exchange.run(HOUR)

    numbers = {number for _, number in callers(set_up)}
    areas = {area for codes, _ in PLACES.values() for area in codes}
    assert "anonymous" in numbers
    assert all(re.fullmatch(r"\+1\d{3}55501\d\d", number) for number in numbers - {"anonymous"})
    assert {number[2:5] for number in numbers - {"anonymous"}} == areas


def test_a_producer_who_is_told_so_texts_on_and_comes_back() -> None:
    set_up = a_stage()
    set_up.exchange.run(60)

    told = {"To": PEOPLE[0].phone, "From": AGENCY, "Body": "You missed two calls. Reply ON to come back."}
    asked(set_up, "Messages", told)
    set_up.exchange.run(600)

    assert [(text.form["From"], text.form["Body"]) for text in set_up.product.asked_at("/sms")] == [
        (PEOPLE[0].phone, "ON")
    ]


def test_callers_who_are_texted_write_back_once_or_not_at_all() -> None:
    set_up = a_stage()
    set_up.exchange.run(HOUR)
    numbers = sorted({number for _, number in callers(set_up)} - {"anonymous"})

    for body in ("A licensed agent will call.", "Reply with another time."):
        for number in numbers:
            asked(set_up, "Messages", {"To": number, "From": AGENCY, "Body": body})
        set_up.exchange.run(120)

    written = Counter(text.form["From"] for text in set_up.product.asked_at("/sms"))
    of_callers = [written[number] for number in numbers]
    assert 0.1 < of_callers.count(1) / len(numbers) < 0.5
    assert max(of_callers) == 1


def test_callers_who_are_called_back_mostly_pick_up() -> None:
    set_up = a_stage()
    set_up.exchange.run(HOUR)
    numbers = sorted({number for _, number in callers(set_up)} - {"anonymous"})

    for number in numbers:
        asked(set_up, "Calls", {"To": number, "From": AGENCY, "Url": f"{BASE}/in"})
    set_up.exchange.run(400)

    picked_up = [call.answered_at is not None for call in set_up.exchange.placed_calls()]
    assert 0.6 < sum(picked_up) / len(numbers) < 1


def test_everybody_gives_a_sign_each_hour() -> None:
    set_up = a_stage()

    set_up.exchange.run(HOUR + 1)

    signs = [text.form["From"] for text in set_up.product.asked_at("/sms")]
    assert sorted(signs) == sorted(member.phone for member in PEOPLE)


def test_the_carrier_forgets_what_is_long_over() -> None:
    set_up = a_stage()

    set_up.exchange.run(4 * HOUR)

    record, now = set_up.exchange.record, set_up.clock.now()
    oldest = min(call.leg.started_at for call in record.calls)
    assert now - oldest < 2 * KEPT
    assert set(record.legs) == {call.sid for call in record.calls}
    assert min(webhook.at for webhook in record.webhooks) >= oldest - KEPT
