"""The supervisor's pages without a browser: what is refused and in which words, what is found, what does not exist."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.call import Happening
from app.simulator.calls import Call
from app.simulator.parties import NO_ANSWER, CallerBehavior
from app.simulator.rest import RestFault, RestTrouble
from app.storage.calls import Event
from app.storage.models.base import table_of
from app.storage.models.calls import LeadRow
from app.storage.models.work import EscalationRow
from app.web.console.call_words import happened
from tests.console.conftest import token_of
from tests.conversations.people import ANA, BEN, KEYS_OHIO, OHIO_CALLER, PAT
from tests.product import Stage

SignIn = Callable[..., FlaskClient]
TEXAN = "+12145550150"
KEYS_TEXAS = CallerBehavior(answers=["75201"])


def words(answer: TestResponse) -> str:
    """A page as words."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.get_data(as_text=True), flags=re.DOTALL)
    return " ".join(unescape(text).split())


def send(client: FlaskClient, path: str, **form: str) -> TestResponse:
    """A form of ours, and the page that it leads to."""
    answer = client.post(path, data={**form, "csrf_token": token_of(client)})
    return client.get(answer.headers["Location"]) if answer.status_code == 303 else answer


def texan(stage: Stage) -> tuple[Call, str]:
    """Somebody whom nobody may take: their call, and the path of their item."""
    stage.hire(ANA, behavior=NO_ANSWER)
    stage.import_roster(PAT)
    call = stage.call_from(TEXAN, KEYS_TEXAS)
    return call, f"/supervisor/escalations/{stage.waiting()[0].id}"


def test_a_state_that_is_not_open_is_named_as_the_reason(stage: Stage, signed_in_client: SignIn) -> None:
    texan(stage)

    page = words(signed_in_client("supervisor").get("/supervisor"))

    assert "Texas is not open to us 2 skipped: no license there" in page


@pytest.mark.parametrize(
    ("act", "form", "told"),
    [
        ("call", {}, "Nobody has authority there for this line."),
        ("assign", {"npn": ANA.npn}, "They have no authority: no license there, state not open."),
        ("assign", {"npn": "99999999"}, "Nobody on the roster has NPN 99999999."),
        ("schedule", {}, "Give a day and a time, or take one of those above."),
        ("schedule", {"other": "soon"}, "'soon' is not a time."),
        ("schedule", {"at": "2026-11-18T16:00:00+00:00"}, "Nobody has authority there for this line."),
        ("resolve", {"outcome": "lost"}, "Say how it came out."),
        ("resolve", {"outcome": "served", "note": "x" * 2001}, "At most 2,000 characters."),
    ],
)
def test_what_cannot_be_done_says_why_and_changes_nothing(
    stage: Stage, signed_in_client: SignIn, act: str, form: dict[str, str], told: str
) -> None:
    _, path = texan(stage)
    before = stage.waiting()

    page = send(signed_in_client("supervisor"), f"{path}/{act}", **form)

    assert told in words(page)
    assert stage.waiting() == before


def test_nothing_is_done_with_a_person_who_is_on_the_line(stage: Stage, signed_in_client: SignIn) -> None:
    _, path = texan(stage)
    stage.ring_in(TEXAN, CallerBehavior(answers=[]))
    stage.exchange.run(2)

    page = send(signed_in_client("supervisor"), f"{path}/resolve", outcome="unreachable")

    assert "Nothing is decided behind their back." in words(page)


def test_a_time_that_is_over_is_no_time(stage: Stage, signed_in_client: SignIn) -> None:
    stage.hire(ANA, behavior=NO_ANSWER)
    stage.presence(ANA, "away")
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.pass_time(400)
    path = f"/supervisor/escalations/{stage.waiting()[0].id}"

    page = send(signed_in_client("supervisor"), f"{path}/schedule", other="2026-11-18T09:00")

    assert page.status_code == 409
    assert "That time is over." in words(page)


def test_what_a_supervisor_types_is_shown_as_text(stage: Stage, signed_in_client: SignIn) -> None:
    _, path = texan(stage)
    client = signed_in_client("supervisor")

    send(client, f"{path}/resolve", outcome="unreachable", note="<script>alert(1)</script>")

    for page in (path, "/supervisor"):
        shown = client.get(page).get_data(as_text=True)
        assert "&lt;script&gt;alert(1)" in shown
        assert "<script>alert" not in shown


def test_at_most_fifty_are_listed_and_the_others_are_counted(stage: Stage, signed_in_client: SignIn) -> None:
    with stage.database.begin() as tx:
        for number in range(1, 61):
            tx.execute(
                table_of(LeadRow).insert(),
                {"id": number, "created_at": stage.now, "custody": "escalated", "owed_by": stage.now},
            )
            tx.execute(
                table_of(EscalationRow).insert(),
                {
                    "lead_id": number,
                    "reason": "no_call_came",
                    "status": "open",
                    "opened_at": stage.now,
                    "due_at": stage.now + timedelta(minutes=number - 5),
                },
            )

    page = signed_in_client("supervisor").get("/supervisor/board")

    text = words(page)
    assert page.get_data(as_text=True).count('class="person"') == 50
    assert "Overdue 5" in text
    assert "Due within 10 minutes 10" in text
    assert "Waiting 35 of 45" in text
    assert "And 10 more who are due later." in text


def test_a_word_finds_a_call_a_lead_or_everything_of_a_number(stage: Stage, signed_in_client: SignIn) -> None:
    call, _ = texan(stage)
    client = signed_in_client("compliance")

    assert client.get(f"/supervisor/search?q={call.sid}").headers["Location"] == f"/calls/{call.sid}"
    assert client.get("/supervisor/search?q=1").headers["Location"] == "/leads/1"
    for spelled in ("(214) 555-0150", "+12145550150", "214.555.0150"):
        assert "Lead 1" in words(client.get("/supervisor/search", query_string={"q": spelled}))
    nothing = client.get("/supervisor/search?q=2145550199")
    assert "Nobody with this number" in words(nothing)
    assert client.get("/supervisor/search?q=%00").status_code == 404


def test_calls_are_paged_by_what_was_seen_last(stage: Stage, signed_in_client: SignIn) -> None:
    stage.hire(ANA)
    for _ in range(2):
        stage.call_from(OHIO_CALLER, KEYS_OHIO)
        stage.pass_time(60)
    client = signed_in_client("supervisor")

    everything, older = client.get("/supervisor/calls"), client.get("/supervisor/calls?before=2")
    none = client.get("/supervisor/calls?disposition=abandoned&state=WY&campaign=7&day=2026-11-17&before=x")

    assert everything.get_data(as_text=True).count("<tr>") == 3
    assert older.get_data(as_text=True).count("<tr>") == 2
    assert "No such call" in words(none)


def test_a_recording_that_cannot_be_heard_says_why(stage: Stage, signed_in_client: SignIn) -> None:
    stage.set(recording="vendor_announces")
    stage.hire(BEN)
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    [kept] = stage.story(call)["recordings"]
    path, client = f"/recordings/{kept['sid']}/audio", signed_in_client("compliance")

    heard = client.get(path)
    stage.exchange.rest_faults += [RestFault(RestTrouble.SERVER_ERROR, "Recordings")]
    silent = client.get(path)
    stage.exchange.record.deleted_recordings.add(kept["sid"])
    gone = client.get(path)

    assert (heard.status_code, heard.content_type) == (200, "audio/mpeg")
    assert heard.data[:2] == b"\xff\xe3"
    assert (silent.status_code, gone.status_code) == (502, 404)
    assert "The carrier did not answer" in words(silent)
    assert client.get("/recordings/RE00000000000000000000000000000000/audio").status_code == 404


def test_a_board_can_be_fetched_while_no_campaign_is_there(stage: Stage, signed_in_client: SignIn) -> None:
    stage.exchange.add_number("+18005550190", voice_url="https://threegate.example.com/voice/incoming")
    stage.exchange.call("+16145550177", "+18005550190", CallerBehavior())
    stage.exchange.run()

    page = words(signed_in_client("supervisor").get("/supervisor"))

    assert "belongs to no campaign" in page or "Nobody waiting" in page


@pytest.mark.parametrize("happening", Happening)
def test_everything_that_can_happen_has_words(happening: Happening) -> None:
    told = happened(Event("key", happening, datetime(2026, 11, 18, tzinfo=UTC), True, "received", {}), {})

    assert told.endswith(".")
    assert "None" not in told
