"""The softphone's panel, with a stand-in for the carrier's library: what it shows, what it says to us, what it keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jwt
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from app.domain.softphone import Dialed
from app.simulator.calls import Call
from app.simulator.parties import ProducerBehavior
from app.storage import authority_facts, softphones
from app.web.console.softphone_words import WORDS, words_in
from tests.console.conftest import Visitor, token_of
from tests.conversations.people import ANA, BEN, KEYS_OHIO, OHIO_CALLER, OTHER_OHIO_CALLER
from tests.product import ACCOUNT_SID, Stage

KEY_SID, KEY_SECRET = "SK" + "0" * 32, "a-secret-of-the-tests-that-signs-nothing-real"

# What the vendored library offers, as far as the page uses it. The test plays the carrier: it rings, it ends.
STAND_IN = """
class Heard {
  constructor() { this.listeners = {}; }
  on(name, listener) { (this.listeners[name] ||= []).push(listener); }
  emit(name, ...told) { for (const listener of this.listeners[name] || []) listener(...told); }
}
class Call extends Heard {
  constructor(sid) { super(); this.parameters = {CallSid: sid}; this.muted = false; this.did = []; }
  accept() { this.did.push("accept"); this.emit("accept"); }
  ignore() { this.did.push("ignore"); }
  disconnect() { this.did.push("disconnect"); this.emit("disconnect"); }
  sendDigits(digits) { document.documentElement.dataset.keyed += digits; }
  isMuted() { return this.muted; }
  mute(on) { this.muted = on; this.emit("mute", on); }
}
class Device extends Heard {
  constructor(token, options) {
    super();
    Object.assign(this, {token, options, state: "unregistered"});
    window.device = this;
  }
  async register() {
    if (window.refuses) throw Object.assign(new Error("no"), {code: window.refuses});
    this.state = "registered";
    this.emit("registered");
  }
  updateToken(token) { document.documentElement.dataset.renewed = "yes"; }
  destroy() { this.state = "destroyed"; }
  ring(sid) {
    document.documentElement.dataset.keyed = "";
    window.ringing = new Call(sid);
    this.emit("incoming", window.ringing);
  }
  lose() { this.state = "unregistered"; this.emit("unregistered"); }
}
window.Twilio = {Device};
"""
HEARS = "navigator.mediaDevices.getUserMedia = async () => new MediaStream();"
DEAF = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', '%s'); };"


@pytest.fixture
def with_keys(stage: Stage) -> Stage:
    """A stage whose agency has set an API key; Ana is on duty."""
    stage.tools.settings.twilio_api_key_sid = KEY_SID
    stage.tools.settings.twilio_api_key_secret = KEY_SECRET
    stage.hire(ANA)
    return stage


def reached(stage: Stage) -> Dialed:
    """How Ana would be rung now."""
    with stage.database.read() as tx:
        producer_id = authority_facts.producer_id_of(tx, ANA.npn)
        assert producer_id is not None
        return softphones.reach(tx, producer_id, stage.now).dialed


def address_of(stage: Stage) -> str:
    with stage.database.read() as tx:
        producer_id = authority_facts.producer_id_of(tx, ANA.npn)
        assert producer_id is not None
        return softphones.reach(tx, producer_id, stage.now).address


# ---- what the page asks of us


def posted(client: FlaskClient, name: str) -> Any:
    return client.post(f"/me/softphone/{name}", headers={"X-CSRFToken": token_of(client)})


def test_a_pass_is_to_be_rung_under_a_name_that_tells_nothing_and_to_call_nobody(
    with_keys: Stage, signed_in_client: Callable[..., FlaskClient]
) -> None:
    client = signed_in_client("producer", npn=ANA.npn)

    answer = posted(client, "token").get_json()

    told = jwt.decode(answer["token"], KEY_SECRET, algorithms=["HS256"])
    assert (told["iss"], told["sub"], told["exp"] - told["nbf"]) == (KEY_SID, ACCOUNT_SID, 900)
    assert told["grants"]["voice"] == {"incoming": {"allow": True}}
    assert told["grants"]["identity"].isalpha()
    assert reached(with_keys) is Dialed.PHONE, "a pass alone is no sign of life"


def test_a_sign_of_life_holds_for_a_minute_and_a_goodbye_ends_it(
    with_keys: Stage, signed_in_client: Callable[..., FlaskClient]
) -> None:
    client = signed_in_client("producer", npn=ANA.npn)

    seen = []
    assert posted(client, "here").status_code == 204
    seen.append(reached(with_keys))
    with_keys.clock.advance(60)
    seen.append(reached(with_keys))
    posted(client, "here")
    assert posted(client, "gone").status_code == 204
    seen.append(reached(with_keys))

    assert seen == [Dialed.SOFTPHONE, Dialed.PHONE, Dialed.PHONE]


def test_without_an_api_key_there_is_no_pass_and_no_sign_and_the_page_says_so(
    stage: Stage, signed_in_client: Callable[..., FlaskClient]
) -> None:
    stage.hire(ANA)
    client = signed_in_client("producer", npn=ANA.npn)

    assert (posted(client, "token").status_code, posted(client, "here").status_code) == (409, 409)
    page = client.get("/me/softphone").get_data(as_text=True)
    assert "Not set up here. Calls ring your phone, +1 614-***-**01." in page
    assert "softphone.js" not in page
    assert reached(stage) is Dialed.PHONE


def test_only_a_producer_has_one_and_only_from_our_own_page(
    with_keys: Stage, signed_in_client: Callable[..., FlaskClient]
) -> None:
    supervisor, producer = signed_in_client("supervisor"), signed_in_client("producer", npn=ANA.npn)

    answers = [posted(supervisor, name).status_code for name in ("token", "here", "gone")]

    assert answers == [403, 403, 403]
    assert supervisor.get("/me/softphone/ringing").status_code == 403
    assert producer.post("/me/softphone/here").status_code == 400
    assert reached(with_keys) is Dialed.PHONE


def test_only_a_ring_to_the_softphone_is_told_and_only_to_its_own_producer(
    with_keys: Stage, signed_in_client: Callable[..., FlaskClient]
) -> None:
    ana = signed_in_client("producer", npn=ANA.npn)
    with_keys.hire(BEN)
    with_keys.presence(BEN, "away")
    ben = signed_in_client("producer", npn=BEN.npn, email="ben@agency.example")
    with_keys.behave(ANA, ProducerBehavior(rings="no_answer"))
    by_phone = with_keys.ring_in(OHIO_CALLER, KEYS_OHIO)
    play_until(with_keys, lambda: by_phone.rang(ANA.phone))
    told = [ana.get("/me/softphone/ringing").get_json()["stage"]]
    with_keys.exchange.run()
    posted(ana, "here")
    with_keys.exchange.register_client(address_of(with_keys).removeprefix("client:"), ProducerBehavior(presses=""))

    call = with_keys.ring_in(OTHER_OHIO_CALLER, KEYS_OHIO)
    play_until(with_keys, lambda: call.rang(address_of(with_keys)))

    told += [client.get("/me/softphone/ringing").get_json() for client in (ben, ana)]
    over = {"stage": "over", "words": [], "callback": False}
    assert told == ["over", over, {"stage": "ringing", "words": ["Final expense. Ohio."], "callback": False}]
    with_keys.exchange.run()


def test_both_languages_say_the_same_things() -> None:
    assert not [key for key, (english, spanish) in WORDS.items() if english == spanish]
    assert not [key for key, both in WORDS.items() if len({each.count("{phone}") for each in both}) > 1]
    assert words_in("fr") == words_in("en")


# ---- in a browser


def arrive(visitor: Visitor, path: str = "/me/softphone", *, microphone: str = HEARS) -> Page:
    page = visitor.page
    page.route("**/twilio.min.js*", lambda route: route.fulfill(body=STAND_IN, content_type="text/javascript"))
    page.add_init_script(microphone)
    return visitor.go(path)


def turn_on(page: Page) -> None:
    with page.expect_response("**/me/softphone/here"):
        page.get_by_role("button", name="Take calls in this browser").click()
    expect(page.get_by_role("status").filter(has_text="Calls ring in this browser")).to_be_visible()


def play_until(stage: Stage, so_far: Callable[[], bool]) -> None:
    """Virtual time goes by in small steps until it is so."""
    for _ in range(400):
        if so_far():
            return
        stage.exchange.run(0.1)
    raise AssertionError("it never came to that")


def rung(stage: Stage, page: Page, *, answers_after: float = 3.0) -> tuple[Call, str]:
    """A caller; Ana's browser rings, at the carrier and in the page. The call, and the browser's address."""
    browser = address_of(stage)
    assert browser.startswith("client:")
    # Picks up after a while of virtual time, which waits for the test; the key comes from the page.
    silent = ProducerBehavior(answers_after_seconds=answers_after, presses="")
    stage.exchange.register_client(browser.removeprefix("client:"), silent)
    call = stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    play_until(stage, lambda: call.rang(browser))
    page.evaluate("sid => window.device.ring(sid)", call.leg_to(browser).sid)
    return call, browser


def expect_key(page: Page, key: str) -> None:
    """The page has keyed `key`, and nothing else."""
    expect(page.locator("html")).to_have_attribute("data-keyed", key)


def test_a_call_is_taken_in_the_browser_and_is_bridged_by_its_key(
    with_keys: Stage, person: Callable[..., Visitor]
) -> None:
    visitor = person("producer", npn=ANA.npn)
    page = arrive(visitor)
    visitor.check()
    visitor.shoot("softphone-off")
    turn_on(page)
    visitor.shoot("softphone-on")
    assert page.evaluate("window.device.options.closeProtection") == words_in("en")["leaving"]

    call, browser = rung(with_keys, page)
    expect(page.get_by_text("Final expense. Ohio.")).to_be_visible()
    visitor.check()
    visitor.shoot("softphone-ringing")
    page.get_by_role("button", name="Take the call").click()
    expect(page.get_by_role("status").filter(has_text="One moment")).to_be_visible()
    expect_key(page, "")  # before the whisper listens
    play_until(with_keys, lambda: call.leg_to(browser).has_heard("Final expense"))
    expect_key(page, "1")
    call.leg_to(browser).press("1")
    play_until(with_keys, lambda: bool(call.bridges))

    expect(page.get_by_role("status").filter(has_text="You are connected.")).to_be_visible()
    visitor.check()
    visitor.shoot("softphone-talking")
    page.get_by_role("button", name="Mute").click()
    expect(page.get_by_role("button", name="Unmute")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Hang up").click()
    expect(page.get_by_role("status").filter(has_text="The call is over.")).to_be_visible()
    with_keys.clock.advance(90)
    call.leg_to(browser).hang_up()
    with_keys.exchange.run()
    expect_key(page, "1")  # once: a tone would be heard in the talk
    (attempt,) = with_keys.story(call)["attempts"]
    assert (attempt["npn"], attempt["dialed"], attempt["outcome"]) == (ANA.npn, "softphone", "accepted")


def test_not_now_is_a_key_too_and_no_miss(with_keys: Stage, person: Callable[..., Visitor]) -> None:
    visitor = person("producer", npn=ANA.npn)
    page = arrive(visitor)
    turn_on(page)

    call, browser = rung(with_keys, page)
    page.get_by_role("button", name="Not now").click()
    play_until(with_keys, lambda: call.leg_to(browser).answered_at is not None)
    expect_key(page, "2")
    call.leg_to(browser).press("2")
    with_keys.exchange.run()
    page.evaluate("window.ringing.emit('disconnect')")

    expect(page.get_by_role("status").filter(has_text="Passed on.")).to_be_visible()
    assert with_keys.outcomes(call) == [(ANA.npn, "declined")]
    assert with_keys.seat(ANA).misses == 0
    assert call.bridged_to == []
    visitor.check()


def test_authority_lost_while_it_rings_is_said_on_the_page(with_keys: Stage, person: Callable[..., Visitor]) -> None:
    page = arrive(person("producer", npn=ANA.npn))
    turn_on(page)
    call, browser = rung(with_keys, page)
    with_keys.suspend(ANA, "OH")

    page.get_by_role("button", name="Take the call").click()
    play_until(with_keys, lambda: call.leg_to(browser).answered_at is not None)
    expect_key(page, "1")
    call.leg_to(browser).press("1")
    play_until(with_keys, lambda: call.leg_to(browser).has_heard("not active"))

    expect(page.get_by_role("status").filter(has_text="no authority there")).to_be_visible()
    with_keys.exchange.run()
    assert call.bridged_to == []
    assert with_keys.outcomes(call) == [(ANA.npn, "authority_lost")]


def test_what_we_did_not_send_is_not_answered(with_keys: Stage, person: Callable[..., Visitor]) -> None:
    page = arrive(person("producer", npn=ANA.npn))
    turn_on(page)

    page.evaluate("window.device.ring('CA' + 'f'.repeat(32))")

    expect(page.get_by_role("status").filter(has_text="did not send")).to_be_visible()
    assert page.evaluate("window.ringing.did") == ["ignore"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("NotAllowedError", "does not give us the microphone"), ("NotFoundError", "No microphone was found")],
)
def test_without_a_microphone_it_stays_off_and_says_what_to_do(
    with_keys: Stage, person: Callable[..., Visitor], name: str, said: str
) -> None:
    page = arrive(person("producer", npn=ANA.npn), microphone=DEAF % name)

    page.get_by_role("button", name="Take calls in this browser").click()

    expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
    expect(page.get_by_role("button", name="Take calls in this browser")).to_be_visible()
    assert reached(with_keys) is Dialed.PHONE


def test_a_refused_pass_a_lost_line_and_a_closed_page_all_leave_the_phone(
    with_keys: Stage, person: Callable[..., Visitor]
) -> None:
    visitor = person("producer", npn=ANA.npn)
    page = arrive(visitor)
    page.evaluate("window.refuses = 20101")
    page.get_by_role("button", name="Take calls in this browser").click()
    expect(page.get_by_role("status").filter(has_text="refused this browser")).to_be_visible()
    visitor.check()

    page.evaluate("window.refuses = 0")
    turn_on(page)
    assert reached(with_keys) is Dialed.SOFTPHONE
    with page.expect_response("**/me/softphone/token"):
        page.evaluate("window.device.emit('tokenWillExpire')")
    expect(page.locator("html")).to_have_attribute("data-renewed", "yes")
    with page.expect_request("**/me/softphone/gone"):
        page.evaluate("window.device.lose()")
    expect(page.get_by_role("status").filter(has_text="Calls ring your phone until it is back")).to_be_visible()
    with page.expect_response("**/me/softphone/here"):
        page.evaluate("window.device.register()")
    page.goto("about:blank")
    with_keys.clock.advance(61)

    assert reached(with_keys) is Dialed.PHONE


def test_the_page_goes_on_saying_that_it_is_there(with_keys: Stage, person: Callable[..., Visitor]) -> None:
    visitor = person("producer", npn=ANA.npn)
    page = visitor.page
    hurried = "addEventListener('message', told => setInterval(() => postMessage('beat'), told.data * 10));"
    page.route("**/softphone-clock.js*", lambda route: route.fulfill(body=hurried, content_type="text/javascript"))
    arrive(visitor)
    turn_on(page)

    with_keys.clock.advance(45)
    for _ in range(2):
        page.wait_for_event("response", lambda answer: answer.url.endswith("/me/softphone/here"))
    with_keys.clock.advance(45)

    assert reached(with_keys) is Dialed.SOFTPHONE


def test_on_the_producers_desk_it_rings_on_while_they_look_at_other_tabs(
    with_keys: Stage, person: Callable[..., Visitor]
) -> None:
    visitor = person("producer", npn=ANA.npn)
    page = arrive(visitor, path="/me")
    turn_on(page)

    page.locator("#tab-callbacks").click()
    expect(page.locator("#tab-callbacks")).to_have_attribute("aria-current", "page")
    with page.expect_response("**/me/presence"):
        page.get_by_role("button", name="Break").click()
    with page.expect_response("**/me/presence"):
        page.get_by_role("button", name="Ready", exact=True).click()
    call, browser = rung(with_keys, page)
    expect(page.get_by_role("button", name="Take the call")).to_be_visible()
    assert not visitor.troubles
    visitor.shoot("me-ringing")
    page.get_by_role("button", name="Take the call").click()
    play_until(with_keys, lambda: call.leg_to(browser).answered_at is not None)
    expect_key(page, "1")
    call.leg_to(browser).press("1")
    with_keys.exchange.run()

    assert call.bridged_to == [browser]


def test_the_vendored_library_itself_loads_under_the_pages_policy_and_says_that_it_reaches_nobody(
    with_keys: Stage, person: Callable[..., Visitor]
) -> None:
    visitor = person("producer", npn=ANA.npn)
    page = visitor.page
    # Nothing leaves this machine: the carrier's addresses lead nowhere.
    page.route("https://*.twilio.com/**", lambda route: route.abort())
    asked: list[str] = []
    page.route_web_socket("wss://*.twilio.com/**", lambda socket: asked.append(socket.url))
    page.add_init_script(HEARS)
    page.clock.install()
    visitor.go("/me/softphone")

    page.get_by_role("button", name="Take calls in this browser").click()
    expect(page.get_by_role("status").filter(has_text="Connecting to the phone network")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.clock.run_for(9_000)

    expect(page.get_by_role("status").filter(has_text="Calls ring your phone until it is back")).to_be_visible()
    expect(page.get_by_role("button", name="Back to my phone")).to_be_visible()
    assert page.evaluate("typeof window.Twilio.Device") == "function"
    assert asked
    assert {url.split("/")[2] for url in asked} == {"voice-js.roaming.twilio.com"}
    assert not [trouble for trouble in visitor.troubles if "Content Security Policy" in trouble]
    assert reached(with_keys) is Dialed.PHONE
