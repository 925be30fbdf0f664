"""The one key after the acknowledgement: 1 stays on the line, 2 chooses another time (or asks to be called after all)."""

from __future__ import annotations

from datetime import datetime

from app.domain.call import Happening, Phase
from app.domain.instructions import Acknowledge, Farewell, Instruction, Words
from app.domain.signals import KeysPressed
from app.storage import calls
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.storage.database import Database
from app.workflows.calls.acknowledge import STAY, Lack, acknowledge, lead_of
from app.workflows.calls.choose_time import ask_time
from app.workflows.calls.free_producer import Wording
from app.workflows.calls.hold import begin_hold
from app.workflows.calls.work_on_answer import work_on_answer
from app.workflows.leads.escalate_lead import opted_out


def choose(pressed: KeysPressed, round_: int, *, database: Database, now: datetime, wording: Wording) -> Instruction:
    """What the caller wants, of what was offered; any other key ends the call, and what was promised stands."""
    return work_on_answer(
        pressed,
        f"acknowledged:{round_}",
        lambda turn, campaign: _obey(turn, campaign, round_, pressed.digits),
        asked="acknowledged",
        database=database,
        now=now,
        wording=wording,
    )


def _obey(turn: Turn, campaign: Campaign | None, round_: int, key: str) -> Instruction:
    chosen = key if key in _offered(turn) else ""
    facts = {"round": round_, "key": key}
    if campaign is None or turn.call.phase is not Phase.ACKNOWLEDGING or not chosen:
        turn.happened(Happening.CALLER_CHOSE, facts)
        return turn.reply(Farewell((Words("goodbye"),), turn.call.language))
    if chosen == STAY:
        return begin_hold(turn, campaign)
    turn.happened(Happening.CALLER_CHOSE, facts)
    if not turn.call.asked_us and opted_out(turn.tx, lead_of(turn)):
        # Somebody who said STOP asks, on this call, to be called (FLOWS.md, tier 2).
        turn.change(asked_us=True)
        return acknowledge(turn, campaign, Lack.NOBODY_AVAILABLE)
    return ask_time(turn, campaign)


def _offered(turn: Turn) -> str:
    """The keys that the last acknowledgement offered."""
    said = calls.last_replies(turn.tx, turn.call.id)
    return next((reply.keys for reply in said if isinstance(reply, Acknowledge)), "")
