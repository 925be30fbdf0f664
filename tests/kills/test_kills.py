"""The short form of the kill drill; the long one is `python -m tests.kills`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import PostgresCopies
from tests.kills.drill import drill

KILLS = 3


@pytest.mark.slow
@pytest.mark.timeout(300)  # a busy machine starts processes slowly
def test_web_and_scheduler_are_killed_under_traffic_and_nobody_is_lost_or_served_twice(
    postgres_copies: PostgresCopies, tmp_path: Path
) -> None:
    with postgres_copies.fresh() as url:
        outcome = drill(tmp_path, url, kills=KILLS, seed=7, speed=25, say=print, send_home=True)

    assert outcome.wrong == []
    assert len(outcome.strikes) == KILLS
    for check in ("calls in, leads in", "leads in a custody with due work", "double bookings, by the carrier"):
        assert outcome.found[check].looked_at, "nothing was there to be lost"
