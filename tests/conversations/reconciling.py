"""What tests of texts and of reconciliation share: somebody who was promised a call, and the minute's look at the carrier."""

from __future__ import annotations

from typing import Any

from app.simulator.calls import Call
from app.simulator.record import Text as CarriersText
from app.storage import texts
from app.storage.texts import Text
from app.workflows.callbacks.reconcile import reconcile_calls
from app.workflows.callbacks.reconcile_texts import reconcile_texts
from tests.conversations.people import ANA, KEYS_OHIO, OHIO_CALLER
from tests.product import Stage


def promised(stage: Stage, number: str = OHIO_CALLER) -> Call:
    """A call from `number` while Ana is away: its lead is promised a call, and a text about it waits in the outbox."""
    if ANA not in stage.hired:
        stage.hire(ANA)
        stage.presence(ANA, "away")
    return stage.call_from(number, KEYS_OHIO)


def written_to(stage: Stage, call: Call) -> list[Text]:
    """What the outbox holds for the lead of `call`."""
    with stage.database.read() as tx:
        return texts.of_lead(tx, stage.lead(call).id)


def fate(stage: Stage, call: Call) -> list[tuple[str, str | None]]:
    """(status, error) of each of them."""
    return [(text.status, text.error) for text in written_to(stage, call)]


def arrived(stage: Stage, number: str = OHIO_CALLER) -> list[CarriersText]:
    """Texts to `number` that the carrier took from us."""
    return [text for text in stage.exchange.record.texts_to(number) if not text.by_carrier]


def told(stage: Stage, call: Call) -> dict[str, Any]:
    """`GET /leads/{id}` of the call's lead."""
    return stage.get(f"/leads/{stage.lead(call).id}")


def look_for_texts(stage: Stage) -> None:
    """The minute's look at what became of texts."""
    reconcile_texts(database=stage.database, carrier=stage.tools.carrier, now=stage.clock.now)


def look_for_calls(stage: Stage) -> None:
    """The minute's look at the carrier's calls."""
    reconcile_calls(
        database=stage.database, carrier=stage.tools.carrier, now=stage.clock.now, wording=stage.tools.wording
    )
