"""How long a caller may hold, and the next round of waiting."""

from __future__ import annotations

from datetime import timedelta

from app.domain.call import Happening, Phase
from app.domain.instructions import Hold, Words
from app.storage import calls
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.workflows.calls.vendors_clock import seconds_left

ROUND_SECONDS = 8
"""Of quiet behind what is said: a round takes some ten seconds (FLOWS.md, hold)."""

_SHORTEST_ROUND = timedelta(seconds=5)


def wait_on(turn: Turn, campaign: Campaign) -> Hold | None:
    """One more round for a caller who chose to stay; None where the time for holding is over."""
    call = turn.call
    left = hold_seconds_left(turn, campaign)
    if left < _SHORTEST_ROUND.total_seconds():
        return None
    rounds = calls.rounds_held(turn.tx, call.id)
    if call.phase is not Phase.HOLDING:
        turn.happened(Happening.CALLER_HELD, {"again": True}, polled_at=turn.now)
    place = str(calls.place_in_line(turn.tx, call))
    # The place is said when it may have changed; in between the line is quiet.
    words = (Words("hold_place", {"place": place}),) if rounds % 3 == 0 else ()
    return Hold(call.call_sid, rounds + 1, words, call.language, int(min(ROUND_SECONDS, left)))


def hold_seconds_left(turn: Turn, campaign: Campaign) -> float:
    """Until holding ends: the campaign's limit, and the vendor's buffer unless holding past it is allowed."""
    call = turn.call
    assert call.holding_since is not None, "only who holds has time left for it"
    held = (turn.now - call.holding_since).total_seconds()
    left = campaign.policy.hold_seconds - held
    pressing = seconds_left(call, campaign.policy, turn.now)
    return left if pressing is None else min(left, pressing)
