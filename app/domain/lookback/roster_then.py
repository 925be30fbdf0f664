"""What held at an instant that has passed, as far as a roster of today can say it.

A roster has dates, but only today's status: it says that a license is suspended, not since when. So two worlds are
judged, each by `licensing.judge`: one in which every fact that may have been different then was in the producer's favor,
and one in which it was as today. Where both say the same it is known; where they differ it is *not known then*.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from app.domain import phone, states
from app.domain.licensing import FOREVER, IN_FORCE, License, Producer, Status, judge
from app.domain.lines import Requirement
from app.domain.lookback.lacks import Lack, lacks, question
from app.domain.states import State

_BEGINNING = datetime(1, 1, 2, tzinfo=UTC)
_MAY_HAVE_BEEN_IN_FORCE = (Status.INACTIVE, Status.SUSPENDED, Status.REVOKED, Status.EXPIRED, Status.CANCELLED)


class Held(StrEnum):
    """Whether there was authority."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Standing:
    """One producer for one question, over a span of time. `unclear` says why it is not known."""

    held: Held
    lacks: tuple[Lack, ...] = ()
    unclear: str = ""


_HELD = Standing(Held.YES)


class RosterThen:
    """One roster, asked what held at an instant.

    `as_of` is when the roster was true. With `certain` it is the roster as it stood at the calls' own time (from our
    history), and nothing is unclear. `phones` (E.164) and `agents` (a dialer's ids, any text) name producers by NPN.
    """

    def __init__(
        self,
        producers: Iterable[Producer],
        *,
        as_of: datetime,
        certain: bool = False,
        phones: Mapping[str, str] | None = None,
        agents: Mapping[str, str] | None = None,
    ) -> None:
        self.producers = {producer.npn: producer for producer in producers}
        self._as_of, self._certain = as_of, certain
        self._phones = dict(phones or {})
        self._agents = {_folded(agent): npn for agent, npn in (agents or {}).items()}
        self._names = _unique_names(self.producers.values())
        self._found: dict[str, str | None] = {}
        self._timelines: dict[tuple[str, tuple[State, ...], Requirement], _Timeline] = {}
        self._worlds: dict[str, tuple[Producer, Producer]] = {}
        self._in_state: dict[State, list[str]] = {}
        self._who_could: dict[tuple[tuple[State, ...], Requirement], str] = {}
        for producer in self.producers.values():
            for state in dict.fromkeys(license_.state for license_ in producer.licenses):
                self._in_state.setdefault(state, []).append(producer.npn)

    def find(self, named: str) -> str | None:
        """The NPN of whom a log names by agent's id, NPN, phone or full name; None for a stranger or one of two namesakes."""
        if named not in self._found:
            self._found[named] = self._look_up(named)
        return self._found[named]

    def _look_up(self, named: str) -> str | None:
        folded = _folded(named)
        if folded in self._agents:
            return self._agents[folded] if self._agents[folded] in self.producers else None
        if folded in self.producers:
            return folded
        number = phone.parse(named)
        if number is not None and number.e164 in self._phones:
            return self._phones[number.e164]
        return self._names.get(folded)

    def standing(self, npn: str, several: tuple[State, ...], requirement: Requirement, at: datetime) -> Standing:
        """Whether the producer had authority in each of `several` at `at`."""
        key = (npn, several, requirement)
        timeline = self._timelines.get(key)
        if timeline is None:
            timeline = self._timelines[key] = _Timeline(self.producers[npn], *self._two(npn), several, requirement)
        return timeline.at(at)

    def _two(self, npn: str) -> tuple[Producer, Producer]:
        """The producer at best and at worst."""
        found = self._worlds.get(npn)
        if found is None:
            producer = self.producers[npn]
            worst = _fresh(producer if self._certain else _as_today(producer, self._as_of))
            found = self._worlds[npn] = (worst if self._certain else _at_best(producer), worst)
        return found

    def anyone(self, several: tuple[State, ...], requirement: Requirement, at: datetime) -> Held:
        """Whether somebody on the roster had authority in each of `several`."""
        if not several:
            return Held.NO
        key = (several, requirement)
        remembered = self._who_could.get(key)
        if remembered and self.standing(remembered, several, requirement, at).held is Held.YES:
            return Held.YES
        answer = Held.NO
        for npn in self._in_state.get(several[0], ()):
            held = self.standing(npn, several, requirement, at).held
            if held is Held.YES:
                self._who_could[key] = npn
                return held
            if held is Held.NOT_KNOWN:
                answer = held
        return answer


class _Timeline:
    """One producer's standing on one question: it changes only where a license begins or ends."""

    def __init__(
        self,
        producer: Producer,
        best: Producer,
        worst: Producer,
        several: tuple[State, ...],
        requirement: Requirement,
    ) -> None:
        self._today, self._best, self._worst = producer, best, worst
        self._several, self._requirement = several, requirement
        self._question = question(several, requirement)
        self._bounds = sorted(
            {
                instant
                for license_ in producer.licenses
                if license_.state in several or license_.state == producer.resident_state
                for instant in (license_.authority_from, license_.authority_until)
                if instant is not None
            }
        )
        self._standings: list[Standing | None] = [None] * (len(self._bounds) + 1)

    def at(self, instant: datetime) -> Standing:
        index = bisect_right(self._bounds, instant)
        found = self._standings[index]
        if found is None:
            found = self._standings[index] = self._judged(instant)
        return found

    def _judged(self, at: datetime) -> Standing:
        if judge(self._worst, self._question, at).allowed:
            return _HELD
        if not judge(self._best, self._question, at).allowed:
            return Standing(Held.NO, lacks(self._best, self._several, self._requirement, at))
        return Standing(Held.NOT_KNOWN, unclear=_unclear(self._today, self._several))


def _fresh(producer: Producer) -> Producer:
    """How long ago a roster was verified is a rule for calls of today."""
    return replace(producer, licenses=tuple(replace(held, stale_at=FOREVER) for held in producer.licenses))


def _as_today(producer: Producer, as_of: datetime) -> Producer:
    """As the roster says, but that a license which is called expired was good until it expired."""
    return replace(producer, licenses=tuple(_until_expired(license_, as_of) for license_ in producer.licenses))


def _until_expired(license_: License, as_of: datetime) -> License:
    ended = license_.authority_until is not None and license_.authority_until <= as_of
    return replace(license_, status=Status.ACTIVE) if license_.status is Status.EXPIRED and ended else license_


def _at_best(producer: Producer) -> Producer:
    """With everything that today's roster does not rule out for an earlier day."""
    licenses = tuple(
        replace(
            license_,
            status=Status.ACTIVE if license_.status in _MAY_HAVE_BEEN_IN_FORCE else license_.status,
            authority_from=license_.authority_from or _BEGINNING,
            authority_until=license_.authority_until or FOREVER,
            stale_at=FOREVER,
        )
        for license_ in producer.licenses
    )
    return replace(producer, licenses=licenses, suspended=False, domicile_holds=frozenset())


def _unclear(producer: Producer, several: tuple[State, ...]) -> str:
    """Why the two worlds differ: facts of today without the day on which they began."""
    why: list[str] = []
    if producer.suspended:
        why.append("the producer is suspended today")
    if producer.domicile_holds & {*several, producer.resident_state}:
        why.append("a change of residence is pending today")
    for license_ in producer.licenses:
        if license_.state not in several and license_.state != producer.resident_state:
            continue
        named = f"{states.name(license_.state)} {license_.line.replace('_', ' ')} license"
        if license_.status not in IN_FORCE and license_.status is not Status.PENDING:
            why.append(f"{named} is {license_.status} today")
        if license_.authority_from is None:
            why.append(f"{named} has no effective date")
        if license_.authority_until is None:
            why.append(f"{named} has no expiration date")
    return "; ".join(dict.fromkeys(why)) + "; since when, the roster does not say"


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _unique_names(producers: Iterable[Producer]) -> dict[str, str]:
    """Full names that only one producer has, also as "Last, First"."""
    found: dict[str, set[str]] = {}
    for producer in producers:
        for spelling in (producer.name, f"{producer.last_name}, {producer.first_name}"):
            found.setdefault(_folded(spelling), set()).add(producer.npn)
    return {name: npns.pop() for name, npns in found.items() if len(npns) == 1 and name}
