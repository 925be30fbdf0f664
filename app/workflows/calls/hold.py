"""Tier 3: a caller who chose to stay. Every round asks the gate again and offers exactly as tier 1."""

from __future__ import annotations

from datetime import datetime

from app.domain.call import Happening, Phase
from app.domain.instructions import Instruction
from app.domain.signals import KeysPressed
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.storage.database import Database
from app.workflows.calls.acknowledge import ANOTHER_TIME, Lack, acknowledge
from app.workflows.calls.choose_time import ask_time
from app.workflows.calls.free_producer import Wording
from app.workflows.calls.offer_call import offer_next
from app.workflows.calls.work_on_answer import work_on_answer


def begin_hold(turn: Turn, campaign: Campaign) -> Instruction:
    """The caller stays on the line, from now on in line; whoever can take the call is rung at once."""
    turn.happened(Happening.CALLER_HELD, {"chose": "to stay"}, tier=3, holding_since=turn.now, polled_at=turn.now)
    turn.change(offers_from=turn.now)
    return offer_next(turn, campaign)


def hold_round(
    pressed: KeysPressed, round_: int, *, database: Database, now: datetime, wording: Wording
) -> Instruction:
    """One round of waiting is over, or a key was pressed in it."""

    def go_on(turn: Turn, campaign: Campaign | None) -> Instruction:
        facts = {"round": round_, "key": pressed.digits}
        if campaign is None or turn.call.phase is not Phase.HOLDING:
            turn.happened(Happening.LEG_PROGRESSED, facts)
            return acknowledge(turn, campaign, Lack.TROUBLE)
        if pressed.digits == ANOTHER_TIME:
            turn.happened(Happening.CALLER_CHOSE, facts, holding_since=None)
            return ask_time(turn, campaign)
        turn.happened(Happening.CALLER_HELD, facts, polled_at=now)
        return offer_next(turn, campaign)

    return work_on_answer(
        pressed, f"hold:{round_}", go_on, asked="on hold", database=database, now=now, wording=wording
    )
