"""PUT presence, GET /producers, POST /roster/imports."""

from __future__ import annotations

import io
from typing import Any

import pytest

from app.storage import authority_facts, desk
from tests.builders import licensed, roster_file
from tests.web.api.conftest import Api

ANA, BEN = licensed("Ana", 1, "OH", "PA"), licensed("Ben", 2, "PA")
CSV = {"Content-Type": "text/csv"}


@pytest.mark.parametrize("presence", ["available", "away", "offline"])
def test_presence_is_set_for_four_hours(api: Api, presence: str) -> None:
    api.roster(ANA)

    answer = api.call("PUT", f"/producers/{ANA.npn}/presence", json={"presence": presence})

    assert answer.status_code == 200
    assert answer.get_json() == {
        "npn": ANA.npn,
        "presence": presence,
        "availability": presence,
        "present_until": "2026-11-18T19:00:00Z",
    }
    with api.database.read() as tx:
        producer_id = authority_facts.producer_id_of(tx, ANA.npn)
        assert producer_id is not None
        assert desk.seats_at(tx, api.now) == {producer_id: presence}


@pytest.mark.parametrize("npn", ["123", "x", "0", "%00", "9" * 50, "１２"])
def test_nobodys_presence_cannot_be_set(api: Api, npn: str) -> None:
    assert api.call("PUT", f"/producers/{npn}/presence", json={"presence": "away"}).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"presence": "missed"}, {"presence": "held"}, {"presence": 1}, {"presence": "away", "npn": "1"}]
)
def test_only_what_a_person_may_say_is_a_presence(api: Api, body: dict[str, Any]) -> None:
    api.roster(ANA)

    assert api.call("PUT", f"/producers/{ANA.npn}/presence", json=body).status_code == 422


def test_a_producer_is_shown_with_every_license(api: Api) -> None:
    api.roster(ANA)

    shown = api.get(f"/producers/{ANA.npn}")

    assert (shown["npn"], shown["first_name"], shown["phone"]) == (ANA.npn, "Ana", ANA.phone)
    assert shown["suspended"] is False
    assert [(held["state"], held["loa"], held["status"]) for held in shown["licenses"]] == [
        ("OH", "life", "active"),
        ("PA", "life", "active"),
    ]
    assert shown["licenses"][0]["expiration_date"] == "2027-12-31"
    assert shown["licenses"][0]["verified_at"] == "2026-11-18T15:00:00Z"


def test_a_file_is_imported_once(api: Api) -> None:
    content = roster_file(ANA, BEN)

    first = api.call("POST", "/roster/imports", data=content, headers=CSV).get_json()
    again = api.call("POST", "/roster/imports", data=content, headers=CSV).get_json()

    assert (first["producers_added"], first["licenses_added"], first["dry_run"]) == (2, 3, False)
    assert (again["version"], again["licenses_unchanged"]) == (None, 3)


def test_a_file_may_come_in_a_form(api: Api) -> None:
    answer = api.call("POST", "/roster/imports", data={"file": (io.BytesIO(roster_file(ANA)), "../../roster.csv")})

    assert answer.status_code == 200
    assert answer.get_json()["producers_added"] == 1


def test_a_dry_run_writes_nothing(api: Api) -> None:
    answer = api.call("POST", "/roster/imports?dry_run=true", data=roster_file(ANA), headers=CSV)

    assert answer.get_json()["producers_added"] == 1
    assert api.call("GET", f"/producers/{ANA.npn}").status_code == 404


def test_a_wrong_file_names_line_and_column_and_nothing_is_imported(api: Api) -> None:
    content = roster_file(ANA, BEN).replace(b"PA-90000002", b"PA-90000002,extra").replace(b",life,", b",boats,", 1)

    answer = api.call("POST", "/roster/imports", data=content, headers=CSV)

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    errors = answer.get_json()["errors"]
    assert [(error["line"], error["column"]) for error in errors] == [(2, "loa"), (4, None)]
    assert all(error["message"] for error in errors)
    assert api.call("GET", f"/producers/{ANA.npn}").status_code == 404


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"", CSV, 422),
        (b"\0", CSV, 422),
        (b"PK\x03\x04", CSV, 422),
        (b"npn,ssn\n1,078-05-1120\n", CSV, 422),
        (b"x", {"Content-Type": "application/octet-stream"}, 415),
        (b"{}", {"Content-Type": "application/json"}, 415),
        (b"nonsense", {"Content-Type": "multipart/form-data; boundary=x"}, 422),
        (b"nonsense", {"Content-Type": "multipart/form-data"}, 422),
    ],
)
def test_what_is_no_roster_file_is_refused(api: Api, content: bytes, headers: dict[str, str], status: int) -> None:
    answer = api.call("POST", "/roster/imports", data=content, headers=headers)

    assert answer.status_code == status
    assert "078-05-1120" not in answer.get_data(as_text=True)


def test_a_form_with_two_files_is_refused(api: Api) -> None:
    files = {name: (io.BytesIO(roster_file(ANA)), "roster.csv") for name in ("one", "two")}

    assert api.call("POST", "/roster/imports", data=files).status_code == 422


def test_a_roster_larger_than_64_kb_is_taken(api: Api) -> None:
    people = [
        licensed(f"Person{number}", number, *("OH", "PA", "TX", "NY", "CA", "FL", "WA", "OR")) for number in range(99)
    ]
    content = roster_file(*people)
    assert len(content) > 64 * 1024

    answer = api.call("POST", "/roster/imports", data=content, headers=CSV)

    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
