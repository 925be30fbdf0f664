"""Where a state hangs by a thread, though every caller would be treated as promised."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from app.domain import states
from app.domain.licensing import Producer
from app.simulator.drill_people import Pair

AHEAD = timedelta(days=30)


def gaps(pair: Pair, at: datetime) -> tuple[str, ...]:
    """One sentence each, the worst first."""
    licensed = pair.licensed(at)
    return (*_few(pair, licensed), *_ending(pair, licensed, at), *_territory(pair), *_hours(pair, licensed))


def _few(pair: Pair, licensed: list[Producer]) -> Iterator[str]:
    place = states.name(pair.state)
    if not licensed:
        yield f"Nobody is licensed in {place}: every caller goes to the supervisors' list."
    elif len(licensed) == 1:
        yield f"Only {licensed[0].name} is licensed: nobody is left while they are away or in a talk."


def _ending(pair: Pair, licensed: list[Producer], at: datetime) -> Iterator[str]:
    """Authority that ends soon, at home too, as the rule will see it then."""
    still = {producer.producer_id for producer in pair.licensed(at + AHEAD)}
    ending = [producer for producer in licensed if producer.producer_id not in still]
    if ending and len(ending) == len(licensed):
        yield f"Within {AHEAD.days} days nobody is left: {_names(ending)}, unless renewed or verified anew."
    elif ending:
        left = len(licensed) - len(ending)
        yield f"Within {AHEAD.days} days {left} are left: {_names(ending)} must be renewed or verified anew."


def _territory(pair: Pair) -> Iterator[str]:
    if pair.territory is not None:
        yield f"Open for {pair.territory} ZIPs only; callers from all others go to the supervisors' list."


def _hours(pair: Pair, licensed: list[Producer]) -> Iterator[str]:
    """Hours of the campaign in which nobody licensed was on duty of late."""
    if pair.on_duty is None:
        yield "Nobody has been on duty of late: which hours are covered cannot be told."
        return
    if not licensed:
        return
    ids = {producer.producer_id for producer in licensed}
    opening = [day for day in pair.policy.hours.by_weekday if day is not None]
    if not opening:
        return
    opens, closes = min(day.opens.hour for day in opening), max(_hour_after(day.closes) for day in opening)
    bare = [hour for hour in range(opens, closes) if not ids & set(pair.on_duty.get(hour, ()))]
    for first, last in _runs(bare):
        yield f"In the last 7 days nobody licensed was on duty from {first}:00 to {last + 1}:00 ({pair.policy.time_zone})."


def _hour_after(closes: time) -> int:
    """18:00 closes hour 17, 18:30 hour 18."""
    return closes.hour + (closes.minute > 0)


def _runs(hours: list[int]) -> Iterator[tuple[int, int]]:
    while hours:
        length = next((nth for nth, hour in enumerate(hours) if hour != hours[0] + nth), len(hours))
        yield hours[0], hours[length - 1]
        hours = hours[length:]


def _names(producers: list[Producer]) -> str:
    named = [producer.name for producer in producers[:5]]
    rest = f" and {len(producers) - 5} more" if len(producers) > 5 else ""
    return f"{', '.join(named)}{rest}"
