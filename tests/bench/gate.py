"""The gate's statement alone: does it stay flat, and what does "nobody" cost?"""

from __future__ import annotations

import time
from datetime import datetime
from statistics import median

from app.domain.licensing import Question
from app.domain.lines import Requirement
from app.storage import licensing_gate
from app.storage.database import Database
from tests.bench.rosters import COMMON, NOBODY, RARE

REPEATS = 200
_LIFE = Requirement.parse("life")


def microseconds(database: Database, now: datetime) -> dict[str, float]:
    """Median of `eligible` as offer_next asks it, for a common state, a rare one, and one where nobody is licensed."""
    found = {}
    with database.read() as tx:
        for state in (COMMON, RARE, NOBODY):
            question = Question(states=(state,), requirement=_LIFE, openings={}, zip_code=None, carrier=None, team=None)
            took = []
            for _ in range(REPEATS):
                began = time.perf_counter()
                licensing_gate.eligible(tx, question, now, campaign_id=1)
                took.append(time.perf_counter() - began)
            found[state] = 1e6 * median(took)
    return found
