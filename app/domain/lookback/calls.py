"""One call of a log, as a reader hands it over."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from app.domain.evidence import Evidence


class LoggedCall(NamedTuple):
    """One call. Text is as the log wrote it, "" where it says nothing.

    `line` is where it begins in the file, for a person who looks it up. `at` is in UTC. `producer` is who took or was to
    take it: an NPN, a phone, a name or an agent's id. `loa` is a requirement (`life`, `property+casualty`).
    `answered_seconds` 0: nobody answered. `direction` is "inbound", "outbound" (we dialed the consumer) or "".
    `price_cents` is what the lead cost. `evidence` is given where more is known of the caller's residence than zip, state
    and number (our own calls); `roster_version` says which of our own rosters to judge by.
    """

    line: int
    at: datetime
    caller: str
    producer: str
    loa: str
    answered_seconds: int
    zip: str = ""
    state: str = ""
    direction: str = ""
    price_cents: int | None = None
    evidence: Evidence | None = None
    roster_version: int = 0
