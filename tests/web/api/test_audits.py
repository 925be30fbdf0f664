"""/roster/audits, /audits, /discrepancies and /complaints."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.builders import licensed, roster_file
from tests.rosters.nipr_files import csr, license_, loa, producer
from tests.web.api.conftest import Api
from tests.workflows.licenses.audits import but, without

ANA = licensed("Ana", 1, "OH", "TX", "FL")
CSV = {"Content-Type": "text/csv"}


def audited(api: Api, content: bytes, query: str = "", headers: dict[str, str] = CSV) -> Any:
    answer = api.call("POST", f"/roster/audits{query}", data=content, headers=headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def refused(api: Api, content: bytes, query: str = "", headers: dict[str, str] = CSV, status: int = 422) -> str:
    answer = api.call("POST", f"/roster/audits{query}", data=content, headers=headers)
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    detail: str = answer.get_json()["detail"]
    return detail


def test_an_audit_from_the_file_to_the_signature(api: Api) -> None:
    api.roster(ANA)

    made = audited(api, roster_file(but(without(ANA, "TX"), "FL", expires="2029-12-31")), "?file_name=in/nov.csv")
    shown = api.get("/audits/1")
    early = api.post("/audits/1/sign", {"role": "compliance"}, status=409)
    api.post("/discrepancies/1/assign", {"owner": "carol@example.com"})
    resolved = api.post("/discrepancies/1/resolve", {"as": "corrected", "note": "imported again"})
    api.post("/discrepancies/2/resolve", {"as": "kept"})
    signed = api.post("/audits/1/sign", {"role": "compliance"})

    assert made == {
        **{name: value for name, value in shown.items() if name not in ("items", "next_cursor")},
        "again": False,
    }
    assert (made["file_name"], made["format"], made["period"], made["compared"]) == ("nov.csv", "csv", "2026-11", 1)
    assert [(one["state"], one["kind"], one["less"], one["suspended"]) for one in shown["items"]] == [
        ("FL", "differing", False, False),
        ("TX", "missing_there", True, True),
    ]
    assert shown["items"][1]["due_at"] == "2026-11-20T15:00:00Z"
    assert (early["detail"], early["open"]) == ("Not signed: 2 discrepancies of it are open.", 2)
    assert (resolved["owner"], resolved["resolved_as"], resolved["note"], resolved["resolved_by"]) == (
        "carol@example.com",
        "corrected",
        "imported again",
        "key:dialer",
    )
    assert (signed["signed_by"], signed["signed_role"], signed["signed_at"]) == (
        "key:dialer",
        "compliance",
        "2026-11-18T15:00:00Z",
    )
    licenses = api.get(f"/producers/{ANA.npn}")["licenses"]
    assert {held["state"]: held["status"] for held in licenses} == {"OH": "active", "FL": "active", "TX": "suspended"}


def test_the_gate_says_no_right_after(api: Api) -> None:
    api.roster(ANA)
    api.open("OH")
    asked = {"npn": ANA.npn, "loa": "life", "state": "OH"}
    before = api.post("/authority/check", asked)

    audited(api, roster_file(but(ANA, "OH", status="revoked")))

    after = api.post("/authority/check", asked)
    assert (before["allowed"], after["allowed"], after["reasons"]) == (True, False, ["license_not_active"])


def test_the_same_file_again_shows_the_first_audit(api: Api) -> None:
    api.roster(ANA)
    first = audited(api, roster_file(without(ANA, "TX")))
    api.later(5)

    again = audited(api, roster_file(without(ANA, "TX")))

    assert again == {**first, "again": True}
    assert len(api.get("/audits")["items"]) == 1


def test_a_nipr_report_comes_as_xml_or_in_a_form(api: Api) -> None:
    api.roster(without(ANA, "TX", "FL"))
    same = {"License_Issue_Date": "01/01/2020", "License_Expiration_Date": "12/31/2027"}
    held = license_("OH", loa(LOA_Issue_Date="01/01/2020"), License_Number="OH-90000001", **same)
    report = csr(producer(held, npn=ANA.npn))

    by_body = audited(api, report, headers={"Content-Type": "application/xml"})
    by_form = api.call("POST", "/roster/audits?format=nipr-csr", data={"file": (io.BytesIO(report), "r.xml")})

    assert (by_body["format"], by_body["as_of"], by_body["discrepancies"]) == ("nipr-csr", "2026-11-20", 0)
    assert by_form.get_json()["again"] is True


def test_lists_are_paged(api: Api) -> None:
    api.roster(ANA)
    for state in ("TX", "FL"):
        audited(api, roster_file(without(ANA, state)), "?whole=true")
    audited(api, roster_file(but(but(ANA, "TX", expires="2029-01-01"), "FL", expires="2029-01-01")))

    first = api.get("/audits?limit=2")
    rest = api.get(f"/audits?limit=2&cursor={first['next_cursor']}")
    page = api.get("/audits/3?limit=1")
    last = api.get(f"/audits/3?limit=1&cursor={page['next_cursor']}")

    assert [one["id"] for one in first["items"] + rest["items"]] == [1, 2, 3]
    assert rest["next_cursor"] is None
    assert [one["state"] for one in page["items"] + last["items"]] == ["FL", "TX"]
    assert last["next_cursor"] is None


def test_what_cannot_be_compared_is_told_and_nothing_is_written(api: Api) -> None:
    api.roster(ANA)

    assert refused(api, roster_file(ANA).replace(b",life,", b",boats,", 1)) == "1 error; nothing was compared."
    assert "says itself" in refused(api, roster_file(ANA), "?npn=7")
    assert "this month or the last" in refused(api, roster_file(ANA), "?period=2020-01")
    assert "text/csv" in refused(api, b"x", headers={"Content-Type": "text/plain"}, status=415)
    assert refused(api, b"nonsense", headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert refused(api, roster_file(ANA), "?format=pdf")
    assert refused(api, roster_file(ANA), "?nonsense=1")
    assert api.get("/audits") == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/audits/7/sign", {"role": "compliance"}, 404),
        ("/audits/7/sign", {"role": "producer"}, 422),
        ("/audits/7/sign", {}, 422),
        ("/discrepancies/7/resolve", {"as": "kept"}, 404),
        ("/discrepancies/1/resolve", {"as": "carried"}, 422),
        ("/discrepancies/1/resolve", {"as_": "kept"}, 422),
        ("/discrepancies/1/resolve", {"as": "mistaken"}, 409),
        ("/discrepancies/7/assign", {"owner": "carol@example.com"}, 404),
        ("/discrepancies/1/assign", {"owner": " "}, 422),
        ("/discrepancies/1/assign", {"owner": "ca\nrol"}, 409),
        ("/complaints", {"told": "x"}, 422),
        ("/complaints", {"told": " ", "npn": ANA.npn}, 422),
        ("/complaints", {"told": "x", "npn": "7"}, 422),
        ("/complaints", {"told": "x", "call_sid": "CA7"}, 422),
    ],
)
def test_what_cannot_be_done_is_a_problem(api: Api, path: str, body: dict[str, str], status: int) -> None:
    api.roster(ANA)
    audited(api, roster_file(without(ANA, "TX")))

    answer = api.call("POST", path, json=body)

    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    assert api.get("/audits/1")["open"] == 1


def test_there_is_no_such_audit(api: Api) -> None:
    assert api.call("GET", "/audits/7").status_code == 404


def test_complaints_are_logged_and_listed(api: Api) -> None:
    api.roster(ANA)

    first = api.post("/complaints", {"told": "would not say who they were", "npn": ANA.npn}, status=201)
    second = api.post("/complaints", {"told": "called twice", "npn": ANA.npn}, status=201)
    page = api.get(f"/complaints?npn={ANA.npn}&limit=1")
    rest = api.get(f"/complaints?npn={ANA.npn}&limit=1&cursor={page['next_cursor']}")

    assert first == {
        "id": 1,
        "at": "2026-11-18T15:00:00Z",
        "npn": ANA.npn,
        "name": "Ana Tester",
        "call_sid": None,
        "told": "would not say who they were",
        "logged_by": "key:dialer",
    }
    assert [page["items"], rest["items"]] == [[first], [second]]
    assert rest["next_cursor"] is None
    assert api.get("/complaints?npn=1")["items"] == []
