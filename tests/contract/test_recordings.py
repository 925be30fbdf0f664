"""Recordings at the wire: heard piece by piece, deleted for good, and what is said where the carrier does not answer so."""

from __future__ import annotations

import pytest
import requests
import responses

from app.carrier import Ambiguous, Carrier, CarrierUnreachable, Done, NullCarrier, Refused
from app.carrier.twilio import TwilioCarrier
from tests.contract.twilio_api import ACCOUNT, BASE_URL, HERE, TOKEN

SID = "RE" + "4" * 32
SOUND = f"{BASE_URL}{HERE}/Recordings/{SID}.mp3"
RECORDING = f"{BASE_URL}{HERE}/Recordings/{SID}.json"


@responses.activate
def test_a_recording_is_streamed_with_the_accounts_credentials(carrier: Carrier) -> None:
    responses.get(SOUND, body=b"x" * 100_000, content_type="audio/mpeg", auto_calculate_content_length=True)

    sound = carrier.recording(SID)

    assert sound is not None
    assert (sound.media_type, sound.length_bytes) == ("audio/mpeg", 100_000)
    assert b"".join(sound.pieces) == b"x" * 100_000
    [asked] = responses.calls
    assert asked.request.headers["Authorization"] == requests.auth._basic_auth_str(ACCOUNT, TOKEN)


@responses.activate
def test_a_simulator_is_asked_for_the_sound_where_one_is_named() -> None:
    url = f"https://carrier.example.com{HERE}/Recordings/{SID}.mp3"
    responses.get(url, body=b"abc", content_type="audio/mpeg")

    sound = TwilioCarrier(ACCOUNT, TOKEN, base_url="https://carrier.example.com/").recording(SID)

    assert sound is not None
    assert b"".join(sound.pieces) == b"abc"


@responses.activate
def test_a_recording_that_the_carrier_does_not_have_is_none(carrier: Carrier) -> None:
    responses.get(SOUND, status=404, json={"code": 20404})

    assert carrier.recording(SID) is None


@responses.activate
@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"status": 401, "json": {"code": 20003}},
        {"status": 200, "body": "<html>", "content_type": "text/html"},
        {"status": 204},
        {"body": requests.ConnectTimeout("no")},
        {"body": requests.ReadTimeout("no")},
    ],
)
def test_what_is_no_sound_is_never_taken_for_one(carrier: Carrier, answer: dict[str, object]) -> None:
    responses.get(SOUND, **answer)

    with pytest.raises(CarrierUnreachable) as raised:
        carrier.recording(SID)

    assert TOKEN not in str(raised.value)


@responses.activate
def test_a_recording_is_deleted(carrier: Carrier) -> None:
    responses.delete(RECORDING, status=204)

    assert carrier.delete_recording(SID) == Done()


@responses.activate
@pytest.mark.parametrize(
    ("answer", "status"), [({"status": 404, "json": {"code": 20404, "status": 404}}, 404), ({"status": 401}, 401)]
)
def test_a_deletion_that_is_refused_says_why(carrier: Carrier, answer: dict[str, object], status: int) -> None:
    responses.delete(RECORDING, **answer)

    refused = carrier.delete_recording(SID)

    assert isinstance(refused, Refused)
    assert refused.status == status


@responses.activate
@pytest.mark.parametrize("answer", [{"status": 500}, {"status": 503}, {"body": requests.ReadTimeout("no")}])
def test_a_deletion_without_a_clear_answer_is_ambiguous(carrier: Carrier, answer: dict[str, object]) -> None:
    responses.delete(RECORDING, **answer)

    assert isinstance(carrier.delete_recording(SID), Ambiguous)


def test_without_an_account_there_is_nothing_to_hear() -> None:
    carrier: Carrier = NullCarrier()

    assert carrier.recording(SID) is None
    assert isinstance(carrier.delete_recording(SID), Refused)
