"""Ask for a drill: the scheduler runs it, since it takes seconds to minutes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.storage import access, campaigns, ledger, openings, requested_work
from app.storage.access import Repeatable
from app.storage.database import Database, Transaction
from app.workflows.leads.asked_campaign import Unmet

KIND = "drill"
MOST_OPEN = 20
ACCEPTED = 202


@dataclass(frozen=True)
class DrillAsked:
    """`again`: the same drill waits already, and one is enough."""

    request_id: int
    status: str
    again: bool = False


@dataclass(frozen=True)
class TooMany:
    """So many drills wait that another one would only make the list longer."""

    waiting: int


def ask_drill(
    states: Sequence[str],
    campaign: str | None,
    *,
    asked_by: str,
    database: Database,
    now: datetime,
    repeatable: Repeatable | None = None,
) -> DrillAsked | TooMany | Unmet:
    """Leave a drill for the scheduler, in the name of `asked_by`.

    `states` are USPS codes (none: every open state), `campaign` is E.164 (None: every campaign). What could not be
    drilled at all is refused here, by field.
    """
    with database.begin() as tx:
        if repeatable is not None and (said := _said_before(tx, repeatable)) is not None:
            return said
        if unmet := _unmet(tx, states, campaign):
            return unmet
        answer = _ask(tx, {"states": list(dict.fromkeys(states)), "campaign": campaign}, asked_by, now)
        if repeatable is not None and isinstance(answer, DrillAsked):
            told = json.dumps({"request_id": answer.request_id, "status": answer.status, "again": answer.again})
            access.save_answer(tx, repeatable, told, status=ACCEPTED, now=now)
    return answer


def _ask(tx: Transaction, asked: dict[str, object], asked_by: str, now: datetime) -> DrillAsked | TooMany:
    access.take_turns(tx, "drills asked for")
    open_count, told = requested_work.open_count(tx, KIND), {**asked, "asked_by": asked_by}
    # One that runs has copied the roster already; one that waits will see it as it is now.
    for other in requested_work.listed(tx, KIND, limit=MOST_OPEN) if open_count else []:
        if other.status == requested_work.WAITING and {**other.asked, "asked_by": asked_by} == told:
            return DrillAsked(other.id, other.status, again=True)
    if open_count >= MOST_OPEN:
        return TooMany(open_count)
    request_id = requested_work.ask(tx, kind=KIND, asked=told, asked_by=asked_by, now=now)
    ledger.write(tx, kind="drill_asked", now=now, actor=asked_by, facts={"request": request_id, **asked})
    return DrillAsked(request_id, requested_work.WAITING)


def _unmet(tx: Transaction, states: Sequence[str], campaign: str | None) -> Unmet | None:
    known = [each.number for each in campaigns.everything(tx)]
    if not known:
        return Unmet("campaign", "there is no campaign yet")
    if campaign is not None and campaign not in known:
        return Unmet("campaign", f"no campaign has the number {campaign}")
    if not states and not any(opening.is_open for opening in openings.everywhere(tx)):
        return Unmet("states", "no state is open; name one to drill it as if it were")
    return None


def _said_before(tx: Transaction, repeatable: Repeatable) -> DrillAsked | Unmet | None:
    saved = access.saved_answer(tx, repeatable)
    if saved is None:
        return None
    if saved.body_digest != repeatable.body_digest:
        return Unmet("Idempotency-Key", "this key came before with another request; a new request takes a new key")
    return DrillAsked(**json.loads(saved.answer))
