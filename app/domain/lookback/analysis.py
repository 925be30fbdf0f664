"""The look back itself: calls go in one by one, in any order, and a report comes out. Only sums are kept of them.

A call is *taken* where it was answered, *lost* where nobody answered; one that we dialed and the person did not answer is
neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from app.domain import calling_hours, phone, states
from app.domain.licensing import Reason
from app.domain.lines import Requirement
from app.domain.lookback import assembly, places
from app.domain.lookback.calls import LoggedCall
from app.domain.lookback.places import Place, Sureness
from app.domain.lookback.report import About, Evidence, Kind, Report
from app.domain.lookback.roster_then import Held, RosterThen, Standing
from app.domain.lookback.tallies import Missing, Money, Sums, Tallies, count_of, sums_of

MOST_STRANGERS = 10_000
"""As many people whom the roster does not have are told apart: a log that names nobody properly must not fill the memory."""


@dataclass(slots=True)
class _Seen:
    """One call with what was made of it. `npn` None: nobody, or a stranger."""

    call: LoggedCall
    place: Place
    area_code: str | None
    requirement: Requirement
    loa: str
    npn: str | None
    name: str
    sums: list[Sums]


class LookBack:
    """One look back.

    `roster_of` says which roster a call is judged by. `prices` are cents a lead, by requirement; a price in the log goes
    before. `judges_hours` False: the log's times have no zone. Of each kind of finding `evidence_kept` calls stand in the
    report; `found` hears of all of them.
    """

    def __init__(
        self,
        roster_of: Callable[[LoggedCall], RosterThen],
        *,
        prices: Mapping[str, int] | None = None,
        judges_hours: bool = True,
        evidence_kept: int = 200,
        found: Callable[[Evidence], None] | None = None,
    ) -> None:
        self._roster_of = roster_of
        self._prices = {_wanted(loa)[1]: cents for loa, cents in (prices or {}).items()}
        self._judges_hours, self._evidence_kept, self._found = judges_hours, evidence_kept, found
        self._last_call: LoggedCall | None = None
        self._tallies = Tallies()

    def take(self, call: LoggedCall) -> None:
        """Judge one call. Its `loa` is a requirement that parses."""
        roster, tallies = self._roster_of(call), self._tallies
        seen = self._see(call, roster)
        place = seen.place
        tallies.demand[place.heading, seen.loa] += 1
        for each in seen.sums:
            each.calls += 1
        if place.asked is not None:
            self._note_asked(seen)
        if self._judges_hours:
            laws = places.laws(place.states, seen.area_code, place.zip_code)
            if laws and not calling_hours.all_open(laws, call.at):
                self._note_outside_hours(seen)
        if call.answered_seconds > 0:
            self._judge_taken(seen, roster)
        elif call.direction == "outbound":
            tallies.unreached += 1
        else:
            self._judge_lost(seen, roster)

    def report(self, about: About) -> Report:
        """What was found so far. What depends on a day is told as of the log's last call."""
        roster = self._roster_of(self._last_call) if self._last_call else None
        return assembly.report(self._tallies, about, roster, judges_hours=self._judges_hours)

    def _see(self, call: LoggedCall, roster: RosterThen) -> _Seen:
        tallies = self._tallies
        if tallies.last_at is None or call.at >= tallies.last_at:
            tallies.last_at, self._last_call = call.at, call
        if tallies.first_at is None or call.at < tallies.first_at:
            tallies.first_at = call.at
        place, area_code = places.place_of(call)
        npn = roster.find(call.producer) if call.producer else None
        sums = [tallies.whole, sums_of(tallies.weeks, _week(call.at)), sums_of(tallies.states, place.heading)]
        if call.producer:
            sums.append(sums_of(tallies.producers, npn or ""))
        name = roster.producers[npn].name if npn else call.producer[:60]
        return _Seen(call, place, area_code, *_wanted(call.loa), npn, name, sums)

    def _note_asked(self, seen: _Seen) -> None:
        assert seen.place.asked is not None
        self._tallies.asked_because[seen.place.asked] += 1
        self._tallies.asked_taken += seen.call.answered_seconds > 0
        for each in seen.sums:
            each.asked += 1
        self._tell(Kind.ASKED, seen)

    def _note_outside_hours(self, seen: _Seen) -> None:
        place, at = seen.place, seen.call.at
        # Of several states that may govern, one that is open leaves it in doubt.
        each_alone = [places.laws((state,), seen.area_code, place.zip_code) for state in place.states]
        certain = not any(calling_hours.all_open(laws, at) for laws in each_alone)
        self._tallies.hours[seen.call.direction].add(certain=certain)
        for each in seen.sums:
            each.outside_hours.add(certain=certain)
        self._tell(Kind.OUTSIDE_HOURS, seen, "outside the hours that the law leaves open there")

    # ---- taken

    def _judge_taken(self, seen: _Seen, roster: RosterThen) -> None:
        for each in seen.sums:
            each.taken += 1
        if not seen.call.producer:
            self._tallies.unnamed += 1
        elif seen.npn is None:
            self._note_stranger(seen)
        else:
            standing = roster.standing(seen.npn, seen.place.states, seen.requirement, seen.call.at)
            match standing.held:
                case Held.YES:
                    self._tallies.presumed_held += seen.place.is_presumed
                case Held.NOT_KNOWN:
                    self._note_not_known(seen, standing)
                case Held.NO:
                    self._note_without(seen, standing, certain=_is_certain(seen, seen.npn, roster))

    def _note_stranger(self, seen: _Seen) -> None:
        strangers = self._tallies.strangers
        self._tallies.not_on_roster += 1
        if seen.name in strangers or len(strangers) < MOST_STRANGERS:
            strangers[seen.name] += 1
        self._tell(Kind.NOT_ON_ROSTER, seen, "not on the roster")

    def _note_not_known(self, seen: _Seen, standing: Standing) -> None:
        for each in seen.sums:
            each.not_known += 1
        assert seen.npn is not None
        key = (seen.npn, seen.name, seen.place.heading, seen.loa, standing.unclear)
        self._tallies.not_known[key] += 1
        self._tell(Kind.NOT_KNOWN_THEN, seen, standing.unclear)

    def _note_without(self, seen: _Seen, standing: Standing, *, certain: bool) -> None:
        call, tallies = seen.call, self._tallies
        for each in seen.sums:
            each.without.add(certain=certain)
        policy_only = bool(standing.lacks) and all(lack.policy for lack in standing.lacks)
        if policy_only:
            tallies.policy_only += certain
        else:
            tallies.lawless.add(certain=certain)
            if certain:
                tallies.violation_days.add((seen.npn or "", seen.place.states, _local_day(seen.place, call.at)))
        for lack in standing.lacks:
            tallies.missing.setdefault(lack, Missing(lack, call.at, call.at)).add(call.at, certain=certain)
            if lack.reason is Reason.LOA_MISSING:
                for line in lack.lines.split("+"):
                    count_of(tallies.sold, (lack.npn, lack.name, lack.state, line)).add(certain=certain)
        if len(standing.lacks) == 1:
            count_of(tallies.unauthorized, standing.lacks[0]).add(certain=certain)
        why = "; ".join(lack.why for lack in standing.lacks)
        self._tell(Kind.WITHOUT_AUTHORITY if certain else Kind.DOUBTFUL_STATE, seen, why)

    # ---- lost

    def _judge_lost(self, seen: _Seen, roster: RosterThen) -> None:
        place, tallies = seen.place, self._tallies
        for each in seen.sums:
            each.lost += 1
        certain = place.sureness is not Sureness.DOUBTFUL
        held = roster.anyone(place.states, seen.requirement, seen.call.at) if place.states else Held.NOT_KNOWN
        if held is Held.YES:
            for each in seen.sums:
                each.lost_licensed.add(certain=certain)
            kind = Kind.LOST_LICENSED if certain else Kind.LOST_DOUBTFUL
            self._tell(kind, seen, "nobody answered; somebody on the roster was licensed there")
        elif held is Held.NO and certain:
            tallies.nobody_licensed += 1
            self._tell(Kind.LOST_NOBODY_LICENSED, seen, "nobody answered; nobody on the roster was licensed there")
        else:
            tallies.lost_not_known += 1
        if held is Held.NO:
            count_of(tallies.nobody, (place.heading, seen.loa)).add(certain=certain)
        self._price(seen, licensed=held is Held.YES, certain=certain)

    def _price(self, seen: _Seen, *, licensed: bool, certain: bool) -> None:
        loa = seen.loa
        money = self._tallies.money.setdefault(loa, Money())
        cents = seen.call.price_cents if seen.call.price_cents is not None else self._prices.get(loa)
        money.leads += 1
        money.cents += cents or 0
        money.unpriced += cents is None
        if licensed:
            money.licensed.add(certain=certain)
            money.licensed_cents.add(certain=certain, amount=cents or 0)

    # ---- evidence

    def _tell(self, kind: Kind, seen: _Seen, why: str = "") -> None:
        self._tallies.evidence_total[kind] += 1
        kept = self._tallies.evidence[kind]
        is_kept = len(kept) < self._evidence_kept
        if is_kept or self._found is not None:
            evidence = _evidence(kind, seen, why or places.why(seen.call))
            if is_kept:
                kept.append(evidence)
            if self._found is not None:
                self._found(evidence)


@lru_cache(maxsize=1024)
def _wanted(loa: str) -> tuple[Requirement, str]:
    """The requirement, and the one spelling by which it is counted."""
    requirement = Requirement.parse(loa)
    return requirement, str(requirement)


def _is_certain(seen: _Seen, npn: str, roster: RosterThen) -> bool:
    """Whether there was no authority wherever the caller may live."""
    if seen.place.sureness is Sureness.EITHER:
        alone = (roster.standing(npn, (state,), seen.requirement, seen.call.at) for state in seen.place.states)
        return all(standing.held is Held.NO for standing in alone)
    return seen.place.sureness is Sureness.SETTLED


def _week(at: datetime) -> int:
    """The ordinal of its Monday; day 1 of the calendar was one."""
    day = at.toordinal()
    return day - (day - 1) % 7


def _local_day(place: Place, at: datetime) -> date:
    """The day on which it was in the state: a penalty counts days there."""
    return at.astimezone(states.zones(place.states[0])[0]).date()


def _evidence(kind: Kind, seen: _Seen, why: str) -> Evidence:
    call = seen.call
    number = phone.parse(call.caller)
    return Evidence(
        kind=kind,
        line=call.line,
        at=call.at,
        caller=number.masked if number else "withheld",
        states=seen.place.states,
        confidence=seen.place.confidence,
        npn=seen.npn or "",
        name=seen.name,
        loa=seen.loa,
        answered_seconds=call.answered_seconds,
        why=why,
    )
