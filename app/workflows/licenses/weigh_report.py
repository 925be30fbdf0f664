"""One producer of a report against what we hold of them: which licenses are merged, and what is not believed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from app.domain.licensing import IN_FORCE, License, Residency, authority_instants
from app.domain.lines import Line
from app.domain.report_age import is_of_an_earlier_day, less_of, says_the_same
from app.domain.states import State
from app.rosters.nipr_values import SeenLine, SeenProducer
from app.storage.held_licenses import HeldLicense, HeldProducer

NIPR, NIPR_FEED = "nipr", "nipr-feed"
SOURCES = (NIPR, NIPR_FEED)
"""What a report that somebody imports, and one that comes by itself, is called in the roster's history."""

_FILES = ("csv", *SOURCES)

_instants = lru_cache(maxsize=65536)(authority_instants)


@dataclass(frozen=True, slots=True)
class Withheld:
    """The report gives more here than the roster has, and is older than what the roster knows: it was not taken."""

    npn: str
    state: State
    line: Line
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Weighed:
    """The licenses to merge, and what of the report was not believed."""

    licenses: tuple[License, ...]
    withheld: tuple[Withheld, ...]


def weigh(seen: SeenProducer, ours: HeldProducer, *, told_at: datetime, stale_after: timedelta) -> Weighed:
    """What the report that speaks for `told_at` changes of the producer.

    Where we know better than an older report, it only takes away. Of a state in which it has nothing in force, and
    something that cannot be mapped, it takes what we have there: whichever line that is, it is not in force.
    """
    licenses: list[License] = []
    withheld: list[Withheld] = []
    newest_report = newest_report_of(ours)
    for line in seen.licenses:
        theirs = _license(line, told_at, stale_after)
        held = ours.licenses.get((line.state, line.line))
        known_at = newest_report if held is None else known_better_at(held, told_at)
        if known_at is None or (held is None and not is_of_an_earlier_day(told_at, known_at)):
            licenses.append(theirs if held is None else _seen_last(theirs, held.license, stale_after))
            continue
        taken = None if held is None else less_of(held.license, theirs)
        if held is not None and taken is not None and not says_the_same(held.license, taken):
            licenses.append(_seen_then(taken, told_at, stale_after))
        if theirs.status in IN_FORCE and (taken is None or not says_the_same(taken, theirs)):
            withheld.append(Withheld(seen.npn, line.state, line.line, known_at))
    licenses += (_seen_then(gone, told_at, stale_after) for gone in _gone(seen, ours))
    return Weighed(tuple(licenses), tuple(withheld))


def known_better_at(held: HeldLicense, told_at: datetime) -> datetime | None:
    """When we learned of it what a report that speaks for `told_at` cannot know; None where it may know."""
    if held.changed_by not in _FILES and told_at < held.changed_at:
        # A person or an audit changed it: files verify, these do not.
        return held.changed_at
    verified_at = held.license.verified_at
    return verified_at if is_of_an_earlier_day(told_at, verified_at) else None


def newest_report_of(ours: HeldProducer, state: State | None = None) -> datetime | None:
    """For when the newest report spoke of the producer; with `state`, of the resident license there."""
    return max(
        (
            held.license.verified_at
            for held in ours.licenses.values()
            if held.source in SOURCES
            and (state is None or (held.license.state == state and held.license.residency is Residency.RESIDENT))
        ),
        default=None,
    )


def _gone(seen: SeenProducer, ours: HeldProducer) -> Iterator[License]:
    told = {(line.state, line.line) for line in seen.licenses}
    in_force = {line.state for line in seen.licenses if line.status in IN_FORCE}
    in_force |= {line.state for line in seen.unmapped if line.status in IN_FORCE}
    gone = {line.state: line.status for line in seen.unmapped if line.state not in in_force}
    for key, held in ours.licenses.items():
        status = gone.get(held.license.state)
        if status is not None and key not in told and held.license.status in IN_FORCE:
            yield replace(held.license, status=status)


def _seen_last(theirs: License, ours: License, stale_after: timedelta) -> License:
    """What was seen just so later on the report's day was seen then."""
    if not says_the_same(theirs, ours) or ours.verified_at <= theirs.verified_at:
        return theirs
    return replace(theirs, verified_at=ours.verified_at, stale_at=ours.verified_at + stale_after)


def _seen_then(taken: License, told_at: datetime, stale_after: timedelta) -> License:
    """What the report took something from is from now on only as good as the report."""
    return replace(taken, verified_at=told_at, stale_at=min(taken.stale_at, told_at + stale_after))


def _license(line: SeenLine, told_at: datetime, stale_after: timedelta) -> License:
    begins, ends = _instants(line.state, line.effective_on, line.expires_on, line.perpetual)
    return License(
        state=line.state,
        line=line.line,
        license_number=line.license_number,
        residency=line.residency,
        status=line.status,
        effective_on=line.effective_on,
        expires_on=line.expires_on,
        perpetual=line.perpetual,
        authority_from=begins,
        authority_until=ends,
        verified_at=told_at,
        stale_at=told_at + stale_after,
    )
