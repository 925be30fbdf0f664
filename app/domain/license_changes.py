"""One license as it was and as a source has it now: what that takes away, since when, and how it is told."""

from __future__ import annotations

from datetime import date, datetime

from app.domain.licensing import IN_FORCE, License, Residency


def in_force(license_: License, now: datetime) -> bool:
    """Whether status and dates are those of a license that is good at `now`; when it was seen is another question."""
    return (
        license_.status in IN_FORCE
        and license_.authority_from is not None
        and license_.authority_until is not None
        and license_.authority_from <= now < license_.authority_until
    )


def takes_away(before: License, after: License) -> bool:
    """Whether `after` gives less authority than `before` on any day, whichever that is."""
    if before.status not in IN_FORCE or before.authority_from is None or before.authority_until is None:
        return False
    return (
        after.status not in IN_FORCE
        or after.authority_from is None
        or after.authority_until is None
        or after.authority_from > before.authority_from
        or after.authority_until < before.authority_until
        or (before.residency is Residency.RESIDENT and after.residency is not Residency.RESIDENT)
    )


def reaches_back_to(before: License, after: License, now: datetime) -> datetime | None:
    """Since when authority that `before` gave was not there, as `after` tells us now; None where it says nothing of the past.

    An end that is already over: since that end. A beginning moved later: since the old one. A status taken away tells no
    day, unless the effective date moved with it to one that has passed: then since that day. A date that is not known any
    more says nothing of the past either. Source: FLOWS.md, Licenses ("A change that reaches back").
    """
    if before.status not in IN_FORCE or before.authority_from is None or before.authority_until is None:
        return None
    found: list[datetime] = []
    if after.authority_until is not None and after.authority_until < min(before.authority_until, now):
        found.append(after.authority_until)
    if after.authority_from is not None and after.authority_from > before.authority_from:
        if after.status in IN_FORCE:
            found.append(before.authority_from)
        else:
            found.append(after.authority_from)
    return min((since for since in found if since < now), default=None)


def in_words(license_: License) -> str:
    """Status and end: "active to 2026-10-31"."""
    return f"{license_.status} {_end(license_)}"


def change_in_words(before: License, after: License) -> tuple[str, str]:
    """Both in words: status and end, and whatever else differs."""
    was, is_ = [in_words(before)], [in_words(after)]
    if before.effective_on != after.effective_on:
        was.append(f"from {_day(before.effective_on)}")
        is_.append(f"from {_day(after.effective_on)}")
    if before.license_number != after.license_number:
        was.append(f"number {before.license_number or 'none'}")
        is_.append(f"number {after.license_number or 'none'}")
    if before.residency is not after.residency:
        was.append(str(before.residency))
        is_.append(str(after.residency))
    return ", ".join(was), ", ".join(is_)


def _end(license_: License) -> str:
    if license_.perpetual:
        return "without end"
    return f"to {_day(license_.expires_on)}"


def _day(day: date | None) -> str:
    return "a day not known" if day is None else day.isoformat()
