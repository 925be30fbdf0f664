"""A question that we asked a caller has come back: the same frame around whatever is done with the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.domain.instructions import Instruction
from app.domain.signals import KeysPressed
from app.storage import calls
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.storage.database import Database
from app.workflows.calls.end_call import campaign_of, conclude_call
from app.workflows.calls.free_producer import Wording
from app.workflows.errors import UnknownCall


def work_on_answer(
    pressed: KeysPressed,
    key: str,
    work: Callable[[Turn, Campaign | None], Instruction],
    *,
    asked: str,
    database: Database,
    now: datetime,
    wording: Wording,
) -> Instruction:
    """What `work` says, once: a second delivery of `key` gets the first one's reply. A caller who has left ends the call.

    `asked` says what was going on, for whoever reads the call's story. Raises UnknownCall.
    """
    with database.begin() as tx:
        call = calls.load(tx, pressed.call_sid)
        if call is None:
            raise UnknownCall(pressed.call_sid)
        said = calls.reply(tx, call, key)
        if said is not None:
            return said
        turn = Turn(tx, call, key, now)
        campaign = campaign_of(turn)
        if pressed.caller_left:
            return conclude_call(turn, campaign, {"while": asked}, wording=wording)
        return work(turn, campaign)
