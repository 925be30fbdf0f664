"""Who takes part in a drill: the roster's own producers, and callers whom nobody can reach because they are made up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from app.domain import area_codes, calling_hours, states, zip_codes
from app.domain.calling_hours import Called, Span
from app.domain.licensing import Producer, Question, Verdict, judge
from app.domain.policy import Policy
from app.domain.states import State
from app.simulator.cast import Member

FICTIONAL = tuple(f"55501{last:02}" for last in range(100))
"""555-0100 to 555-0199 of every area code belong to nobody. Source: NANPA, fictitious numbers."""

TOLL_FREE = "888"
SOON = timedelta(hours=1)
LATE = timedelta(minutes=30)


@dataclass(frozen=True)
class Pair:
    """One state with one campaign, on a copied roster. `phones` and `on_duty` are by producer id.

    `on_duty`: who was seen on duty of late, by the hour of the campaign's zone; None where nobody knows.
    `as_if_open`: the state is not open, and is drilled as if it were.
    """

    state: State
    number: str
    name: str
    policy: Policy
    question: Question
    zip_code: str
    producers: tuple[Producer, ...]
    phones: Mapping[int, str]
    taken: frozenset[str]
    as_if_open: bool = False
    territory: int | None = None
    on_duty: Mapping[int, Collection[int]] | None = None

    def verdicts(self, at: datetime) -> list[tuple[Producer, Verdict]]:
        """Everybody, judged by the rule itself: what the product decides is held against it."""
        return [(producer, judge(producer, self.question, at)) for producer in self.producers]

    def licensed(self, at: datetime) -> list[Producer]:
        return [producer for producer, verdict in self.verdicts(at) if verdict.allowed]

    @cached_property
    def people(self) -> dict[str, Member]:
        """Producers by their phone."""
        return {
            self.phones[producer.producer_id]: Member(producer.npn, producer.name, self.phones[producer.producer_id])
            for producer in self.producers
        }

    @cached_property
    def by_phone(self) -> dict[str, Producer]:
        return {self.phones[producer.producer_id]: producer for producer in self.producers}

    def caller(self, nth: int) -> str:
        """The `nth` made-up person with a number of the state."""
        return _free(_area_code(self.state), nth, self.taken)

    def toll_free_caller(self) -> str:
        """Somebody whose number says nothing of where they live."""
        return _free(TOLL_FREE, 0, self.taken)

    def protected(self, phone: str) -> Called:
        """Whose law protects a caller of this state with that number."""
        return Called((self.state,), phone.removeprefix("+1")[:3], self.zip_code)

    def open_at(self, phone: str, at: datetime) -> Span | None:
        """The span around `at` in which `phone` may be called or texted; None where it may not."""
        return calling_hours.open_at(self.protected(phone), at, hours=self.policy)

    def next_span(self, phone: str, after: datetime) -> Span | None:
        return calling_hours.next_span(self.protected(phone), after, hours=self.policy)

    def daytime(self, now: datetime) -> datetime:
        """`now` where the hours are open for a good while yet; else a while after they open next."""
        span = self.next_span(self.caller(0), now)
        if span is None or (span.opens == now and span.closes - now > SOON):
            return now
        if span.opens == now:
            span = self.next_span(self.caller(0), span.closes) or span
        return min(span.opens + SOON, span.opens + (span.closes - span.opens) / 2)

    def closed_after(self, at: datetime) -> datetime | None:
        """Shortly after the hours close that `at` lies in, or that come next; None where they never open or close."""
        span = self.next_span(self.caller(0), at)
        if span is None:
            return None
        candidates = (span.closes + LATE, span.closes + timedelta(minutes=1))
        return next((when for when in candidates if self.open_at(self.caller(0), when) is None), None)


def zip_in(state: State, territory: Collection[str] | None) -> str:
    """A ZIP that lies in `state` alone; of `territory` where the state is open for that only."""
    if territory:
        ordered = sorted(territory)
        return next((code for code in ordered if zip_codes.states_of(code) == (state,)), ordered[0])
    return next(code for number in range(100_000) if zip_codes.states_of(code := f"{number:05}") == (state,))


def _area_code(state: State) -> str:
    return next(code for code in map(str, range(200, 1000)) if area_codes.lookup(code).state == state)


def _free(area_code: str, nth: int, taken: Collection[str]) -> str:
    """The `nth` fictional number of an area code that nobody on the copy has."""
    found = [number for last in FICTIONAL if (number := f"+1{area_code}{last}") not in taken]
    return found[nth]


def local(at: datetime, state: State) -> datetime:
    """`at` by the commonest clock of `state`."""
    return at.astimezone(states.zones(state)[0])
