"""/expansion, /documents and /states."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.web import create_app
from app.wiring import Tools
from tests.builders import licensed
from tests.web.api.conftest import Api, key_for, tools_over
from tests.workflows.licenses.moving import entries

PDF = b"%PDF-1.7 certificate of authority"
ANA, BEN = licensed("Ana", 1, "OH", "TX"), licensed("Ben", 2, "OH")


def bring(api: Api, content: bytes = PDF, *, name: str = "certificate.pdf", state: str = "TX") -> TestResponse:
    """A document, by the fixture's key, whose name is dialer."""
    form = {"file": (io.BytesIO(content), name)}
    return api.call("POST", f"/expansion/{state}/documents", data=form, content_type="multipart/form-data")


def brought(api: Api, content: bytes = PDF, **how: str) -> Any:
    answer = bring(api, content, **how)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()


def verify(api: Api, document_id: int, *, status: int = 200) -> Any:
    """By a key of another name."""
    return api.post(f"/documents/{document_id}/verify", None, status=status, key=api.new_key("roster"))


@pytest.fixture
def office(api: Api) -> Api:
    api.roster(ANA, BEN)
    api.post("/expansion", {"state": "Texas"}, status=201)
    return api


def test_a_state_goes_from_the_plan_to_the_opening(api: Api) -> None:
    api.roster(ANA, BEN)
    api.campaign()
    agency = {"number": "A-1", "expires_on": "2027-06-30"}
    begun = api.post("/expansion", {"state": "TX", "budget_cents": 20_000, "agency_license": agency}, status=201)
    assert begun["created"] is True
    assert begun["agency_license"]["until"] == "2027-07-01T05:00:00Z"

    added = api.post("/expansion/TX/applications", {"npn": BEN.npn, "loa": "life"}, status=201)
    (application,) = added["applications"]
    steps = {"applied_on": "2026-11-09", "approved_on": "2026-11-17", "paid_cents": 5_560}
    noted = api.post(f"/expansion/TX/applications/{application['id']}", steps)
    assert noted["applications"][0]["status"] == "approved"
    assert noted["costs"] == {
        "budget_cents": 20_000,
        "estimated_cents": 5_560,
        "paid_cents": 5_560,
        "expected_cents": 5_560,
        "left_cents": 14_440,
        "unknown": 0,
    }
    assert [lack["code"] for lack in noted["missing"]] == ["document_missing"]

    proof = brought(api)
    verify(api, proof["id"])
    opened = api.post("/states/TX/open", {"document_id": proof["id"]})

    assert (opened["open"], opened["changed"], opened["agency_until"]) == (True, True, "2027-07-01T05:00:00Z")
    assert [(gap["campaign"], gap["producers"]) for gap in opened["gaps"]] == [("+18005550199", 1)]
    shown = api.get("/expansion/tx")
    assert (shown["status"], shown["missing"], shown["opening"]["open"]) == ("open", [], True)
    asked = {"npn": ANA.npn, "loa": "life", "state": "TX"}
    assert api.post("/authority/check", asked)["allowed"] is True

    closed = api.post("/states/TX/close", {"reason": "withdrawn"})
    assert (closed["changed"], closed["opening"]["open"]) == (True, False)
    assert api.post("/authority/check", asked)["reasons"] == ["state_not_open"]
    assert api.post("/states/TX/open", {"document_id": proof["id"]}, status=409)["reasons"] == ["document_missing"]
    assert api.post("/states/TX/close", {"reason": "withdrawn"})["changed"] is False


def test_the_key_that_brought_it_cannot_verify_it_nor_another_of_its_name(office: Api) -> None:
    proof = brought(office)

    assert (proof["uploaded_by"], proof["verified_by"], proof["again"]) == ("key:dialer", None, False)
    refused = office.post(f"/documents/{proof['id']}/verify", None, status=409)
    assert refused["reasons"] == ["same_person"]
    unopened = office.post("/states/TX/open", {"document_id": proof["id"]}, status=409)
    assert unopened["reasons"] == ["document_unverified"]
    namesake = key_for(office.database, office.clock)
    office.post(f"/documents/{proof['id']}/verify", None, status=409, key=namesake)
    assert verify(office, proof["id"])["verified_by"] == "key:other"


def test_the_same_file_again_is_the_same_document(office: Api) -> None:
    first, second = brought(office), brought(office, name="another name.pdf")

    assert (second["id"], second["name"], second["again"]) == (first["id"], "certificate.pdf", True)


def test_a_document_is_read_as_it_was_uploaded_and_the_ledger_says_who_read_it(office: Api) -> None:
    proof = brought(office, name="proof.pdf.exe")

    answer = office.call("GET", f"/documents/{proof['id']}/file")

    assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert ".pdf.exe.pdf" in answer.headers["Content-Disposition"]
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]) == ("nosniff", "no-store")
    (read,) = entries(office.database, "document_read")
    assert (read["document"], read["sha256"]) == (proof["id"], proof["sha256"])


def test_a_document_that_was_changed_on_disk_is_not_handed_out(office: Api, tmp_path: Path) -> None:
    proof = brought(office)
    (tmp_path / "documents" / proof["sha256"]).write_bytes(PDF + b"!")

    answer = office.call("GET", f"/documents/{proof['id']}/file")

    assert (answer.status_code, answer.get_json()["reasons"]) == (409, ["file_lost"])
    assert office.call("GET", "/documents/99/file").status_code == 404
    assert entries(office.database, "document_read") == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../../etc/cron.d/proof.pdf", "proof.pdf"),
        ("proof\u202efdp.exe", "prooffdp.exe"),
        ("x" * 3000 + ".pdf", "x" * 255),
        ("'; DROP TABLE documents; --.pdf", "'; DROP TABLE documents; --.pdf"),
    ],
)
def test_a_hostile_name_is_only_shown(office: Api, tmp_path: Path, name: str, shown: str) -> None:
    proof = brought(office, name=name)

    assert proof["name"] == shown
    (kept,) = (tmp_path / "documents").iterdir()
    assert kept.name == proof["sha256"]


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"MZ\x90\x00\x03", 415), (b"<html>", 415), (b"PK\x03\x04\x14\x00", 415), (b"", 422)],
)
def test_what_is_no_document_is_refused_by_its_first_bytes(office: Api, content: bytes, status: int) -> None:
    assert bring(office, content).status_code == status


def test_more_than_20_mb_is_refused(office: Api) -> None:
    largest = 20 * 1024 * 1024 - len(PDF)

    assert bring(office, PDF + bytes(largest + 1)).status_code == 413
    assert office.get("/expansion/TX")["documents"] == []


def test_only_a_form_with_one_file_is_taken(office: Api) -> None:
    path, form = "/expansion/TX/documents", "multipart/form-data"
    two = {"file": (io.BytesIO(PDF), "a.pdf"), "other": (io.BytesIO(PDF), "b.pdf")}
    more = {"file": (io.BytesIO(PDF), "a.pdf"), "name": "x"}

    assert office.call("POST", path, data=PDF, content_type="application/pdf").status_code == 415
    assert office.call("POST", path, data=two, content_type=form).status_code == 422
    assert office.call("POST", path, data=more, content_type=form).status_code == 422
    assert office.call("POST", path, data={}, content_type=form).status_code == 422


def test_checks_that_fail_are_409_with_each_reason(office: Api) -> None:
    refused = office.post("/expansion/TX/applications", {"npn": ANA.npn, "loa": "health"}, status=409)
    twice = office.post("/expansion/TX/applications", {"npn": ANA.npn, "loa": "life"}, status=409)

    assert refused["reasons"] == ["resident_loa_missing"]
    assert twice["reasons"] == ["held_already"]
    assert "OH does not hold health" in refused["errors"][0]["message"]


def test_a_territory_is_opened_widened_and_must_lie_there(office: Api) -> None:
    proof = brought(office)["id"]
    verify(office, proof)

    assert office.post("/states/TX/open", {"document_id": proof, "zips": ["75001"]})["zips"] == ["75001"]
    wider = office.post("/states/TX/open", {"document_id": proof, "zips": ["75001", "75002"]})
    assert wider["zips"] == ["75001", "75002"]
    for zips, pointer in ((["75001", "43215"], "/zips/1"), (["zip", "75001"], "/zips/0"), (["00000"], "/zips/0")):
        wrong = office.post("/states/TX/open", {"document_id": proof, "zips": zips}, status=422)
        assert wrong["errors"][0]["pointer"] == pointer
    office.post("/states/TX/open", {"document_id": proof, "zips": []}, status=422)


def test_projects_are_paged(office: Api) -> None:
    office.post("/expansion", {"state": "FL"}, status=201)

    first = office.get("/expansion?limit=1&status=planned")
    second = office.get(f"/expansion?limit=1&cursor={first['next_cursor']}")

    assert [page["items"][0]["state"] for page in (first, second)] == ["TX", "FL"]
    assert second["next_cursor"] is None


def test_what_the_installation_asks_for_is_named(api: Api, tmp_path: Path) -> None:
    tools = tools_over(api.database, api.clock, tmp_path)
    settings = tools.settings.model_copy(update={"opening_needs_drill_days": 30, "opening_needs_producers": 2})
    strict = Tools(settings=settings, database=tools.database, carrier=tools.carrier, clock=tools.clock)
    api.app = create_app(strict)
    api.roster(ANA)
    api.post("/expansion", {"state": "TX"}, status=201)
    proof = brought(api)["id"]
    verify(api, proof)

    refused = api.post("/states/TX/open", {"document_id": proof}, status=409)

    assert refused["reasons"] == ["too_few_producers", "drill_missing"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/expansion", {"state": "XX"}, 422),
        ("/expansion", {"state": "TX", "budget_cents": -1}, 422),
        ("/expansion", {"state": "TX", "agency_license": {"number": " ", "expires_on": "2027-01-01"}}, 422),
        ("/expansion/TX/applications", {"npn": "1", "loa": "life"}, 422),
        ("/expansion/FL/applications", {"npn": ANA.npn, "loa": "life"}, 404),
        ("/expansion/TX/applications", {"npn": BEN.npn, "loa": "life|health"}, 422),
        ("/expansion/TX/applications/999", {"applied_on": "2026-11-09"}, 404),
        ("/documents/999/verify", None, 404),
        ("/states/XX/open", {"document_id": 1}, 404),
        ("/states/TX/open", {"document_id": 999}, 409),
        ("/states/TX/open", {"document_id": 0}, 422),
        ("/states/FL/close", {"reason": "x"}, 404),
        ("/states/TX/close", {"reason": " "}, 422),
        ("/states/TX/close", {"reason": "a\u202eb"}, 422),
    ],
)
def test_what_cannot_be_done_is_told(office: Api, path: str, body: Any, status: int) -> None:
    office.post(path, body, status=status)


def test_a_step_on_a_wrong_day_names_its_field(office: Api) -> None:
    added = office.post("/expansion/TX/applications", {"npn": BEN.npn, "loa": "life"}, status=201)
    path = f"/expansion/TX/applications/{added['applications'][0]['id']}"

    wrong = office.post(path, {"applied_on": "2026-11-19"}, status=422)

    assert wrong["errors"][0]["pointer"] == "/applied_on"


def test_targets_are_ranked_by_leads_and_know_who_could_take_them(api: Api) -> None:
    api.roster(ANA, licensed("Flo", 3, "OH", "FL"))
    api.campaign()
    api.open("OH")
    for state, zip_code, numbers in (("TX", "75001", (1, 2)), ("FL", "33101", (3,)), ("OH", "43215", (4, 5, 6))):
        for number in numbers:
            lead = {"campaign": "+18005550199", "phone": f"+1212555010{number}", "state": state, "zip": zip_code}
            api.post("/leads", lead, status=201)

    texas, florida = api.get("/expansion/targets")["items"]

    assert (texas["state"], texas["leads"], texas["producers"]) == ("TX", 2, [ANA.npn])
    assert texas["by_loa"] == [{"loa": "life", "leads": 2, "lost_calls": 0, "producers": [ANA.npn]}]
    assert (texas["fee"]["high_cents"], texas["was_open"]) == (5_560, False)
    assert (florida["state"], florida["leads"]) == ("FL", 1)
    api.later(91 * 24 * 60)
    assert api.get("/expansion/targets")["items"] == []
