"""Licenses that run out: a column for each threshold, who sees to each, and the calendar of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, request, url_for

from app.domain.renewals import THRESHOLDS, Step, days_left
from app.reports import wording
from app.reports.wording import counted
from app.storage import renewal_board
from app.storage.renewal_board import Whose
from app.storage.renewals import RenewalTask
from app.web.console.asked import asked_number, sentence
from app.web.console.doors import Section, actor, done, read, refused, render, tools, user
from app.workflows.licenses.calendar_feed import BadName, make_calendar_address
from app.workflows.licenses.touch_renewal import AlreadyClosed, assign_renewal, mark_step
from app.workflows.licenses.watch_renewals import untouched

CARDS = 12
"""So many stand in a column; its link shows the rest."""

MOST_CARDS = 300

STEPS = {
    Step.EDUCATION: "Education",
    Step.FILED: "Filed",
    Step.PAID: "Paid",
    Step.CONFIRMED: "Confirmed",
}
WHOSE = {Whose.ALL: "Everybody's", Whose.MINE: "Mine", Whose.NOBODYS: "Nobody's"}


def add_to(pages: Section) -> None:
    pages.add("GET", "/renewals", renewals)
    pages.add("POST", "/renewals/<int:renewal_id>/claim", claim_renewal)
    pages.add("POST", "/renewals/<int:renewal_id>/steps", mark_renewal_step)
    pages.add("GET", "/calendar", calendar)
    pages.add("POST", "/calendar", make_calendar)


def renewals() -> Response:
    now = tools().clock.now()
    whose = _whose()
    days = asked_number("within", least=0)
    only = days if days in THRESHOLDS else None
    with read() as tx:
        columns = renewal_board.board(
            tx, now, whose=whose, owner=user().email, limit=MOST_CARDS if only else CARDS, only=only
        )
        resting = renewal_board.resting(tx, [task for column in columns for task in column.tasks], now)
        owners = renewal_board.by_owner(tx)
    return render(
        "compliance/renewals.html",
        columns=columns,
        nearest=_nearest(),
        resting=resting,
        whose=whose,
        choices=[(each.value, label) for each, label in WHOSE.items()],
        only=only,
        owners=owners,
        steps=STEPS,
        days_left=lambda task: days_left(task.runs_out.state, task.runs_out.expires_on, now),
        untouched=lambda task: untouched(task, now),
        lines_told=lambda task: wording.listed([wording.lines(str(line)) for line in task.runs_out.lines]),
        counted=counted,
        here=_here(whose, only),
    )


def claim_renewal(renewal_id: int) -> Response:
    """It belongs to who is signed in; the ledger says so."""
    return _touched(
        lambda given: assign_renewal(renewal_id, user().email, **given),
        lambda task: f"{task.name}'s {task.runs_out.state} renewal is yours.",
    )


def mark_renewal_step(renewal_id: int) -> Response:
    """A step is done. Only a roster that shows a later date closes the renewal."""
    said = request.form.get("step", "")
    if said not in set(Step):
        abort(404)
    step = Step(said)
    return _touched(
        lambda given: mark_step(renewal_id, step, **given),
        lambda task: f"{STEPS[step]} noted for {task.name}, {task.runs_out.state}.",
    )


def _touched(
    act: Callable[[dict[str, Any]], RenewalTask | AlreadyClosed | None], told: Callable[[RenewalTask], str]
) -> Response:
    found = act({"actor": actor(), "database": tools().database, "now": tools().clock.now()})
    if found is None:
        abort(404)
    whose = request.form.get("whose", "")
    within = request.form.get("within", "")
    back = _here(
        Whose(whose) if whose in set(Whose) else Whose.ALL,
        int(within) if within.isascii() and within.isdecimal() and int(within[:4]) in THRESHOLDS else None,
    )
    if isinstance(found, AlreadyClosed):
        return refused(f"Not done: the roster has closed it as {found.task.closed_as}.", to=back)
    return done(told(found), to=back)


def _whose() -> Whose:
    said = request.args.get("whose", "")
    return Whose(said) if said in set(Whose) else Whose.ALL


def _here(whose: Whose, only: int | None) -> str:
    kept: dict[str, Any] = {}
    if whose is not Whose.ALL:
        kept["whose"] = whose.value
    if only is not None:
        kept["within"] = only
    return url_for("compliance.renewals", **kept)


def _nearest() -> dict[int, int | None]:
    """For each column, the one before it: 31 to 60 days stand in the column of 60."""
    ordered = sorted(THRESHOLDS)
    return dict(zip(ordered, [None, *ordered[:-1]], strict=True))


# ---- the calendar


def calendar() -> Response:
    return render("compliance/calendar.html", address=None, error="")


def make_calendar() -> Response:
    """A new address, shown this once; the one before it ends."""
    made = make_calendar_address(user().email, actor=actor(), database=tools().database, now=tools().clock.now())
    if isinstance(made, BadName):
        return render("compliance/calendar.html", status=422, address=None, error=sentence(made.why))
    address = f"{tools().settings.public_base_url}{made.path}"
    return render("compliance/calendar.html", address=address, rotated=made.rotated, error="")
