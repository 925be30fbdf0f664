"""How many of some callers live in another state than their number's: what surveys of mobile users found.

No survey of live-transfer callers was found; these are of the general public. Table: app/data/area_code_mismatch.csv
(survey, years, of_whom, area, percent, planning, source, read, as_of, confidence); rows with `planning` yes make the
range, the others are a single state's.
"""

from __future__ import annotations

from app.domain import tables

# survey, years, percent
_SURVEYS = [(row[0], row[1], int(row[4])) for row in tables.rows("area_code_mismatch.csv") if row[5] == "yes"]
LOW_PERCENT = min(percent for _, _, percent in _SURVEYS)
HIGH_PERCENT = max(percent for _, _, percent in _SURVEYS)
_FOUND = "; ".join(" ".join(filter(None, (survey, years))) + f": {percent}" for survey, years, percent in _SURVEYS)
SOURCE = (
    f"Surveys of US adults found {LOW_PERCENT} to {HIGH_PERCENT} in 100 mobile numbers to be of another state than the one "
    f"their owner lives in ({_FOUND}); none of them asked live-transfer callers."
)


def elsewhere(calls: int) -> tuple[int, int]:
    """How few and how many of `calls`, zero or more, come from people of another state than the number's.

    The low number is rounded down and the high one up, so that the range never claims more than the surveys do.
    """
    return calls * LOW_PERCENT // 100, -(-calls * HIGH_PERCENT // 100)
