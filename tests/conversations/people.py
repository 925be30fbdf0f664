"""The people of the conversations, and what they say."""

from __future__ import annotations

from app.simulator.parties import CallerBehavior
from tests.builders import licensed

OHIO_CALLER = "+16145550150"
OTHER_OHIO_CALLER = "+16145550151"
PENNSYLVANIA_CALLER = "+12155550150"
TEXAS_CALLER = "+12145550150"

OHIO_ZIP, PENNSYLVANIA_ZIP = "43215", "19103"
KEYS_OHIO = CallerBehavior(answers=[OHIO_ZIP])
SILENT = CallerBehavior(answers=[])

ANA = licensed("Ana", 1, "OH")
BEN = licensed("Ben", 2, "OH")
CAM = licensed("Cam", 3, "OH")
DEE = licensed("Dee", 4, "OH")
PAT = licensed("Pat", 5, "PA")
