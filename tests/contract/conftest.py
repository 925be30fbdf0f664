"""A TwilioCarrier whose pauses take no time and are counted."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from app.carrier import Carrier
from app.carrier.twilio import TwilioCarrier
from tests.contract.twilio_api import ACCOUNT, TOKEN


@dataclass
class Stopwatch:
    """Moves when told to, and by every pause."""

    seconds: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def read(self) -> float:
        return self.seconds

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def carrier(stopwatch: Stopwatch) -> Carrier:
    return TwilioCarrier(ACCOUNT, TOKEN, pause=stopwatch.pause, stopwatch=stopwatch.read, jitter=lambda: 0.5)
