"""What stands against calling a person at an instant: each rule that is closed then, by the clock that it is read by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from app.domain import calling_rules
from app.domain.calling_hours import Called, places
from app.domain.calling_rules import US, Jurisdiction, Scope
from app.domain.policy import Policy

CAMPAIGN = "campaign"
"""Stands where a jurisdiction would: the campaign's own hours, which only ever narrow what the law leaves."""


@dataclass(frozen=True)
class Closed:
    """One rule that is closed at `local`. `opens` and `closes` are None where it leaves nothing open on that day."""

    whose: Jurisdiction
    local: datetime
    opens: time | None
    closes: time | None
    citation: str = ""


def why_closed(called: Called, at: datetime, policy: Policy) -> list[Closed]:
    """Every law of the person and the campaign's hours, where they are closed at `at`; the law first, once each."""
    found: dict[tuple[str, time | None, time | None], Closed] = {}
    for place in places(called):
        local = at.astimezone(place.zone)
        classes = calling_rules.day_classes(place.jurisdiction, local.date())
        for whose in (place.jurisdiction, US):
            for rule in calling_rules.in_force(whose, local.date(), Scope.LIVE):
                if rule.day_class not in classes or rule.scope is not Scope.LIVE:
                    continue
                opens, closes = (rule.hours.opens, rule.hours.closes) if rule.hours else (None, None)
                if not _within(local, opens, closes):
                    found.setdefault((whose, opens, closes), Closed(whose, local, opens, closes, rule.citation))
    # Where a state's own rule is closed, the floor under it says nothing more.
    stricter = [one for one in found.values() if one.whose != US] or list(found.values())
    local = at.astimezone(policy.zone)
    hours = policy.hours.by_weekday[local.weekday()]
    opens, closes = (hours.opens, hours.closes) if hours else (None, None)
    return stricter if _within(local, opens, closes) else [*stricter, Closed(CAMPAIGN, local, opens, closes)]


def _within(local: datetime, opens: time | None, closes: time | None) -> bool:
    return opens is not None and closes is not None and opens <= local.time() < closes
