"""What the desk's forms refuse, and how they say it; no browser needed."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.licensing import Status
from app.rosters.nipr_values import Unmapped
from app.storage import ledger, unmapped_lines
from app.workflows.licenses.audit_roster import Audited, audit_roster
from tests.builders import licensed, roster_file
from tests.console.conftest import token_of
from tests.product import Stage

SignIn = Callable[..., FlaskClient]

ANN = licensed("Ann", 1, "OH", "TX")
PDF = b"%PDF-1.7 certificate of authority"
READS = [
    "/desk/expansion",
    "/desk/expansion/ranking",
    "/desk/expansion/OH",
    "/desk/audits",
    "/desk/audits/asked",
    "/desk/complaints",
    "/desk/unmapped",
    "/desk/drills",
    "/desk/drills/asked",
    "/desk/ledger",
    "/desk/ledger/chain",
    "/desk/ledger/1",
]


@pytest.fixture
def kim(stage: Stage, signed_in_client: SignIn) -> FlaskClient:
    """Somebody of compliance, at an agency with one producer, where Ohio is open."""
    stage.import_roster(ANN)
    stage.open("OH")
    return signed_in_client("compliance", email="kim@agency.example")


def post(client: FlaskClient, path: str, **form: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": token_of(client), **form}, headers={"Referer": "https://localhost/"})


@pytest.mark.parametrize("path", READS)
def test_each_page_answers(kim: FlaskClient, path: str) -> None:
    answer = kim.get(path)

    assert answer.status_code == 200, answer.get_data(as_text=True)[-2000:]


def test_what_is_not_there_is_not_found(kim: FlaskClient) -> None:
    for path in (
        "expansion/ZZ",
        "expansion/oh",
        "expansion/TX",
        "audits/99",
        "drills/99",
        "unmapped/99",
        "ledger/99999",
    ):
        assert kim.get(f"/desk/{path}").status_code == 404, path
    assert kim.get("/desk/documents/99").status_code == 404
    assert kim.get("/desk/expansion/OH/applications/99").status_code == 404


# ---- documents and their two people


def begin(client: FlaskClient, state: str = "TX") -> None:
    assert post(client, "/desk/expansion", state=state).status_code == 303


def bring(client: FlaskClient, content: bytes = PDF, name: str = "certificate.pdf") -> TestResponse:
    return post(client, "/desk/expansion/TX/documents", file=(io.BytesIO(content), name))


def test_who_brought_a_document_cannot_verify_it_however_they_come(
    stage: Stage, kim: FlaskClient, signed_in_client: SignIn
) -> None:
    begin(kim)
    bring(kim)
    second_address = signed_in_client("admin", email="Kim+second@Agency.example")

    told = [post(client, "/desk/documents/2/verify") for client in (kim, second_address)]
    shown = kim.get("/desk/expansion/TX").get_data(as_text=True)

    assert [answer.status_code for answer in told] == [303, 303]
    assert "another person must" in shown
    assert stage.get("/expansion/TX")["documents"][0]["verified_by"] is None


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("certificate.pdf", b"<html><script>alert(1)</script>", "by its first bytes it is none of pdf, png, jpeg"),
        ("certificate.pdf", b"MZ\x90\x00\x03", "by its first bytes it is none of pdf, png, jpeg"),
        ("empty.pdf", b"", "the document is empty"),
        ("large.pdf", PDF + bytes(20 * 1024 * 1024), "larger than 20 MB"),
        ("", PDF, "Choose a file."),
    ],
)
def test_what_is_no_document_is_refused_beside_the_field(
    stage: Stage, kim: FlaskClient, name: str, content: bytes, why: str
) -> None:
    begin(kim)

    answer = bring(kim, content, name)

    assert answer.status_code == 422
    assert why in answer.get_data(as_text=True)
    assert stage.get("/expansion/TX")["documents"] == []


@pytest.mark.parametrize(
    "name", ["../../etc/<img src=x onerror=alert(1)>.pdf", "proof\u202efdp.exe", "certificate.pdf.exe"]
)
def test_a_hostile_name_is_only_shown_and_the_file_is_saved_as_what_it_is(kim: FlaskClient, name: str) -> None:
    begin(kim)
    bring(kim, name=name)

    shown = kim.get("/desk/expansion/TX").get_data(as_text=True)
    saved = kim.get("/desk/documents/2")

    assert "<img" not in shown
    assert "\u202e" not in shown
    assert saved.data == PDF
    assert saved.mimetype == "application/pdf"
    assert saved.headers["Content-Disposition"].startswith("attachment; filename")
    assert not saved.headers["Content-Disposition"].endswith(".exe")
    assert saved.headers["X-Content-Type-Options"] == "nosniff"


def test_more_than_any_document_is_cut_off(kim: FlaskClient) -> None:
    begin(kim)

    assert bring(kim, PDF + bytes(21 * 1024 * 1024)).status_code == 413


# ---- opening, closing


@pytest.fixture
def proved(stage: Stage, kim: FlaskClient, signed_in_client: SignIn) -> FlaskClient:
    """Somebody else, who has verified the document that kim brought for Texas."""
    begin(kim)
    bring(kim)
    lee = signed_in_client("admin", email="lee@agency.example")
    post(lee, "/desk/documents/2/verify")
    return lee


def test_of_two_who_open_the_second_is_told_who_was_first(stage: Stage, kim: FlaskClient, proved: FlaskClient) -> None:
    post(proved, "/desk/expansion/TX/open", document_id="2", where="all")

    again = post(kim, "/desk/expansion/TX/open", document_id="2", where="all")

    assert again.status_code == 303
    told = kim.get("/desk/expansion/TX").get_data(as_text=True)
    assert "Texas is open so already: lee@agency.example opened it first." in told
    assert stage.get("/expansion/TX")["opening"]["version"] == 3


def test_a_pilot_is_opened_for_the_zips_of_a_file_and_a_wrong_line_is_named(stage: Stage, proved: FlaskClient) -> None:
    def pilot(zips: bytes) -> TestResponse:
        file = (io.BytesIO(zips), "zips.csv")
        return post(proved, "/desk/expansion/TX/open", document_id="2", where="pilot", zips=file)

    wrong, right = pilot(b"75201\n43215\n"), pilot(b"75201\n")
    without = post(proved, "/desk/expansion/TX/open", document_id="2", where="pilot")

    assert (wrong.status_code, right.status_code, without.status_code) == (422, 303, 422)
    assert "Line 2: lies in OH, not in TX" in wrong.get_data(as_text=True)
    assert stage.get("/expansion/TX")["opening"]["zips"] == ["75201"]


def test_nothing_opens_on_a_document_that_nobody_verified(stage: Stage, kim: FlaskClient) -> None:
    begin(kim)
    bring(kim)

    answer = post(kim, "/desk/expansion/TX/open", document_id="2", where="all")

    assert answer.status_code == 409
    assert stage.get("/expansion/TX")["opening"] is None


def test_closing_asks_for_a_reason_and_is_meant(stage: Stage, kim: FlaskClient) -> None:
    answers = [
        post(kim, "/desk/expansion/OH/close"),
        post(kim, "/desk/expansion/OH/close", reason="withdrawn"),
        post(kim, "/desk/expansion/OH/close", sure="yes"),
    ]

    assert [answer.status_code for answer in answers] == [422] * 3
    assert 'value="withdrawn"' in answers[1].get_data(as_text=True)
    assert stage.get("/expansion/OH")["opening"]["open"] is True


# ---- plans and applications


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"budget_cents": "12,34"}, "an amount of dollars"),
        ({"budget_cents": "2000000"}, "A budget is 0 to 1000000 dollars."),
        ({"fewest_producers": "-1"}, "a whole number"),
        ({"agency_number": "A-1"}, "its last day belongs to it"),
        ({"agency_expires_on": "2026-02-30"}, "a day of the calendar"),
        ({"state": "ZZ"}, "not the USPS code"),
    ],
)
def test_a_wrong_plan_is_told_beside_its_field_and_what_was_typed_stays(
    stage: Stage, kim: FlaskClient, typed: dict[str, str], why: str
) -> None:
    answer = post(kim, "/desk/expansion", **({"state": "TX"} | typed))

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert why in page
    assert all(f'value="{text}"' in page for name, text in typed.items() if name != "state")
    assert len(stage.get("/expansion")["items"]) == 1


def test_what_would_send_an_application_back_is_told_before_a_fee_is_paid(kim: FlaskClient) -> None:
    begin(kim)

    held = post(kim, "/desk/expansion/TX/applications", npn=ANN.npn, loa="life")
    nobody = post(kim, "/desk/expansion/TX/applications", npn="99", loa="life")
    no_line = post(kim, "/desk/expansion/TX/applications", npn=ANN.npn)

    assert held.status_code == 409
    assert "the roster has a license for life in TX" in held.get_data(as_text=True)
    assert (nobody.status_code, no_line.status_code) == (422, 422)


# ---- lines to read


def test_a_line_is_said_to_be_what_it_is_once_and_only_an_import_gives_it(stage: Stage, kim: FlaskClient) -> None:
    with stage.database.begin() as tx:
        seen = [
            Unmapped(npn, "TX", "Producer", "", "Life and Then Some", "not in our table", 7, Status.ACTIVE)
            for npn in (ANN.npn, "90000077")
        ]
        unmapped_lines.record(tx, seen, stage.now)

    listed = kim.get("/desk/unmapped").get_data(as_text=True)
    neither = post(kim, "/desk/unmapped/1")
    mapped = post(kim, "/desk/unmapped/1", line=["life", "health"])
    told = kim.get("/desk/unmapped").get_data(as_text=True)
    changed = post(kim, "/desk/unmapped/1", none="yes")
    replaced = post(kim, "/desk/unmapped/1", none="yes", replace="yes")

    assert listed.count("Say what it is") == 1
    assert '<td class="num">2</td>' in listed
    assert (neither.status_code, mapped.status_code, changed.status_code, replaced.status_code) == (422, 303, 409, 303)
    assert "2 waiting lines answered. Nothing is routable yet" in told
    assert "Every line can be read" in told
    assert 'name="replace"' in changed.get_data(as_text=True)
    assert {each["resolved_by"] for each in stage.get("/unmapped?all=true")["items"]} == {"user:kim@agency.example"}


# ---- audits, the ledger


def test_an_audit_is_signed_in_the_role_that_the_person_has_here(stage: Stage, kim: FlaskClient) -> None:
    audited = audit_roster(
        roster_file(ANN),
        file_name="r.csv",
        file_format="csv",
        npn=None,
        whole=False,
        period=None,
        actor="test",
        database=stage.database,
        now=stage.now,
    )
    assert isinstance(audited, Audited)

    post(kim, "/desk/audits/1/sign", role="admin")

    signed = stage.get("/audits/1")
    assert (signed["signed_by"], signed["signed_role"]) == ("user:kim@agency.example", "compliance")


@pytest.mark.parametrize(
    "query", ["npn=x", "state=ZZ", "call=CA99", "from=yesterday", "to=2026-02-30", "call=%00", "npn=%27--"]
)
def test_the_ledger_says_what_it_cannot_look_for(kim: FlaskClient, query: str) -> None:
    assert kim.get(f"/desk/ledger?{query}").status_code == 422


@pytest.mark.parametrize(
    "query", ["after=x", "after=99999999999999999-1", "kind=nonsense", "actor=%25", "from=0001-01-01", "to=9999-12-31"]
)
def test_the_ledger_takes_whatever_else_somebody_asks_for(kim: FlaskClient, query: str) -> None:
    assert kim.get(f"/desk/ledger?{query}").status_code == 200


def test_older_entries_follow_page_by_page_and_each_once(stage: Stage, kim: FlaskClient) -> None:
    with stage.database.begin() as tx:
        for nth in range(120):
            ledger.write(tx, kind="ping", now=stage.now, actor="test", facts={"nth": nth})

    address, seen = "/desk/ledger?kind=ping", []
    while address:
        page = kim.get(address).get_data(as_text=True)
        seen += [int(text) for text in re.findall(r'href="/desk/ledger/(\d+)"', page)]
        older = re.search(r'href="([^"]*after=[^"]*)"', page)
        address = html.unescape(older[1]) if older else ""

    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)
