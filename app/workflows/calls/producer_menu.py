"""A producer calls one of our numbers: one key sets their presence. Never a lead."""

from __future__ import annotations

from datetime import datetime

from app.domain.call import Happening
from app.domain.instructions import Farewell, HangUpProducer, Instruction, Words
from app.domain.signals import KeysPressed
from app.storage import authority_facts, calls, desk
from app.storage.calls import Turn
from app.storage.database import Database
from app.workflows.errors import UnknownCall

_PRESENCE = {"1": "available", "2": "away"}


def producer_menu(pressed: KeysPressed, *, database: Database, now: datetime) -> Instruction:
    """1: available, 2: away; anything else changes nothing."""
    with database.begin() as tx:
        call = calls.load(tx, pressed.call_sid)
        if call is None:
            raise UnknownCall(pressed.call_sid)
        said = calls.reply(tx, call, "menu")
        if said is not None:
            return said
        turn = Turn(tx, call, "menu", now)
        producer_id = authority_facts.producer_with_phone(tx, call.from_number)
        presence = _PRESENCE.get(pressed.digits)
        turn.happened(Happening.LEG_PROGRESSED, {"menu": pressed.digits})
        if producer_id is None or presence is None:
            return turn.reply(HangUpProducer())
        desk.set_presence(tx, producer_id, presence, now, by="producer's call")
        return turn.reply(Farewell((Words(f"producer_menu_done_{presence}"),)))
