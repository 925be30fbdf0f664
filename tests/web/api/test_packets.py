"""Packets over the API: asked for, made by the scheduler, fetched; and a decision whose facts were erased."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from app.storage import ledger, seals
from app.workflows.authority.keep_anchors import Anchoring
from app.workflows.do_requested import do_requested
from app.workflows.packet.requested import KIND, packets
from tests.builders import licensed
from tests.web.api.conftest import Api

ANA = licensed("Ana", 1, "OH")


@pytest.fixture
def asked(api: Api) -> Api:
    """Somebody outside asked about Ana, and was told yes."""
    api.campaign()
    api.roster(ANA)
    api.open("OH")
    api.post("/authority/check", {"npn": ANA.npn, "state": "OH", "loa": "life"})
    return api


def make(api: Api) -> None:
    handlers = {KIND: packets(Anchoring("https://threegate.example.com"))}
    do_requested(database=api.database, now=lambda: api.now, handlers=handlers)


@pytest.mark.parametrize(
    "about", [{"state": "OH"}, {"npn": ANA.npn}, {"state": "Ohio", "from": "2026-11-01", "to": "2026-11-30"}]
)
def test_a_packet_is_asked_for_made_and_fetched(asked: Api, about: dict[str, Any]) -> None:
    request_id = asked.post("/packets", about, status=202)["id"]
    before = asked.get(f"/packets/{request_id}")
    not_yet = asked.call("GET", f"/packets/{request_id}/file")
    make(asked)

    shown = asked.get(f"/packets/{request_id}")
    file = asked.call("GET", f"/packets/{request_id}/file")

    assert (before["status"], before["file_is_kept"], not_yet.status_code) == ("waiting", False, 404)
    assert (shown["status"], shown["decisions"], shown["calls"], shown["file_is_kept"]) == ("done", 1, 0, True)
    assert shown["from"] == about.get("from")
    assert file.content_type == "application/zip"
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        assert "verify.py" in archive.namelist()
        assert "Yes" in archive.read("summary.txt").decode()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"state": "OH", "npn": "90000001"}, ""),
        ({"state": "Atlantis"}, "/state"),
        ({"npn": "5"}, "/npn"),
        ({"call_sid": "CA1"}, "/call_sid"),
        ({"state": "OH", "from": "2026-11-30", "to": "2026-11-01"}, "/to"),
        ({"state": "OH", "from": "yesterday"}, "/from"),
        ({"state": "OH", "until": "2026-11-01"}, "/until"),
    ],
)
def test_what_cannot_be_asked_is_422_at_its_field(asked: Api, body: dict[str, Any], pointer: str) -> None:
    answer = asked.call("POST", "/packets", json=body)

    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]


def test_a_vendors_own_key_takes_no_packet(asked: Api) -> None:
    asked.vendor("acme")
    key = asked.new_key("data", vendor="acme")

    assert asked.call("POST", "/packets", json={"state": "OH"}, key=key).status_code == 403


def test_another_kinds_request_is_no_packet(asked: Api) -> None:
    request_id = asked.post("/exports", {"what": "leads"}, status=202)["id"]

    assert asked.call("GET", f"/packets/{request_id}").status_code == 404
    assert asked.call("GET", f"/packets/{request_id}/file").status_code == 404


def test_the_same_question_that_waits_is_asked_once(asked: Api) -> None:
    first = asked.post("/packets", {"state": "OH"}, status=202)["id"]

    assert asked.post("/packets", {"state": "OH"}, status=202)["id"] == first
    assert asked.post("/packets", {"npn": ANA.npn}, status=202)["id"] != first


def test_a_decision_whose_facts_were_erased_is_gone_and_says_who_says_so(asked: Api) -> None:
    with asked.database.begin() as tx:
        decision = next(one.entry_id for one in ledger.entries(tx, range(1, 50)).values() if one.kind == "check")
        by = ledger.write(tx, kind=seals.ERASURE, now=asked.now, actor="test", facts={"entries": [decision]})
        seals.erase_facts(tx, [decision], by=by)

    answer = asked.call("GET", f"/decisions/{decision}")

    assert answer.status_code == 410
    assert f"entry {by}" in answer.get_json()["detail"]
