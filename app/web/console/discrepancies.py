"""What an audit found, settled by a person: several at once, for a report that is wrong is wrong in many places."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, abort, request, url_for

from app.reports.wording import counted
from app.storage import audits
from app.storage.discrepancies import Recorded
from app.web.console.asked import capital
from app.web.console.doors import Section, actor, done, read, refused, tools
from app.workflows.licenses.resolve_discrepancy import (
    SUSPENDED_MEANWHILE,
    NotSettled,
    Settled,
    assign_discrepancy,
    resolve_discrepancy,
)

MOST_AT_ONCE = 100

Outcome = Recorded | NotSettled | None


def add_to(pages: Section) -> None:
    pages.add("POST", "/audits/<int:audit_id>/resolve", resolve)
    pages.add("POST", "/audits/<int:audit_id>/assign", assign)


def resolve(audit_id: int) -> Response:
    settled, note = request.form.get("as", ""), request.form.get("note", "").strip()
    if settled not in tuple(Settled):
        return refused("Say what became of it.", to=_address(audit_id))

    def settle(discrepancy_id: int) -> Outcome:
        return resolve_discrepancy(
            discrepancy_id,
            Settled(settled),
            note,
            actor=actor(),
            database=tools().database,
            now=tools().clock.now(),
        )

    return _each(audit_id, settle, "resolved", "resolved")


def assign(audit_id: int) -> Response:
    owner = request.form.get("owner", "")

    def give(discrepancy_id: int) -> Outcome:
        return assign_discrepancy(
            discrepancy_id, owner, actor=actor(), database=tools().database, now=tools().clock.now()
        )

    return _each(audit_id, give, f"given to {owner.strip()}", "given to anybody")


def _each(audit_id: int, act: Callable[[int], Outcome], did: str, did_not: str) -> Response:
    """Each that was marked, in a transaction of its own; what became of them in one sentence."""
    with read() as tx:
        if audits.load(tx, audit_id) is None:
            abort(404)
    marked = [text for text in request.form.getlist("discrepancy") if text.isascii() and text.isdecimal()]
    if not marked:
        return refused("Mark the discrepancies first.", to=_address(audit_id))
    outcomes = [act(int(text)) for text in dict.fromkeys(marked[:MOST_AT_ONCE]) if len(text) < 10]
    acted = [one for one in outcomes if isinstance(one, Recorded)]
    against = dict.fromkeys(one.why for one in outcomes if isinstance(one, NotSettled))
    told = [f"{counted(len(acted), 'discrepancy', 'discrepancies')} {did}."] if acted else []
    if against:
        few = len(outcomes) - len(acted)
        told.append(f"{few} not {did_not}: {'; '.join(against)}.")
    if did == "resolved" and any(one.suspended for one in acted):
        told.append(f"{capital(SUSPENDED_MEANWHILE)}.")
    message = " ".join(told) or "Nothing was marked."
    return (refused if against or not acted else done)(message, to=_address(audit_id))


def _address(audit_id: int) -> str:
    return url_for("desk.audit", audit_id=audit_id)
