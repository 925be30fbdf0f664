"""The product against every character that Twilio leaves open: each unknown in both positions."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.lead import Custody
from app.simulator.parties import NO_ANSWER, CallerBehavior, accepts, declines, voicemail
from app.simulator.switches import Switches
from app.storage.database import Database
from app.timekeeping import ManualClock
from tests.conversations.people import ANA, BEN, OHIO_CALLER, OHIO_ZIP
from tests.databases import SqliteCopies
from tests.product import build_stage

KEYS = CallerBehavior(answers=[OHIO_ZIP], barge_in=True, talk_seconds=70)
LEAVES = CallerBehavior(answers=[OHIO_ZIP], barge_in=True, hang_up_after_ringing=3)


@pytest.mark.slow
@pytest.mark.parametrize("position", Switches.positions())
def test_the_story_is_the_same_in_every_position(
    position: str, sqlite_copies: SqliteCopies, clock: ManualClock, tmp_path: Path
) -> None:
    with sqlite_copies.fresh(tmp_path) as url:
        database = Database(url, synchronous="OFF")
        stage = build_stage(database, clock, tmp_path, switches=Switches.positions()[position])
        stage.set(ring_seconds=8, strategy="priority")
        stage.hire(ANA, BEN)
        stage.team(ANA, priority=1)
        stage.team(BEN, priority=2)
        told = {}
        scenes = {
            "accepted": (accepts(), KEYS),
            "no answer, then the next": (NO_ANSWER, KEYS),
            "voicemail": (voicemail(after=6), KEYS),
            "declined": (declines(), KEYS),
            "caller leaves": (accepts(after=6), LEAVES),
            "suspended while it rings": (accepts(after=6), KEYS),
        }
        for nth, (scene, (ana, caller)) in enumerate(scenes.items()):
            stage.presence(ANA, "available")
            stage.clock.advance(0.01)
            stage.behave(ANA, ana)
            stage.presence(BEN, "available" if "next" in scene else "away")
            call = stage.ring_in(f"{OHIO_CALLER[:-1]}{nth}", caller)
            if "suspended" in scene:
                while not call.rang(ANA.phone):
                    stage.exchange.run(0.5)
                stage.suspend(ANA, "OH")
            stage.exchange.run()
            outcomes = [outcome for _, outcome in stage.outcomes(call)]
            told[scene] = (outcomes, len(call.bridges), stage.lead(call).custody)
            if not call.bridges:
                assert stage.promised(call).state == "OH"
            assert stage.seat(ANA).held_by is None
            # The promise of this scene has passed before the next: one that ends soon would go before a new arrival.
            stage.clock.advance(600)
        stage.check()
        database.dispose()

    assert told == {
        "accepted": (["accepted"], 1, Custody.SERVED),
        "no answer, then the next": (["no_answer", "accepted"], 1, Custody.SERVED),
        "voicemail": (["no_answer"], 0, Custody.PROMISED),
        "declined": (["declined"], 0, Custody.PROMISED),
        "caller leaves": (["caller_hung_up"], 0, Custody.PROMISED),
        "suspended while it rings": (["authority_lost"], 0, Custody.PROMISED),
    }
