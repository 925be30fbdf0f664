"""The page of packets, by a client of the app in process; and pages that show a decision whose facts were erased."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect

from app.storage import calls, ledger, seals
from app.workflows.authority.keep_anchors import Anchoring
from app.workflows.do_requested import do_requested
from app.workflows.packet.requested import KIND, packets
from tests.console.conftest import Visitor, token_of
from tests.conversations.people import ANA, KEYS_OHIO, OHIO_CALLER
from tests.product import Stage


@pytest.fixture
def client(stage: Stage, signed_in_client: Callable[..., FlaskClient]) -> FlaskClient:
    stage.hire(ANA)
    return signed_in_client("compliance")


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_a_packet_is_asked_for_made_and_downloaded(stage: Stage, client: FlaskClient) -> None:
    form = {"state": "OH", "from": "2026-11-01", "to": "2026-11-30", "csrf_token": token_of(client)}

    asked = client.post("/data/packets", data=form)
    waiting = page(client, "/data/packets")
    do_requested(
        database=stage.database,
        now=stage.clock.now,
        handlers={KIND: packets(Anchoring("https://threegate.example.com"))},
    )
    over = client.get("/data/packets/now")
    done = page(client, "/data/packets")
    file = client.get("/data/packets/1/file")

    assert asked.status_code == 303
    assert "data-live" in waiting
    assert over.status_code == 286
    assert "Ohio, Nov 1 to Nov 30, 2026" in done
    assert file.data[:2] == b"PK"
    assert "packet-OH-2026-11-01-2026-11-30.zip" in file.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "Fill in one of the three."),
        ({"state": "OH", "npn": "1"}, "Fill in one of the three."),
        ({"npn": "<b>"}, "Nobody with this NPN"),
        ({"call_sid": "CA1"}, "There is no such call."),
        ({"state": "OH", "from": "<b>"}, "A day, e.g."),
        ({"state": "OH", "from": "2026-11-30", "to": "2026-11-01"}, "The last day is before the first."),
    ],
)
def test_what_cannot_be_asked_is_told_on_the_form(client: FlaskClient, fields: dict[str, Any], told: str) -> None:
    answer = client.post("/data/packets", data={**fields, "csrf_token": token_of(client)})

    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)
    assert "<b>" not in answer.get_data(as_text=True)


def test_pages_say_that_facts_were_erased_and_by_which_entry(stage: Stage, client: FlaskClient) -> None:
    stage.reads_zero = False
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    with stage.database.begin() as tx:
        record = calls.read(tx, call.sid)
        assert record is not None
        ids = [entry.entry_id for entry in ledger.of_call(tx, record.id)]
        decisions = ledger.decisions_of_call(tx, record.id)
        by = ledger.write(tx, kind=seals.ERASURE, now=stage.now, actor="test", facts={"entries": ids})
        seals.erase_facts(tx, ids, by=by)

    pages = [page(client, f"/desk/ledger/{entry_id}") for entry_id in ids]
    shown = [page(client, f"/decisions/{decision}") for decision in decisions]
    told = page(client, f"/calls/{call.sid}")
    listed = page(client, "/desk/ledger")
    page(client, f"/leads/{record.lead_id}")

    assert decisions
    assert all(f"entry {by}" in text for text in (*pages, *shown))
    assert "what it says was erased" in told
    assert f"facts erased, as entry {by} says" in listed


def test_the_page_can_be_read_and_the_list_comes_by_itself(stage: Stage, person: Callable[..., Visitor]) -> None:
    stage.hire(ANA)
    visitor = person("compliance")
    page = visitor.go("/data/packets")
    page.get_by_label("A state").select_option("OH")
    page.get_by_role("button", name="Make the packet").click()
    expect(page.get_by_role("rowheader", name="Ohio")).to_be_visible()
    do_requested(
        database=stage.database,
        now=stage.clock.now,
        handlers={KIND: packets(Anchoring("https://threegate.example.com"))},
    )

    expect(page.get_by_role("link", name="Download")).to_be_visible()

    visitor.check()
    visitor.shoot("data-packets")
