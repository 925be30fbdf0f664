"""NIPR reports by POST /roster/imports, and /unmapped."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.builders import Held, licensed
from tests.rosters.nipr_files import CSR_SAMPLE, DETAIL_SAMPLE
from tests.web.api.conftest import Api

ANA = licensed("Ana", 1, "OH").holding(Held("OH"))
DANA = licensed("Dana", 3, "TX").holding(Held("TX", "health"))
XML = {"Content-Type": "application/xml"}
CSR = "/roster/imports?format=nipr-csr"
DETAIL = f"/roster/imports?format=nipr-detail&npn={DANA.npn}"


@pytest.fixture
def desk(api: Api) -> Api:
    api.roster(ANA, DANA)
    api.open("OH", "IA", "TX", "KS")
    return api


def send(api: Api, path: str, content: bytes, status: int = 200) -> Any:
    answer = api.call("POST", path, data=content, headers=XML)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_json()


def allowed(api: Api, npn: str, state: str, loa: str) -> bool:
    answer = api.post("/authority/check", {"npn": npn, "state": state, "loa": loa})
    return answer["allowed"] is True


def test_a_report_is_imported_and_says_what_it_did(desk: Api) -> None:
    done = send(desk, CSR, CSR_SAMPLE)

    report = done["report"]
    assert (done["licenses_added"], done["licenses_changed"], done["unroutable"]) == (5, 1, 1)
    assert (report["as_of"], report["unknown_producers"]) == ("2026-11-20", ["90000002"])
    assert report["differences_total"] == len(report["differences"]) == 6
    assert [(one["state"], one["line_number"]) for one in report["unmapped"]] == [("TN", 24)]
    assert allowed(desk, ANA.npn, "IA", "life")
    assert not allowed(desk, ANA.npn, "IA", "health")


def test_a_dry_run_tells_the_same_and_writes_nothing(desk: Api) -> None:
    dry = send(desk, f"{CSR}&dry_run=true", CSR_SAMPLE)

    assert (dry["version"], dry["dry_run"], dry["report"]["differences_total"]) == (None, True, 6)
    assert not allowed(desk, ANA.npn, "IA", "life")
    assert desk.get("/unmapped")["items"] == []


def test_a_report_may_come_in_a_form(desk: Api) -> None:
    answer = desk.call("POST", CSR, data={"file": (io.BytesIO(CSR_SAMPLE), "report.xml")})

    assert answer.get_json()["licenses_added"] == 5


def test_what_waits_is_listed_answered_and_imported_again(desk: Api) -> None:
    send(desk, DETAIL, DETAIL_SAMPLE)
    [waiting] = desk.get("/unmapped")["items"]
    assert (waiting["state"], waiting["loa_code"], waiting["resolved_at"]) == ("TX", "99", None)

    mapped = desk.post(f"/unmapped/{waiting['id']}/map", {"lines": ["life", "health"]})

    assert (mapped["lines"], mapped["answered"], mapped["suspended"]) == (["health", "life"], 1, [])
    assert not allowed(desk, DANA.npn, "TX", "life")
    send(desk, DETAIL, DETAIL_SAMPLE)
    assert allowed(desk, DANA.npn, "TX", "life")
    assert desk.get("/unmapped")["items"] == []
    assert desk.get(f"/producers/{DANA.npn}")["education"]["TX"]["credits_needed"] == 0
    assert [one["resolved_by"] for one in desk.get("/unmapped?all=true")["items"]] == ["key:dialer"]


def test_an_answer_that_stands_is_only_replaced_on_purpose(desk: Api) -> None:
    send(desk, DETAIL, DETAIL_SAMPLE)
    desk.post("/unmapped/1/map", {"lines": ["life"]})
    send(desk, DETAIL, DETAIL_SAMPLE)

    refused = desk.post("/unmapped/1/map", {"lines": []}, status=409)
    assert (refused["replaceable"], "key:dialer said 'life'" in refused["detail"]) == (True, True)

    replaced = desk.post("/unmapped/1/map", {"lines": [], "replace": True})
    assert replaced["suspended"] == [{"npn": DANA.npn, "state": "TX", "loa": "life"}]
    assert not allowed(desk, DANA.npn, "TX", "life")


def test_lines_are_paged(desk: Api) -> None:
    send(desk, CSR, CSR_SAMPLE)
    send(desk, DETAIL, DETAIL_SAMPLE)

    first = desk.get("/unmapped?limit=1")
    second = desk.get(f"/unmapped?limit=1&cursor={first['next_cursor']}")

    assert [one["state"] for one in first["items"] + second["items"]] == ["TN", "TX"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("path", "content", "told"),
    [
        (CSR, b"<!DOCTYPE a><CSR_Report/>", "1 error; nothing was imported"),
        ("/roster/imports?format=nipr-detail", DETAIL_SAMPLE, "does not say whose it is"),
        (f"{CSR}&npn=5", CSR_SAMPLE, "has no such person"),
        ("/roster/imports?npn=5", b"npn\n", "for NIPR reports"),
        ("/roster/imports?format=nipr", CSR_SAMPLE, "format"),
        (f"{CSR}&as_of=yesterday", CSR_SAMPLE, "as_of"),
    ],
)
def test_what_cannot_be_imported_is_422(desk: Api, path: str, content: bytes, told: str) -> None:
    assert told in send(desk, path, content, 422)["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [({"lines": ["boats"]}, 422), ({"lines": "life"}, 422), ({}, 422), ({"lines": [], "more": 1}, 422)],
)
def test_a_line_is_one_of_ours(desk: Api, body: Any, status: int) -> None:
    send(desk, CSR, CSR_SAMPLE)

    desk.post("/unmapped/1/map", body, status=status)


def test_a_line_that_is_not_there_is_404(desk: Api) -> None:
    desk.post("/unmapped/99/map", {"lines": []}, status=404)
