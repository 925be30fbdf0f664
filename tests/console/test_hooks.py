"""The pages of webhooks: an address is added, its secret shown once, its log read, and what failed sent again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.outside.vendor_hooks import Answer
from app.storage import campaigns, webhooks, webhooks_deliveries
from app.storage.webhooks import Endpoint
from app.workflows.webhooks.collect_events import collect_events
from app.workflows.webhooks.send_due import send_due
from tests.console.conftest import Visitor, token_of
from tests.conversations.people import KEYS_OHIO, OHIO_CALLER
from tests.product import Stage
from tests.workflows.webhooks.receiving import Scripted

URL = "https://crm.example.com/threegate"
HOSTILE = "<script>alert(1)</script>"

Post = Callable[..., TestResponse]


@pytest.fixture
def client(stage: Stage, signed_in_client: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in_client("admin")


@pytest.fixture
def post(client: FlaskClient) -> Post:
    token = token_of(client)

    def send(path: str, **fields: object) -> TestResponse:
        return client.post(f"/webhooks{path}", data={"csrf_token": token, **fields})

    return send


def page(client: FlaskClient, path: str = "") -> str:
    answer = client.get(f"/webhooks{path}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def endpoint(stage: Stage) -> Endpoint:
    with stage.database.read() as tx:
        found = webhooks.load(tx, 1)
        assert found is not None
        return found


def missed_call(stage: Stage, *answers: Answer) -> None:
    """Somebody calls, nobody takes it, and everybody is told."""
    stage.clock.advance(1)
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.tick()
    collect_events(database=stage.database, now=stage.now)
    sender = Scripted({URL: list(answers)} if answers else {})
    send_due(database=stage.database, sender=sender, now=stage.clock.now)


def test_an_address_is_added_and_its_secret_shown_once(stage: Stage, client: FlaskClient, post: Post) -> None:
    assert "Nobody is told yet" in page(client)

    made = post("", url=URL, description="Our CRM", types=["lead.missed", "lead.connected"], vendor="")

    assert made.status_code == 201
    assert endpoint(stage).secret in made.get_data(as_text=True)
    assert endpoint(stage).types == ("lead.connected", "lead.missed")
    assert endpoint(stage).created_by == "user:admin@agency.example"
    for path in ("", "/1"):
        assert endpoint(stage).secret not in page(client, path)
        assert "Our CRM" in page(client, path)


def test_what_cannot_be_is_said_beside_its_field_and_what_was_typed_stays(client: FlaskClient, post: Post) -> None:
    answer = post("", url="https://10.0.0.1/", description=HOSTILE, types=["lead.missed"], vendor="")

    told = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "private network" in told
    assert 'value="https://10.0.0.1/"' in told
    assert HOSTILE not in told
    assert 'value="lead.missed" checked' in told


def test_the_log_says_what_was_sent_and_what_came_back(stage: Stage, client: FlaskClient, post: Post) -> None:
    post("", url=URL, types=["lead.missed"], vendor="")
    missed_call(stage, Answer(500, "the answer is 500", HOSTILE))

    told = page(client, "/1")

    assert "the answer is 500" in told
    assert HOSTILE not in told
    assert "&#34;type&#34;: &#34;lead.missed&#34;" in told
    assert "evt_" in told
    assert "No such delivery" in page(client, "/1?status=sent")
    assert "the answer is 500" in page(client, "/1?status=failed&type=lead.missed")
    assert "No such delivery" in page(client, "/1?before=1")
    assert page(client, "/1?before=x&status=%00&type=%00")


def test_what_failed_is_sent_again(stage: Stage, client: FlaskClient, post: Post) -> None:
    post("", url=URL, types=["lead.missed"], vendor="")
    missed_call(stage, Answer(500, "the answer is 500"))

    assert post("/1/deliveries/1/replay").status_code == 303
    assert post("/1/replay", span="hour").status_code == 303
    assert post("/1/replay", span="ever").status_code == 303

    with stage.database.read() as tx:
        (delivery,) = webhooks_deliveries.listed(tx, 1, limit=10)
    assert (delivery.status, delivery.replays) == ("waiting", 2)
    assert "Not sent again: choose since when." in page(client, "/1")


def test_it_is_changed_tried_switched_off_given_a_new_secret_and_removed(
    stage: Stage, client: FlaskClient, post: Post
) -> None:
    post("", url=URL, vendor="")
    before = endpoint(stage).secret

    post("/1/change", url=f"{URL}/new", description="Our CRM", types=["lead.missed"])
    wrong = post("/1/change", url="nowhere", description="")
    post("/1/test")
    rotated = post("/1/rotate")
    post("/1/switch", to="off")
    refused = post("/1/test")

    assert wrong.status_code == 422
    assert refused.status_code == 303
    assert (endpoint(stage).url, endpoint(stage).types) == (f"{URL}/new", ("lead.missed",))
    assert endpoint(stage).status == "off"
    assert endpoint(stage).secret != before
    assert endpoint(stage).secret in rotated.get_data(as_text=True)
    told = page(client, "/1")
    assert "switched off by a person" in told
    assert "ping.test" in told
    post("/1/switch", to="on")
    assert endpoint(stage).is_on
    post("/1/remove")
    assert "Nobody is told yet" in page(client)


def test_a_vendors_address_is_told_of_no_license(stage: Stage, client: FlaskClient, post: Post) -> None:
    with stage.database.begin() as tx:
        campaigns.add_vendor(tx, slug="acme", name="Acme Leads", trunks=[])

    refusal = post("", url=URL, types=["license.lapsed"], vendor="acme")
    post("", url=URL, vendor="acme")

    assert "no vendor is told of it" in refusal.get_data(as_text=True)
    assert endpoint(stage).vendor == "acme"
    assert "license.lapsed" not in page(client, "/1")


@pytest.mark.parametrize("path", ["/9", "/99999999999999999999", "/9/deliveries/1"])
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(f"/webhooks{path}").status_code == 404


def test_nothing_is_done_to_what_is_not_there(post: Post) -> None:
    for path in ("change", "switch", "test", "rotate", "remove"):
        assert post(f"/9/{path}", url=URL).status_code == 404, path
    assert post("/9/replay", span="hour").status_code == 404
    assert post("/9/deliveries/9/replay").status_code == 404


@pytest.mark.slow
def test_the_pages_are_whole(stage: Stage, person: Callable[..., Visitor]) -> None:
    visitor = person("admin")
    page = visitor.go("/webhooks")
    page.get_by_label("Address").fill(URL)
    page.get_by_label("Description").fill("Our CRM")
    page.get_by_label("lead.missed").check()
    page.get_by_role("button", name="Add the address").click()
    visitor.check()
    visitor.shoot("hooks-secret")
    page.get_by_role("link", name="I have kept it").click()
    missed_call(stage, Answer(500, "the answer is 500", "no such table: leads"))
    missed_call(stage)
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    with stage.database.begin() as tx:
        webhooks.failed(tx, 1, 3, stage.now)
        webhooks_deliveries.begin_again(tx, 2, stage.now)
        (claimed,) = webhooks_deliveries.claim(tx, 1, stage.now)
        webhooks_deliveries.failed(
            tx,
            claimed,
            stage.now,
            code=500,
            error="the answer is 500",
            answer="no such table: leads",
            next_try_at=stage.now + timedelta(minutes=5),
        )
    visitor.go("/webhooks/1")
    page.get_by_text("lead.missed, delivery 1").click()
    visitor.check()
    visitor.shoot("hooks-endpoint")
    visitor.go("/webhooks")
    visitor.check()
    visitor.shoot("hooks-list")
