"""What a report may still say that is older than what we know: only what takes authority away.

Source: FLOWS.md, Licenses: what takes authority away applies when it is seen; what gives it waits for the check it needs.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from app.domain.licensing import IN_FORCE, License, Residency, authority_instants

# NIPR, in Kansas City, dates its reports by day; the first moment of that day is the latest that is sure to be told of.
_REPORTS_ZONE = ZoneInfo("America/Chicago")


def told_at(as_of: date | None, now: datetime) -> datetime:
    """The instant for which a report of that day surely speaks; None: it was made just now."""
    return now if as_of is None else min(now, datetime.combine(as_of, time(), _REPORTS_ZONE).astimezone(UTC))


def is_of_an_earlier_day(one: datetime, other: datetime) -> bool:
    """Reports are only dated by their day, so within a day none is older than another."""
    return day_of(one) < day_of(other)


def day_of(instant: datetime) -> date:
    """The day by which a report that is made at that instant is dated."""
    return instant.astimezone(_REPORTS_ZONE).date()


def less_of(ours: License, theirs: License) -> License:
    """Our license with everything that the older one takes away from it.

    What the older one does not tell takes nothing away.
    """
    status = ours.status if theirs.status in IN_FORCE or ours.status not in IN_FORCE else theirs.status
    nonresident = Residency.NONRESIDENT in (ours.residency, theirs.residency)
    begins_on = ours.effective_on
    if begins_on is not None and theirs.effective_on is not None:
        begins_on = max(begins_on, theirs.effective_on)
    ends_on, perpetual = ours.expires_on, ours.perpetual
    if theirs.expires_on is not None and (perpetual or (ends_on is not None and theirs.expires_on < ends_on)):
        ends_on, perpetual = theirs.expires_on, False
    begins, ends = authority_instants(ours.state, begins_on, ends_on, perpetual)
    return replace(
        ours,
        status=status,
        residency=Residency.NONRESIDENT if nonresident else Residency.RESIDENT,
        effective_on=begins_on,
        expires_on=ends_on,
        perpetual=perpetual,
        authority_from=begins,
        authority_until=ends,
    )


def says_the_same(one: License, other: License) -> bool:
    """Whether both give the same authority, whenever they were seen."""

    def said(license_: License) -> tuple[object, ...]:
        dates = (license_.effective_on, license_.expires_on, license_.perpetual)
        return (license_.status, license_.residency, *dates)

    return said(one) == said(other)
