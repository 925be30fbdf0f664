"""The pages of everything out and of one person's data, by a client of the app in process."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.simulator.parties import CallerBehavior, accepts
from app.storage import leads, work
from app.workflows.data.erase_person import Erased, erase_person
from app.workflows.data.meant_person import Meant
from app.workflows.do_requested import do_requested
from tests.builders import licensed
from tests.console.conftest import token_of
from tests.product import AGENCY, Stage

NUMBER = "+16145550150"


@pytest.fixture
def client(stage: Stage, signed_in_client: Callable[..., FlaskClient]) -> FlaskClient:
    lead = {"campaign": AGENCY, "phone": NUMBER, "first_name": "Joan", "last_name": "Tester", "state": "OH"}
    answer = stage.app.test_client().post("/api/v1/leads", json=lead, headers={"Authorization": f"Bearer {stage.key}"})
    assert answer.status_code == 201
    return signed_in_client("compliance")


@pytest.fixture
def send(client: FlaskClient) -> Callable[..., Any]:
    """`send(path, field=…)`, as a form of ours."""
    token = token_of(client)

    def post(path: str, **fields: str) -> Any:
        return client.post(path, data={**fields, "csrf_token": token})

    return post


def do(stage: Stage) -> None:
    do_requested(database=stage.database, now=stage.clock.now)


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_an_export_is_asked_for_made_and_downloaded(
    stage: Stage, client: FlaskClient, send: Callable[..., Any]
) -> None:
    asked = send("/data/exports", what="leads", format="csv", **{"from": "2026-11-18", "to": "2026-11-18"})
    waiting = page(client, "/data/exports")
    do(stage)
    over = client.get("/data/exports/now")

    done = page(client, "/data/exports")
    file = client.get("/data/exports/1/file")

    assert asked.status_code == 303
    assert "data-live" in waiting
    assert over.status_code == 286
    assert "/data/exports/1/file" in done
    assert "data-live" not in done
    assert b"Joan,Tester" in file.data
    assert file.headers["Content-Disposition"] == "attachment; filename=leads.csv"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"what": "secrets", "format": "csv"}, "expected one of"),
        ({"what": "leads", "format": "xml"}, "expected one of"),
        ({"what": "licenses", "format": "csv", "from": "2026-11-18"}, "stands now"),
        ({"what": "leads", "format": "csv", "from": "<b>"}, "YYYY-MM-DD"),
    ],
)
def test_what_cannot_be_exported_is_told_on_the_form(
    stage: Stage, send: Callable[..., Any], fields: dict[str, str], told: str
) -> None:
    answer = send("/data/exports", **fields)

    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)


def test_somebody_is_looked_up_masked_and_taken_out(
    stage: Stage, client: FlaskClient, send: Callable[..., Any]
) -> None:
    found = send("/data/people", phone="(614) 555-0150").get_data(as_text=True)
    send("/data/people/export", phone=NUMBER)
    do(stage)

    listed = page(client, "/data/people")
    file = client.get("/data/people/1/file")

    assert "+1 614-***-**50" in found
    assert "<strong>1</strong> lead" in found
    assert "+1 614-***-**50" in listed
    assert NUMBER not in listed
    assert file.get_json()["leads"][0]["first_name"] == "Joan"


def test_a_person_is_erased_only_when_the_number_is_typed_once_more(
    stage: Stage, client: FlaskClient, send: Callable[..., Any]
) -> None:
    untyped = send("/data/people/erase", phone=NUMBER, reason="asked by letter", confirm="+16145550151")
    named = send("/data/people/erase", phone=NUMBER, reason="Joan asked", confirm=NUMBER)
    with stage.database.read() as tx:
        before = leads.load(tx, 1)
    asked = send("/data/people/erase", phone=NUMBER, reason="asked by letter", confirm="614-555-0150")
    do(stage)

    result = page(client, asked.headers["Location"])
    again = send("/data/people", phone=NUMBER).get_data(as_text=True)

    assert (untyped.status_code, named.status_code) == (422, 422)
    assert "once more" in untyped.get_data(as_text=True)
    assert "must not name the person" in named.get_data(as_text=True)
    assert before is not None
    assert before.first_name == "Joan"
    assert re.search(r"<strong>1</strong> lead\b", result)
    assert "64.1200(d)(6)" in result
    assert "There is nothing of this person beside their place on our do-not-call list" in again
    with stage.database.read() as tx:
        after = leads.load(tx, 1)
        assert work.suppressed(tx, NUMBER) == {"stop"}
    assert after is not None
    assert (after.phone, after.first_name, after.closed_as) == (None, "", "opted_out")


def test_a_producers_number_is_nobodys_to_look_up(stage: Stage, send: Callable[..., Any]) -> None:
    answer = send("/data/people", phone=AGENCY)

    assert answer.status_code == 422
    assert "one of our own numbers" in answer.get_data(as_text=True)


def test_what_is_not_there_is_told_so(client: FlaskClient, send: Callable[..., Any]) -> None:
    paths = ["/data/exports/9/file", "/data/people/9", "/data/people/9/file"]

    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    assert send("/data/people/erase", phone="x").status_code == 404
    assert send("/data/people", phone="x").status_code == 422


def test_the_story_of_an_erased_person_is_still_told_without_them(
    stage: Stage, client: FlaskClient, signed_in_client: Callable[..., FlaskClient]
) -> None:
    stage.hire(licensed("Ana", 1, "OH"), behavior=accepts(talk_seconds=90))
    call = stage.call_from(NUMBER, CallerBehavior(answers=["43215"]))
    stage.tick()
    admin = signed_in_client("admin")
    paths = [f"/calls/{call.sid}", "/supervisor/calls", "/leads/1", "/supervisor", "/desk/ledger"]
    before = [admin.get(path).get_data(as_text=True) for path in paths]

    done = erase_person(Meant(NUMBER), reason="asked by letter", actor="user:a", database=stage.database, now=stage.now)

    assert isinstance(done, Erased)
    after = [admin.get(path) for path in paths]
    assert [answer.status_code for answer in after] == [200] * len(paths)
    assert any("Joan" in page for page in before)
    assert not any("Joan" in answer.get_data(as_text=True) for answer in after)
