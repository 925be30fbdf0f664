"""What was agreed, and bought, at the moment when a call arrived: settings and open states move while invoices wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from app.domain import policy as policies
from app.domain.states import State

AGREED_KEYS = ("buffer_seconds", "price")
"""The campaign's settings that a bill is judged by."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """`buffer_seconds` None: every answered call is billed; `price_cents` None: no price was agreed."""

    buffer_seconds: int | None
    price_cents: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """One setting was changed at `at`; `before` is what it was until then."""

    at: datetime
    key: str
    before: str


@dataclass(frozen=True)
class SettingsThen:
    """Settings of campaigns as they were. `now`: by campaign, what is set; `changes`: by campaign, oldest first."""

    now: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    changes: Mapping[int, Sequence[Change]] = field(default_factory=dict)

    def agreed(self, campaign_id: int | None, at: datetime) -> Agreed:
        """What held at `at`: the change of that very instant included."""
        if campaign_id is None:
            return Agreed(None, None)
        spelled = {key: text for key, text in self.now.get(campaign_id, {}).items() if key in AGREED_KEYS}
        # The newest first, so that the one next after `at` has the last word.
        for change in reversed(self.changes.get(campaign_id, ())):
            if change.at > at and change.key in AGREED_KEYS:
                spelled[change.key] = change.before
        return _read(tuple(sorted(spelled.items())))


@lru_cache(maxsize=1024)  # an invoice asks for the same few, a hundred thousand times
def _read(spelled: tuple[tuple[str, str], ...]) -> Agreed:
    then = policies.from_settings(dict(spelled))
    return Agreed(then.buffer_seconds, None if then.price is None else int(Decimal(then.price) * 100))


@dataclass(frozen=True, slots=True)
class Opening:
    """How a state stood from `since` on. `zips` None: the whole state."""

    since: datetime
    is_open: bool
    zips: frozenset[str] | None = None


@dataclass(frozen=True)
class OpeningsThen:
    """The states that we bought calls from, as they were: by state, oldest first."""

    by_state: Mapping[State, Sequence[Opening]] = field(default_factory=dict)

    def bought(self, state: State, zip_code: str | None, at: datetime) -> bool:
        """Whether a call from there was bought at `at`; a ZIP that is not known counts as inside a territory."""
        then = [opening for opening in self.by_state.get(state, ()) if opening.since <= at]
        if not then or not then[-1].is_open:
            return False
        return then[-1].zips is None or zip_code is None or zip_code in then[-1].zips
