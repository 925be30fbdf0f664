"""A producer's day at a phone: a call comes, its card opens, the state was wrong, the talk is disposed of, a home has moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, ViewportSize, expect

from app.domain.lead import Custody
from app.simulator.calls import Call
from app.simulator.parties import CallerBehavior
from tests.builders import Held, licensed
from tests.console.conftest import Visitor
from tests.conversations.people import ANA, OHIO_CALLER, OHIO_ZIP
from tests.product import AGENCY, Stage

TESS = licensed("Tess", 6, "OH", "TX")
PHONE: ViewportSize = {"width": 390, "height": 844}

Person = Callable[..., Visitor]


def at_a_phone(person: Person, npn: str = ANA.npn) -> Visitor:
    visitor = person("producer", npn=npn)
    visitor.page.set_viewport_size(PHONE)
    visitor.go("/me")
    return visitor


def vendor_posts(stage: Stage) -> None:
    answer = stage.app.test_client().post(
        "/api/v1/leads",
        json={
            "campaign": AGENCY,
            "phone": OHIO_CALLER,
            "first_name": "Rosa",
            "last_name": "Alvarez",
            "state": "OH",
            "zip": OHIO_ZIP,
            "address": "12 Elm Street, Columbus",
            "external_id": "V-1001",
            "consent": "https://certificates.example/abc",
        },
        headers={"Authorization": f"Bearer {stage.key}"},
    )
    assert answer.status_code == 201, answer.get_data(as_text=True)


def rings(stage: Stage, *, seconds: float = 60) -> Call:
    """Rosa calls, and a phone rings."""
    vendor_posts(stage)
    call = stage.ring_in(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=seconds))
    stage.exchange.run(2)
    return call


def talks(stage: Stage, call: Call) -> None:
    while not call.bridged_to:
        stage.exchange.run(1)


def state(page: Page) -> Any:
    return page.get_by_role("region", name="Your state")


def test_a_call_rings_its_card_opens_and_the_producers_word_settles_the_lead(stage: Stage, person: Person) -> None:
    stage.hire(ANA)
    visitor = at_a_phone(person)
    page = visitor.page
    expect(state(page)).to_contain_text("Ready")
    expect(page.get_by_text("No call just now")).to_be_visible()
    visitor.check()
    visitor.shoot("producer-ready")

    call = rings(stage)
    expect(state(page)).to_contain_text("Your phone rings")
    expect(page.get_by_text("Rosa")).to_have_count(0)
    visitor.shoot("producer-ringing")

    talks(stage, call)
    expect(state(page)).to_contain_text("On a call")
    expect(page.get_by_role("heading", name="Rosa Alvarez")).to_be_visible()
    expect(page.get_by_text("Not held in Ohio: do not discuss")).to_be_visible()
    expect(page.get_by_text("12 Elm Street, Columbus, OH, 43215")).to_be_visible()
    visitor.check()
    visitor.shoot("producer-talking")

    stage.exchange.run()
    expect(state(page)).to_contain_text("Wrap-up")
    page.get_by_role("button", name="+30 s of wrap-up").click()
    expect(page.locator("#told")).to_contain_text("30 seconds more.")
    visitor.check()
    visitor.shoot("producer-wrap-up")

    page.get_by_role("button", name="Not interested").click()
    expect(page.locator("#told")).to_contain_text("Noted: Not interested.")
    expect(page.get_by_role("button", name="Not interested")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Ready now").click()
    expect(page.get_by_role("button", name="Ready", exact=True)).to_have_attribute("aria-pressed", "true")

    lead = stage.get(f"/leads/{stage.lead(call).id}")
    assert lead["custody"] == "served"
    assert stage.seat(ANA).availability(stage.now) == "available"


def test_a_short_talk_ticks_for_two_minutes_and_asked_not_to_be_called_ends_everything(
    stage: Stage, person: Person
) -> None:
    stage.hire(ANA)
    visitor = at_a_phone(person)
    page = visitor.page
    call = rings(stage, seconds=15)
    stage.exchange.run()
    expect(page.get_by_text("or they are called back, you first.")).to_be_visible()
    visitor.check()
    visitor.shoot("producer-short-talk")

    page.get_by_role("link", name="Callbacks", exact=True).click()
    expect(page.get_by_role("heading", name="My callbacks")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Rosa Alvarez")).to_contain_text("You first")
    visitor.check()
    visitor.shoot("producer-callbacks")

    page.get_by_role("link", name="Now", exact=True).click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Asked not to be called").click()
    expect(page.get_by_text("You said: Asked not to be called. Closed.")).to_be_visible()

    lead = stage.get(f"/leads/{stage.lead(call).id}")
    assert lead["custody"] == "closed"
    assert stage.callbacks("promised") == []


def test_a_wrong_state_moves_the_caller_to_somebody_licensed_there(stage: Stage, person: Person) -> None:
    stage.open("TX")
    stage.hire(ANA)
    visitor = at_a_phone(person)
    page = visitor.page
    call = rings(stage, seconds=100)
    talks(stage, call)
    stage.hire(TESS)

    page.get_by_role("link", name="Wrong state", exact=True).click()
    expect(page.get_by_role("heading", name="They live, or are, in another state")).to_be_visible()
    page.get_by_role("button", name="Move the caller on").click()
    expect(page.get_by_text("Give the ZIP or the state, not both and not neither.")).to_be_visible()
    visitor.check()
    visitor.shoot("producer-wrong-state")
    page.get_by_label("Or the state").select_option("TX")
    page.get_by_role("button", name="Move the caller on").click()
    expect(page.locator("#told")).to_contain_text("Texas is noted, and the caller moves on.")
    stage.exchange.run()

    expect(page.get_by_text("You reported Texas.")).to_be_visible()
    told = stage.story(call)
    assert [attempt["npn"] for attempt in told["attempts"]] == [ANA.npn, TESS.npn]
    assert told["residence"]["states"] == ["OH", "TX"]
    assert stage.lead(call).custody is Custody.SERVED
    (event,) = [one for one in told["events"] if one["happening"] == "wrong_state_reported"]
    assert event["facts"]["by"] == f"user:{visitor.email}"


def test_two_misses_and_one_tap_back(stage: Stage, person: Person) -> None:
    from app.simulator.parties import NO_ANSWER

    stage.hire(ANA, behavior=NO_ANSWER)
    visitor = at_a_phone(person)
    page = visitor.page
    for _ in range(2):
        stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP]))
    expect(state(page)).to_contain_text("Missed two rings")
    visitor.check()
    visitor.shoot("producer-missed")

    page.get_by_role("button", name="Back to ready").click()

    expect(page.get_by_role("button", name="Ready", exact=True)).to_have_attribute("aria-pressed", "true")
    assert stage.seat(ANA).presence == "available"


def test_licenses_and_a_move_that_stops_them_in_spanish(stage: Stage, person: Person) -> None:
    ana = ANA.holding(
        Held("OH"), Held("OH", "health"), Held("TX", expires="2026-12-06"), Held("FL", expires="2026-10-01")
    )
    stage.import_roster(ana)
    visitor = at_a_phone(person, npn=ana.npn)
    page = visitor.page
    page.get_by_role("link", name="Licenses", exact=True).click()
    expect(page.get_by_text("2 of 3 states need attention.")).to_be_visible()
    visitor.check()
    visitor.shoot("producer-licenses")

    page.get_by_role("button", name="Español").click()
    page.get_by_role("link", name="Me mudé").click()
    page.get_by_label("Ahora vivo en").select_option("TX")
    page.get_by_label("Desde el").fill("2026-11-10")
    visitor.shoot("producer-moved-es")
    page.get_by_role("button", name="Mostrar qué se detiene").click()
    expect(page.get_by_role("heading", name="¿Texas desde el 10 nov 2026?")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Florida").first).to_be_visible()
    visitor.check()
    visitor.shoot("producer-moved-confirm-es")
    page.get_by_role("button", name="Sí, me he mudado").click()
    expect(page.locator("#told")).to_contain_text("Anotado. Se detuvieron las llamadas de 3 estados.")
    expect(page.get_by_text("Usted avisó de una mudanza de Ohio a Texas")).to_be_visible()
    visitor.check()
    visitor.shoot("producer-moved-open-es")

    (move,) = stage.get(f"/producers/{ana.npn}/moves")["items"]
    assert (move["to_state"], move["moved_on"]) == ("TX", "2026-11-10")
