"""A receiver of webhooks believes only what is signed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook
from werkzeug.test import Client, TestResponse

from app.simulator.crm import LARGEST_BYTES, PATH, Crm

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EVENT = '{"type": "lead.connected", "data": {"lead_id": 1}}'
AT = datetime(2026, 11, 18, 15, tzinfo=UTC)


def send(crm: Crm, body: str = EVENT, *, signed: str = EVENT, secret: str = SECRET) -> TestResponse:
    signature = Webhook(secret).sign("evt_1", AT, signed)
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(int(AT.timestamp())),
        "webhook-signature": f"v1,b2xk {signature}",
    }
    return Client(crm).post(PATH, data=body, headers=headers)


def test_a_signed_event_is_kept_and_told() -> None:
    told: list[str] = []
    crm = Crm(SECRET, tell=lambda received: told.append(received.type))

    assert send(crm).status_code == 204

    (received,) = crm.received
    assert (received.event_id, received.verified, received.payload["data"]) == ("evt_1", True, {"lead_id": 1})
    assert told == ["lead.connected"]


def test_another_body_or_another_secret_is_refused() -> None:
    crm = Crm(SECRET)

    assert send(crm, EVENT.replace("1", "2")).status_code == 401
    assert send(crm, secret="whsec_AAAA9r8GKYqrTwjUPD8ILPZIo2LaLaSw").status_code == 401
    assert Client(crm).post(PATH, data=EVENT).status_code == 401
    assert not crm.received


def test_without_a_secret_nothing_can_be_verified() -> None:
    crm = Crm()

    assert Client(crm).post(PATH, data=EVENT).status_code == 204
    assert crm.received[0].verified is None


@pytest.mark.parametrize(("body", "status"), [("{}", 422), ("no JSON", 422), ("x" * (LARGEST_BYTES + 1), 413)])
def test_what_is_no_event_is_refused(body: str, status: int) -> None:
    assert Client(Crm()).post(PATH, data=body).status_code == status


def test_it_may_be_busy() -> None:
    crm = Crm(SECRET, fails=lambda: True)

    assert send(crm).status_code == 500
    assert not crm.received
