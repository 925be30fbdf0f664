"""What goes if a producer's license lapses: lines of authority, promised calls, calls of the last weeks; and who is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app.domain import cascade
from app.domain.cascade import Going, Pair
from app.domain.licensing import Opening, Producer, authority_instants
from app.domain.lines import Line, Requirement
from app.domain.states import State
from app.storage import authority_facts, campaigns, coverage, impact_facts
from app.storage.coverage import Somebody
from app.storage.database import Database, Transaction
from app.storage.impact_facts import Kind
from app.workflows.licenses.calls_at_stake import MustMove, must_move, promises_of

LOOKED_BACK = timedelta(days=30)

COUNTED = 100
"""Who is left is counted so far; more than that is plenty."""


@dataclass(frozen=True)
class GoingLine:
    """One line that goes. `is_open`: calls come from there. `left`: who else may take them, the first 100 by NPN."""

    going: Going
    is_open: bool
    left: tuple[Somebody, ...]

    @property
    def is_dark(self) -> bool:
        """Calls come from there, and nobody would be left to take them for this line."""
        return self.is_open and not self.left


@dataclass(frozen=True)
class Share:
    """Calls of the last 30 days: all of them, those from where authority goes, and of these the producer's own talks."""

    arrived: int
    arrived_there: int
    bridged: int
    bridged_there: int
    bridged_by_them: int


@dataclass(frozen=True)
class Gone:
    """What goes with it."""

    lines: tuple[GoingLine, ...]
    callbacks: tuple[MustMove, ...]

    @property
    def states(self) -> tuple[State, ...]:
        return tuple(sorted({line.going.license.state for line in self.lines}))

    @property
    def dark(self) -> Mapping[State, tuple[Line, ...]]:
        """The lines for which a state that is open goes dark."""
        found: dict[State, list[Line]] = {}
        for each in self.lines:
            if each.is_dark:
                found.setdefault(each.going.license.state, []).append(each.going.license.line)
        return {state: tuple(sorted(lines)) for state, lines in sorted(found.items())}


@dataclass(frozen=True)
class Impact:
    """What would go at `at` if the producer's licenses in `without` had lapsed."""

    producer: Producer
    without: tuple[State, ...]
    at: datetime
    gone: Gone
    share: Share


@dataclass(frozen=True)
class NotHeld:
    """There is no such producer, or they have no such license."""

    why: str


def impact_of(
    npn: str, states: Sequence[State], *, on: date | None = None, database: Database, now: datetime
) -> Impact | NotHeld:
    """`states` empty: the resident license. `on`: judged when that day has begun there; now, where it has begun already.

    Nothing is changed, and nothing is kept of it.
    """
    with database.read() as tx:
        return impact_in(tx, npn, states, on=on, now=now)


def impact_in(
    tx: Transaction, npn: str, states: Sequence[State], *, on: date | None = None, now: datetime
) -> Impact | NotHeld:
    """The same, in a reading transaction of the caller's, who may cut it."""
    producer_id = authority_facts.producer_id_of(tx, npn)
    producer = None if producer_id is None else authority_facts.producer(tx, producer_id)
    if producer is None:
        return NotHeld(f"no producer has NPN {npn}")
    lapsing = tuple(dict.fromkeys(states)) or (producer.resident_state,)
    held = {license_.state for license_ in producer.licenses}
    if lacking := [state for state in lapsing if state not in held]:
        return NotHeld(f"NPN {npn} has no license in {', '.join(lacking)}")
    at = now if on is None else max(now, *(_begun(state, on) for state in lapsing))
    after = cascade.without(producer, lapsing)
    gone = what_goes(tx, producer, after, at=at, now=now)
    return Impact(producer, lapsing, at, gone, _share(tx, producer, after, at=at, now=now))


def _begun(state: State, day: date) -> datetime:
    """When `day` has begun in all of the state."""
    begins, _ = authority_instants(state, day, None, perpetual=False)
    assert begins is not None
    return begins


def what_goes(tx: Transaction, before: Producer, after: Producer, *, at: datetime, now: datetime) -> Gone:
    """What a producer who stands as `after` has not, and had as `before`, both judged at `at`."""
    going = cascade.cascade(before, after, at)
    if not going:
        return Gone((), ())
    promises = promises_of(tx)
    left = coverage.first_able(tx, [each.pair for each in going], at, besides=before.producer_id, limit=COUNTED)
    lines = tuple(GoingLine(each, _is_open(promises.openings.get(each.pair[0]), at), left[each.pair]) for each in going)
    return Gone(lines, must_move(tx, promises, going, before, after, at=at, now=now))


def _is_open(opening: Opening | None, at: datetime) -> bool:
    if opening is None or not opening.is_open:
        return False
    return opening.agency_until is None or at < opening.agency_until


# ---- how much of the traffic it is


def _share(tx: Transaction, before: Producer, after: Producer, *, at: datetime, now: datetime) -> Share:
    since = now - LOOKED_BACK
    requirements = {campaign.campaign_id: campaign.requirement for campaign in campaigns.everything(tx)}
    had, has = cascade.authority_of(before, at), cascade.authority_of(after, at)

    def there(counted: Counter[Kind]) -> int:
        return sum(count for kind, count in counted.items() if _rested(kind, had, has, requirements))

    arrived, bridged = impact_facts.arrived_since(tx, since), impact_facts.bridged_since(tx, since)
    own = impact_facts.bridged_since(tx, since, producer_id=before.producer_id)
    return Share(arrived.total(), there(arrived), bridged.total(), there(bridged), there(own))


def _rested(kind: Kind, had: Collection[Pair], has: Collection[Pair], requirements: Mapping[int, Requirement]) -> bool:
    campaign_id, states = kind
    requirement = requirements.get(campaign_id) if campaign_id is not None else None
    if requirement is None:
        return False
    return cascade.serves(had, states, requirement) and not cascade.serves(has, states, requirement)


def suspended(producer: Producer) -> Producer:
    """The producer as they would stand if we ourselves suspended them."""
    return replace(producer, suspended=True)
