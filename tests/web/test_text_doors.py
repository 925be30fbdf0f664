"""The doors of texts: signature first, hostile bodies, and nothing said in the reply."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.simulator.signing import sign
from tests.conversations.deliveries import ask
from tests.product import AGENCY, AUTH_TOKEN, PUBLIC, Stage

SID = "SM" + "1" * 32
CALLER = "+16145550150"


def form(body: str = "hello", **more: str) -> list[tuple[str, str]]:
    return list({"MessageSid": SID, "From": CALLER, "To": AGENCY, "Body": body, **more}.items())


def kept(stage: Stage) -> list[str]:
    with stage.database.read() as tx:
        return [row[0] for row in tx.execute(text("SELECT body FROM texts_received"))]


@pytest.mark.parametrize("path", ["/sms/incoming", "/sms/status"])
def test_without_the_carriers_signature_nothing_happens(stage: Stage, path: str) -> None:
    client = stage.app.test_client()
    pairs = form(MessageStatus="sent")
    forged = [{}, {"X-Twilio-Signature": ""}, {"X-Twilio-Signature": "é"}]
    forged.append({"X-Twilio-Signature": sign(AUTH_TOKEN, f"{PUBLIC}/voice/incoming", pairs)})

    answers = [client.post(path, data=dict(pairs), headers=headers).status_code for headers in forged]

    assert answers == [403] * 4
    assert kept(stage) == []


def test_the_port_of_an_https_address_is_kept_for_texts(stage: Stage) -> None:
    pairs = form()
    headers = {"X-Twilio-Signature": sign(AUTH_TOKEN, f"{PUBLIC}:443/sms/incoming", pairs)}

    answer = stage.app.test_client().post("/sms/incoming", data=dict(pairs), headers=headers)

    assert answer.status_code in (200, 204)


HOSTILE = ["\x00\x0bhi", "\u202eevil", "💥" * 800, "x" * 10_000, "</Message><Message>x", "'; DROP TABLE leads; --", ""]


def test_hostile_bodies_are_kept_and_answered_with_nothing(stage: Stage) -> None:
    for nth, body in enumerate(HOSTILE):
        more = {"MessageSid": f"SM{nth:032x}", "ProfileName": body, "FromCity": body}
        reply = ask(stage, "/sms/incoming", form(body, **more))

        assert reply.status in (200, 204), body
        assert "Message" not in reply.body

    assert len(kept(stage)) == len(HOSTILE)
    assert max(map(len, kept(stage))) <= 1600
    assert [item.reason for item in stage.waiting()] == ["text_received"]


def test_a_sender_that_is_no_number_is_still_a_person(stage: Stage) -> None:
    for nth, sender in enumerate(["+16145550150' OR 1=1", "x" * 500, "", "12345"]):
        words = ask(stage, "/sms/incoming", form("hello", From=sender, MessageSid=f"SM{nth:032x}"))
        stop = ask(stage, "/sms/incoming", form("STOP", From=sender, MessageSid=f"SM{nth:031x}f"))

        assert {words.status, stop.status} <= {200, 204}
        assert len(stage.waiting()) == nth + 1


@pytest.mark.parametrize("sid", ["", "SM1", "CA" + "1" * 32])
def test_a_text_without_a_sid_is_refused(stage: Stage, sid: str) -> None:
    assert ask(stage, "/sms/incoming", form(MessageSid=sid)).status == 400
    assert kept(stage) == []


def test_a_report_on_a_text_that_is_not_ours_is_heard_and_forgotten(stage: Stage) -> None:
    for status in ("sent", "delivered", "failed"):
        report = form(MessageStatus=status, ErrorCode="30003")
        assert ask(stage, "/sms/status", report).status in (200, 204)
    assert ask(stage, "/sms/status", form(MessageStatus="nonsense")).status == 400
