"""The supervisor's pages in a real browser: each job done by clicking, and then the API read for the effect."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from app.simulator.parties import NO_ANSWER, CallerBehavior, accepts
from tests.builders import licensed
from tests.console.conftest import Visitor
from tests.conversations.people import ANA, BEN, KEYS_OHIO, OHIO_CALLER, OTHER_OHIO_CALLER, PAT
from tests.product import Stage

TEXAN, OTHER_TEXAN = "+12145550150", "+12145550151"
KEYS_TEXAS = CallerBehavior(answers=["75201"])
STAYS = CallerBehavior(answers={"ZIP code": "43215", "Press 1 to stay": "1"})
TEX = licensed("Tess", 8, "TX", "OH")

Person = Callable[..., Visitor]


def item(stage: Stage, nth: int = 0) -> int:
    return stage.waiting()[nth].id


def row(page: Page, escalation_id: int) -> Locator:
    return page.locator(f"#item-{escalation_id}")


def status_of(stage: Stage, escalation_id: int) -> tuple[str, str | None]:
    found = stage.get(f"/escalations/{escalation_id}")
    return found["status"], found["claimed_by"]


def texans(stage: Stage) -> None:
    """Texas is open, and nobody is licensed there: two people wait."""
    stage.open("TX")
    stage.hire(ANA, BEN, behavior=NO_ANSWER)
    stage.import_roster(PAT)
    stage.call_from(TEXAN, KEYS_TEXAS)
    stage.call_from(OTHER_TEXAN, KEYS_TEXAS)


def test_the_board_tells_who_waits_and_why_nobody_was_dialed(stage: Stage, person: Person) -> None:
    visitor = person("supervisor")
    page = visitor.go("/supervisor")
    expect(page.get_by_text("Nobody waiting")).to_be_visible()
    visitor.check()
    visitor.shoot("supervisor-board-empty")

    texans(stage)
    stage.call_from(OHIO_CALLER, CallerBehavior(answers=["43215"]))
    stage.pass_time(900)
    stage.clock.advance(9 * 3600 + 2400)
    stage.ring_in(OTHER_OHIO_CALLER, STAYS)
    stage.exchange.run(30)

    first = row(page, item(stage))
    expect(first).to_contain_text("Nobody licensed for life in Texas")
    expect(first).to_contain_text("3 skipped: no license there")
    expect(first).to_contain_text("Texas, confirmed")
    expect(page.get_by_role("heading", name="Due within 10 minutes")).to_be_visible()
    expect(page.get_by_role("heading", name="On the line now")).to_be_visible()
    expect(page.locator("#tiles")).to_contain_text("4")
    expect(page).to_have_title(re.compile(r"^\(4\) Board"))
    visitor.check()
    visitor.shoot("supervisor-board")


def test_an_item_is_claimed_by_one_and_the_other_is_told_who_has_it(stage: Stage, person: Person) -> None:
    texans(stage)
    sue, max_ = person("supervisor"), person("supervisor", email="max@agency.example")
    first = item(stage)
    board, other = sue.go("/supervisor"), max_.go("/supervisor")
    expect(row(other, first)).to_be_visible()
    # The board of the one who loses is paused: it does not know yet.
    other.get_by_role("button", name="Pause").click()

    row(board, first).get_by_role("button", name="Claim").click()
    expect(board.locator("#told")).to_contain_text("yours now")
    row(other, first).get_by_role("button", name="Claim").click()

    expect(other.locator("#told")).to_contain_text("supervisor@agency.example has it already")
    assert status_of(stage, first) == ("claimed", "user:supervisor@agency.example")
    expect(board.get_by_text("you have it")).to_be_visible()
    board.get_by_role("link", name="Board").first.click()
    board.get_by_role("link", name="Mine").click()
    expect(board.locator(".person")).to_have_count(1)
    sue.check()


def test_claim_and_next_takes_the_worst_by_one_chord_and_resolving_takes_the_next(stage: Stage, person: Person) -> None:
    texans(stage)
    first, second = item(stage, 0), item(stage, 1)
    visitor = person("supervisor")
    page = visitor.go("/supervisor")
    expect(row(page, second)).to_be_visible()

    page.keyboard.press("Alt+c")
    expect(page.get_by_role("heading", name="Resolve")).to_be_visible()
    assert page.url.endswith(f"/escalations/{first}")
    page.keyboard.press("Alt+e")
    expect(page.get_by_label("How it came out")).to_be_focused()
    page.get_by_role("button", name="Resolve and next").click()
    expect(page.get_by_text("Say how it came out.")).to_be_visible()
    page.get_by_label("How it came out").select_option("unreachable")
    page.get_by_label("Note").fill("Rang four times.")
    visitor.check()
    page.get_by_role("button", name="Resolve and next").click()

    expect(page.locator("#told")).to_contain_text("This one is yours now, too.")
    assert page.url.endswith(f"/escalations/{second}")
    done = stage.get(f"/escalations/{first}")
    assert (done["status"], done["outcome"], done["note"]) == ("resolved", "unreachable", "Rang four times.")
    assert status_of(stage, second) == ("claimed", "user:supervisor@agency.example")


def test_the_queue_goes_by_keyboard_and_the_sheet_says_how(stage: Stage, person: Person) -> None:
    texans(stage)
    first, second = item(stage, 0), item(stage, 1)
    visitor = person("supervisor")
    page = visitor.go("/supervisor")
    expect(row(page, second)).to_be_visible()

    page.keyboard.press("Alt+j")
    page.keyboard.press("Alt+j")
    expect(row(page, second).locator("[data-row]")).to_be_focused()
    # The board looks again meanwhile; whoever is chosen stays so.
    with page.expect_response("**/supervisor/board*"):
        pass
    expect(row(page, second).locator("[data-row]")).to_be_focused()
    page.keyboard.press("Alt+k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/escalations/{first}")
    page.go_back()
    page.keyboard.press("Shift+?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    visitor.check()
    visitor.shoot("supervisor-keys")
    page.get_by_label("Shortcuts are on").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("Alt+c")

    page.reload()
    page.keyboard.press("Alt+c")
    with page.expect_response("**/supervisor/board*"):
        pass
    assert status_of(stage, first)[0] == "open"


def test_a_time_is_promised_and_one_that_is_not_lawful_is_answered_with_the_rule(stage: Stage, person: Person) -> None:
    stage.open("TX")
    stage.hire(TEX, behavior=NO_ANSWER)
    stage.presence(TEX, "away")
    stage.call_from(TEXAN, KEYS_TEXAS)
    stage.pass_time(400)
    escalation = item(stage)
    visitor = person("supervisor")
    page = visitor.go(f"/supervisor/escalations/{escalation}")

    page.get_by_label("Another time").fill("2026-11-18T21:30")
    page.get_by_role("button", name="Promise it").click()
    expect(page.get_by_text("there it would be 9:30 pm on Wednesday")).to_be_visible()
    expect(page.get_by_label("Another time")).to_have_value("2026-11-18T21:30")
    visitor.check()
    visitor.shoot("supervisor-item")
    page.locator(".slots button").nth(1).click()

    expect(page.locator("#told")).to_contain_text("Promised: the call is on the list.")
    found = stage.get(f"/escalations/{escalation}")
    assert (found["status"], found["outcome"]) == ("resolved", "promised")
    [promise] = stage.callbacks("promised")
    assert promise.made_by == "user:supervisor@agency.example"


def test_only_who_is_licensed_can_be_given_it_and_the_others_say_why_not(stage: Stage, person: Person) -> None:
    stage.open("TX")
    stage.hire(TEX, behavior=accepts())
    stage.hire(ANA, BEN)
    stage.presence(TEX, "away")
    stage.exchange.add_person(TEXAN)
    stage.call_from(TEXAN, KEYS_TEXAS)
    stage.pass_time(400)
    escalation = item(stage)
    visitor = person("supervisor")
    page = visitor.go(f"/supervisor/escalations/{escalation}")

    page.get_by_role("link", name="Choose a producer").click()
    expect(page.locator(".choices-no")).to_contain_text("Ana Tester")
    expect(page.locator(".choices-no")).to_contain_text("no license there")
    expect(page.locator(".choices-no button")).to_have_count(0)
    visitor.check()
    visitor.shoot("supervisor-producers")
    page.get_by_role("button", name="Assign to Tess Tester").click()

    expect(page.locator("#told")).to_contain_text("Assigned")
    found = stage.get(f"/escalations/{escalation}")
    assert (found["status"], found["assigned_to"]) == ("assigned", TEX.npn)
    expect(page.get_by_role("heading", name="With a producer")).to_be_visible()
    stage.presence(TEX, "available")
    stage.pass_time(180)
    assert stage.get(f"/leads/{found['lead_id']}")["custody"] == "served"


def test_call_now_rings_a_producer_and_then_the_person(stage: Stage, person: Person) -> None:
    stage.open("TX")
    stage.hire(TEX, behavior=accepts())
    stage.presence(TEX, "away")
    stage.exchange.add_person(TEXAN)
    stage.call_from(TEXAN, KEYS_TEXAS)
    stage.pass_time(400)
    escalation = item(stage)
    stage.presence(TEX, "available")
    visitor = person("supervisor")
    page = visitor.go(f"/supervisor/escalations/{escalation}")

    page.get_by_role("button", name="Call now").click()
    expect(page.locator("#told")).to_contain_text("A producer is rung now")
    stage.pass_time(180)

    lead = stage.get(f"/escalations/{escalation}")["lead_id"]
    assert stage.get(f"/leads/{lead}")["custody"] == "served"
    with page.expect_response("**/supervisor/board*"):
        pass
    expect(page.get_by_role("heading", name="Resolved today")).to_be_visible()


def test_sound_is_unlocked_by_a_click_repeats_and_can_be_stopped(stage: Stage, person: Person) -> None:
    visitor = person("supervisor")
    visitor.page.clock.install()
    page = visitor.go("/supervisor")
    shift = page.locator("#shift")

    page.get_by_role("button", name="Start shift").click()
    expect(shift).to_have_attribute("data-on", "yes")
    expect(shift).to_have_attribute("data-last", "test")
    texans(stage)
    expect(shift).to_have_attribute("data-last", "unclaimed", timeout=10_000)
    expect(page.locator("#announce")).to_have_text(re.compile("2 people unclaimed"))
    played = int(shift.get_attribute("data-played") or 0)
    page.clock.fast_forward(31_000)
    expect(shift).to_have_attribute("data-played", str(played + 1))
    page.get_by_role("button", name="Stop the sound").click()
    expect(page.get_by_text("Quiet until the next")).to_be_visible()
    stage.presence(ANA, "away")
    stage.presence(BEN, "away")
    stage.ring_in(OTHER_OHIO_CALLER, STAYS)
    stage.exchange.run(30)

    expect(shift).to_have_attribute("data-last", "holding", timeout=10_000)
    visitor.check()
    page.get_by_role("button", name="End shift").click()
    expect(page.get_by_text("Sound is off")).to_be_visible()


def test_a_board_that_gets_no_answer_says_that_it_is_old(person: Person) -> None:
    visitor = person("supervisor")
    visitor.page.clock.install()
    page = visitor.go("/supervisor")
    page.route("**/supervisor/board*", lambda route: route.abort())

    page.clock.fast_forward(12_000)
    expect(page.get_by_role("alert")).to_contain_text("This board is old")
    page.unroute("**/supervisor/board*")
    page.clock.fast_forward(3_000)

    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_call_is_told_step_by_step_with_everybody_who_was_considered(stage: Stage, person: Person) -> None:
    stage.set(recording="vendor_announces")
    stage.hire(ANA, behavior=NO_ANSWER)
    stage.hire(BEN)
    stage.import_roster(PAT)
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.tick()
    visitor = person("compliance")
    page = visitor.go("/supervisor/calls?state=OH&day=2026-11-18&disposition=connected")
    visitor.check()
    visitor.shoot("supervisor-calls")

    page.get_by_role("link", name="10:00 am").click()
    story = page.locator(".story")
    expect(story).to_contain_text("State settled: Ohio, confirmed. The caller keyed ZIP 43215 in Ohio.")
    expect(story).to_contain_text("Ben Tester pressed 1, was judged once more, and was connected.")
    expect(story).to_contain_text("sealed as")
    story.get_by_text("Everybody who was considered").first.click()
    expect(story).to_contain_text("no license there")
    expect(story).to_contain_text("OH-90000001")
    visitor.check()
    visitor.shoot("supervisor-call")
    page.get_by_role("link", name="Lead").click()
    expect(page.get_by_text("Served").first).to_be_visible()
    visitor.check()
    visitor.shoot("supervisor-lead")

    page.goto(f"{visitor.console.address}/supervisor/search?q={call.sid}")
    expect(page.get_by_role("heading", name="Step by step")).to_be_visible()
    with page.expect_response("**/audio") as heard:
        page.locator("audio").evaluate("sound => { sound.muted = true; sound.play(); }")
    assert heard.value.status == 200
    [recording] = stage.story(call)["recordings"]
    assert heard.value.url.endswith(f"/recordings/{recording['sid']}/audio")
    page.reload()
    expect(page.locator(".story")).to_contain_text("The recording was listened to compliance@agency.example")
