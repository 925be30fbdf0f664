"""What tests of spoken notices share: somebody who agreed to automated calls, was not served, and takes no texts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.carrier.addresses import Addresses
from app.simulator.calls import Call
from app.simulator.parties import ProducerBehavior
from app.simulator.text_behavior import NOT_A_MOBILE
from app.storage import texts, work
from app.storage.texts import Text
from app.workflows.callbacks.speak_notices import speak_notices
from tests.conversations.people import ANA, KEYS_OHIO, OHIO_CALLER
from tests.conversations.reconciling import told
from tests.product import AGENCY, PUBLIC, Stage

MAINE_CALLER, FLORIDA_CALLER = "+12075550150", "+13055550150"
AGREES = {"text": "I agree to automated calls.", "automated_calls": True}
LISTENS = ProducerBehavior(presses="")
SAYS_STOP = ProducerBehavior(presses="9")
LATER = timedelta(minutes=11)


def new_york(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant in November 2026, by New York's and Maine's clock; the 18th is a Wednesday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) + timedelta(hours=5)


def post(stage: Stage, phone: str = OHIO_CALLER, consent: Any = None, **more: str) -> None:
    """The vendor posts the lead, and what its person has agreed to."""
    body = {"campaign": AGENCY, "phone": phone, "state": "OH", "zip": "43215", "consent": consent, **more}
    answer = stage.app.test_client().post("/api/v1/leads", json=body, headers={"Authorization": f"Bearer {stage.key}"})
    assert answer.status_code == 201, answer.get_data(as_text=True)


def missed(stage: Stage, phone: str = OHIO_CALLER, consent: Any = AGREES, behavior: Any = NOT_A_MOBILE) -> Call:
    """Somebody who agreed is not served, while Ana is away, and their number takes no texts."""
    if ANA not in stage.hired:
        stage.hire(ANA)
        stage.presence(ANA, "away")
    stage.exchange.set_text_behavior(phone, behavior)
    stage.exchange.add_person(phone, LISTENS)
    post(stage, phone, consent)
    return stage.call_from(phone, KEYS_OHIO)


def rung(stage: Stage, phone: str = OHIO_CALLER) -> list[Call]:
    return stage.exchange.placed_calls(phone)


def outbox(stage: Stage, call: Call) -> list[tuple[str, str, str | None]]:
    """(kind, status, error) of all that the person was to be told, as the API shows it."""
    return [(text["kind"], text["status"], text["error"]) for text in told(stage, call)["texts"]]


def notice_of(stage: Stage, call: Call) -> Text:
    with stage.database.read() as tx:
        (notice,) = [text for text in texts.of_lead(tx, stage.lead(call).id) if text.kind == texts.SPOKEN]
    return notice


def speak(stage: Stage) -> None:
    speak_notices(
        database=stage.database, carrier=stage.tools.carrier, now=stage.clock.now, addresses=Addresses(PUBLIC)
    )


def suppress(stage: Stage, number: str, kind: str) -> None:
    with stage.database.begin() as tx:
        work.suppress(tx, number, kind, source="test", now=stage.now)
