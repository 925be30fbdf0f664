"""What a look back found. Everything that page, text and JSON show, and nothing that they would have to work out.

Two numbers stand wherever a caller's state was not settled: `best` counts only what is certain, `worst` also what the
product's gate would have refused on the little that the log knows (a presumed or disputed state, or none).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.states import State


class Kind(StrEnum):
    """What is wrong with a call. One call may be of several kinds."""

    WITHOUT_AUTHORITY = "without_authority"  # taken; state and roster leave no doubt
    DOUBTFUL_STATE = "doubtful_state"  # taken; without authority if the state is what little evidence says
    NOT_KNOWN_THEN = "not_known_then"  # taken; today's roster cannot say what held then
    NOT_ON_ROSTER = "not_on_roster"  # taken by somebody whom the roster does not have
    ASKED = "asked"  # the caller would have been asked for a ZIP
    LOST_LICENSED = "lost_licensed"  # nobody answered, although a licensed producer existed
    LOST_DOUBTFUL = "lost_doubtful"  # the same, if the state is what little evidence says
    LOST_NOBODY_LICENSED = "lost_nobody_licensed"  # nobody answered, and nobody was licensed
    OUTSIDE_HOURS = "outside_hours"  # outside the hours that the law gives


@dataclass(frozen=True, slots=True)
class Range:
    """Best case and worst case; equal where nothing is in doubt."""

    best: int
    worst: int


@dataclass(frozen=True, slots=True)
class Unread:
    """Rows that could not be read as calls, and the first line of them."""

    why: str
    rows: int
    first_line: int


@dataclass(frozen=True, slots=True)
class About:
    """What was read. `notes` are sentences on what had to be assumed. `columns` is (our field, the file's column)."""

    calls_name: str
    calls_format: str
    roster_name: str
    columns: tuple[tuple[str, str], ...]
    unread: tuple[Unread, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MissingLicense:
    """A license that calls were taken without. `lines` is e.g. "life" or "property+casualty".

    `reason` is a code of INTERFACE.md section 5. `since`: the first day without it (expired), or None: never on this
    roster. `until`: the day from which it was held at last. `policy`: only our own rule is against it (the resident license).
    """

    npn: str
    name: str
    state: State
    lines: str
    reason: str
    why: str
    since: date | None
    until: date | None
    policy: bool
    calls: Range
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class NotKnown:
    """Calls of a producer in a state for which today's roster cannot say what held then, and why it cannot."""

    npn: str
    name: str
    state: State
    lines: str
    why: str
    calls: int


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody in the log whom the roster does not have."""

    named: str
    calls: int


@dataclass(frozen=True, slots=True)
class OutsideHours:
    """Calls outside the hours of the law. `judged` False: the log's times have no zone, so nobody can say."""

    judged: bool
    inbound: Range
    outbound: Range
    unsaid: Range

    @property
    def total(self) -> Range:
        parts = (self.inbound, self.outbound, self.unsaid)
        return Range(sum(part.best for part in parts), sum(part.worst for part in parts))


@dataclass(frozen=True, slots=True)
class LostMoney:
    """Lost leads of one line, and what was paid for them. `unpriced` leads have no price in log or command."""

    loa: str
    leads: int
    licensed: Range
    cents: int
    licensed_cents: Range
    unpriced: int


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the calls without authority expose the agency to, in whole dollars.

    `calls` are those without authority that more than our own policy is against. Low: one violation a producer, state and
    day of what is certain among them, at the lowest penalty. High: every one of the worst case, at the highest.
    """

    low_usd: int
    high_usd: int
    violation_days: int
    calls: Range
    penalty_low_usd: int
    penalty_high_usd: int
    source: str


@dataclass(frozen=True, slots=True)
class SoldNotHeld:
    """A line that a producer sold in a state where they hold a license, but not that line."""

    npn: str
    name: str
    state: State
    line: str
    calls: Range


@dataclass(frozen=True, slots=True)
class SinglePoint:
    """A resident license that others rest on, for what the log asks for (`line`: "life", "property+casualty").

    `states` are those it carries, `alone_in` those that nobody else has. `calls` of this log came from `states`,
    `calls_alone` from `alone_in`. `expires_on` None: perpetual.
    """

    npn: str
    name: str
    home_state: State
    line: str
    states: tuple[State, ...]
    alone_in: tuple[State, ...]
    calls: int
    calls_alone: int
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class LicenseToGet:
    """A license that would have caught the most calls, after those before it in the list.

    `unauthorized` and `lost` are the calls of either kind that it would have caught. Fees are in cents, NIPR's own
    included, None where no source is known. `what` says whether to apply, add a line, or renew.
    """

    npn: str
    name: str
    state: State
    lines: str
    what: str
    unauthorized: Range
    lost: Range
    fee_low_cents: int | None
    fee_high_cents: int | None
    fee_source: str
    waiting: str


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday, UTC."""

    begins: date
    calls: int
    taken: int
    without_authority: Range
    not_known: int
    lost: int
    lost_licensed: Range
    outside_hours: Range


@dataclass(frozen=True, slots=True)
class StateRow:
    """One state; "" gathers the calls whose state nobody could know, "several" those of more than one.

    `producers` held authority there, for any line of the log, at the log's last call.
    """

    state: str
    calls: int
    taken: int
    without_authority: Range
    not_known: int
    asked: int
    lost: int
    lost_licensed: Range
    outside_hours: Range
    producers: int


@dataclass(frozen=True, slots=True)
class ProducerRow:
    """One producer who stands in the log; `npn` "" for those whom the roster does not have, together."""

    npn: str
    name: str
    home_state: str
    taken: int
    without_authority: Range
    not_known: int
    lost: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """One call that something is wrong with; the number is masked."""

    kind: Kind
    line: int
    at: datetime
    caller: str
    states: tuple[State, ...]
    confidence: str
    npn: str
    name: str
    loa: str
    answered_seconds: int
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """The whole look back. Lists are sorted by what weighs most; `evidence` is cut, `evidence_total` is not.

    `calls` are the `taken`, the `lost`, and the `unreached`: people whom we dialed and who did not answer. `taken_unnamed`
    are those of the taken for which the log names nobody.

    `presumed_held` calls were taken on an area code alone by somebody with authority there; `elsewhere` of them live in
    another state, by what surveys found (`elsewhere_source`).
    """

    about: About
    first_at: datetime | None
    last_at: datetime | None
    calls: int
    taken: int
    taken_unnamed: int
    lost: int
    without_authority: Range
    policy_only: int
    missing: tuple[MissingLicense, ...]
    not_known_then: int
    not_known: tuple[NotKnown, ...]
    not_on_roster: int
    strangers: tuple[Stranger, ...]
    asked: int
    asked_taken: int
    asked_because: tuple[tuple[str, int], ...]
    presumed_held: int
    elsewhere: Range
    elsewhere_source: str
    lost_licensed: Range
    lost_nobody_licensed: int
    lost_not_known: int
    outside_hours: OutsideHours
    money: tuple[LostMoney, ...]
    exposure: Exposure
    sold_not_held: tuple[SoldNotHeld, ...]
    single_points: tuple[SinglePoint, ...]
    licenses_to_get: tuple[LicenseToGet, ...]
    weeks: tuple[Week, ...]
    states: tuple[StateRow, ...]
    producers: tuple[ProducerRow, ...]
    evidence: tuple[Evidence, ...]
    evidence_total: tuple[tuple[Kind, int], ...]
    unreached: int = 0
