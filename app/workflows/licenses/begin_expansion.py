"""Begin an expansion into a state, or change what is planned for it: budget, fewest producers, the agency's own license."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.domain import states as jurisdictions
from app.domain.expansion import Project
from app.storage import expansion, ledger, moves, openings
from app.storage.database import Database, Transaction
from app.storage.roster_changes import RosterChange

LARGEST_BUDGET_CENTS = 1_000_000_00
LONGEST_NUMBER = 60


@dataclass(frozen=True)
class AgencyLicense:
    """The agency's own license in the state; its last day still counts."""

    number: str
    expires_on: date


@dataclass(frozen=True)
class Begun:
    """The project as it stands. `created`: there was none that was not closed."""

    project: Project
    created: bool


@dataclass(frozen=True)
class NotBegun:
    """Nothing was begun or changed, and why."""

    why: str


def begin_expansion(
    state: str,
    *,
    budget_cents: int | None = None,
    fewest_producers: int | None = None,
    agency_license: AgencyLicense | None = None,
    actor: str,
    database: Database,
    now: datetime,
) -> Begun | NotBegun:
    """Begin the state's one project; where there is one, what is given is changed, and said again it changes nothing.

    An agency license that ends sooner than was known counts at once for a state that is open; one that ends later counts
    from the next opening on a verified document.
    """
    code = state.strip().upper()
    if why := _objection(code, budget_cents, fewest_producers, agency_license):
        return NotBegun(why)
    given: dict[str, Any] = {"budget_cents": budget_cents, "fewest_producers": fewest_producers}
    if agency_license is not None:
        given |= {
            "agency_license_number": agency_license.number.strip(),
            "agency_expires_on": agency_license.expires_on,
        }
    with database.begin() as tx:
        moves.keep_others_out(tx)
        project, created = expansion.project_of(tx, code), False
        if project is None:
            opening = openings.of_state(tx, code)
            status = expansion.OPEN if opening is not None and opening.is_open else expansion.PLANNED
            project, created = expansion.begin(tx, code, status=status, now=now, actor=actor), True
        changes = {
            name: value for name, value in given.items() if value is not None and value != getattr(project, name)
        }
        if changes:
            project = expansion.change(tx, project.id, **changes)
        version = _shorten(tx, project, now, actor) if "agency_expires_on" in changes else None
        if created or changes:
            told = {name: value.isoformat() if isinstance(value, date) else value for name, value in changes.items()}
            facts = {"project": project.id, "state": code, **told, "version": version}
            kind = "expansion_begun" if created else "expansion_changed"
            ledger.write(tx, kind=kind, now=now, actor=actor, facts=facts)
    return Begun(project, created)


def _shorten(tx: Transaction, project: Project, now: datetime, actor: str) -> int | None:
    """What takes authority away applies when it is seen."""
    opening = openings.of_state(tx, project.state)
    until = project.agency_until
    if opening is None or until is None or (opening.agency_until is not None and opening.agency_until <= until):
        return None
    change = RosterChange(tx, now=now, actor=actor, source="change")
    openings.set_agency_until(tx, change, opening, until)
    return change.version


def _objection(
    code: str, budget_cents: int | None, fewest_producers: int | None, agency_license: AgencyLicense | None
) -> str | None:
    if not jurisdictions.is_state(code):
        return f"{code[:20]}: not the USPS code of a state or territory that licenses producers"
    if budget_cents is not None and not 0 <= budget_cents <= LARGEST_BUDGET_CENTS:
        return f"a budget is 0 to {LARGEST_BUDGET_CENTS // 100} dollars"
    if fewest_producers is not None and not 0 <= fewest_producers <= 100_000:
        return "the fewest producers are 0 to 100000"
    if agency_license is not None:
        number = agency_license.number.strip()
        if not 1 <= len(number) <= LONGEST_NUMBER or not number.isprintable():
            return f"the number of the agency's license is 1 to {LONGEST_NUMBER} printable characters"
    return None
