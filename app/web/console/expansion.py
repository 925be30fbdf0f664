"""Expansion into new states: the projects side by side, and which state next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, request, url_for

from app.domain import states
from app.domain.states import State
from app.storage import expansion_board
from app.storage.expansion_board import Standing
from app.web.console.asked import sentence
from app.web.console.desk_words import show
from app.web.console.doors import Section, actor, done, read, tools
from app.web.console.requested import UNDER_WAY, found_of, newest, newest_done
from app.web.console.typed import Form
from app.workflows.ask_once import ask_once
from app.workflows.licenses.begin_expansion import AgencyLicense, NotBegun, begin_expansion
from app.workflows.licenses.rank_targets import DAYS, KIND

MOST_SHOWN = 120
MOST_TARGETS = 60
UNPROCESSABLE = 422


def add_to(pages: Section) -> None:
    pages.add("GET", "/expansion", expansion)
    pages.add("POST", "/expansion", begin_project)
    pages.add("GET", "/expansion/ranking", ranking)
    pages.add("POST", "/expansion/ranking", rank)


def expansion() -> Response:
    return _page()


def _page(*, status: int = 200, **more: Any) -> Response:
    with read() as tx:
        standing = expansion_board.side_by_side(tx, limit=MOST_SHOWN)
        last, newest_work = newest_done(tx, KIND), newest(tx, KIND)
    under_way = {each.project.state for each in standing if each.project.closed_at is None}
    typed = {"state": request.args.get("state", "")}
    return show(
        "expansion.html",
        status=status,
        standing=_with_newest(standing),
        choices=[(code, states.name(code)) for code in sorted(states.ALL, key=states.name) if code not in under_way],
        under_way=under_way,
        **_ranked(last, newest_work),
        **{"typed": typed, "wrong": {}, **more},
    )


def _with_newest(standing: Sequence[Standing]) -> list[tuple[Standing, bool]]:
    """Each project, and whether it is its state's last: that is what the state's page shows."""
    last: dict[State, int] = {}
    for each in standing:
        last[each.project.state] = max(each.project.id, last.get(each.project.state, 0))
    return [(each, each.project.id == last[each.project.state]) for each in standing]


def begin_project() -> Response:
    form = Form()
    budget, fewest = form.money("budget_cents"), form.number("fewest_producers")
    agency = agency_license(form)
    if form.wrong:
        return _page(status=UNPROCESSABLE, **form.values())
    outcome = begin_expansion(
        form.text("state"),
        budget_cents=budget,
        fewest_producers=fewest,
        agency_license=agency,
        actor=actor(),
        database=tools().database,
        now=tools().clock.now(),
    )
    if isinstance(outcome, NotBegun):
        return _page(status=UNPROCESSABLE, typed=form.typed, wrong={field_of(outcome.why): sentence(outcome.why)})
    name = states.name(outcome.project.state)
    told = f"The expansion into {name} is begun." if outcome.created else f"What is planned for {name} is changed."
    return done(told, to=url_for("desk.project", state=outcome.project.state))


def agency_license(form: Form) -> AgencyLicense | None:
    """The agency's own license as it was typed; both of its fields or none."""
    number, expires_on = form.text("agency_number"), form.day("agency_expires_on")
    if not number and expires_on is None:
        return None
    if not number:
        form.wrong.setdefault("agency_number", "its number belongs to it")
    if expires_on is None:
        form.wrong.setdefault("agency_expires_on", "its last day belongs to it")
        return None
    return AgencyLicense(number, expires_on)


def field_of(why: str) -> str:
    """Which field a refusal of begin_expansion is about."""
    about = {"budget": "budget_cents", "fewest": "fewest_producers", "agency": "agency_number"}
    return next((field for word, field in about.items() if word in why), "state")


# ---- which state next


def ranking() -> Response:
    """The fragment that looks again while the ranking is made."""
    with read() as tx:
        last, newest_work = newest_done(tx, KIND), newest(tx, KIND)
        standing = expansion_board.side_by_side(tx, limit=MOST_SHOWN)
    under_way: set[State] = {each.project.state for each in standing if each.project.closed_at is None}
    return show("ranking.html", under_way=under_way, **_ranked(last, newest_work))


def rank() -> Response:
    now = tools().clock.now()
    ask_once(KIND, {"days": DAYS}, actor=actor(), database=tools().database, now=now)
    return done("Asked for. The ranking comes by itself.", to=url_for("desk.expansion") + "#next")


def _ranked(last: Any, newest_work: Any) -> dict[str, Any]:
    found = found_of(last)
    return {
        "targets": found.get("targets", [])[:MOST_TARGETS],
        "ranked_at": last.finished_at if last else None,
        "days": DAYS,
        "work": newest_work,
        "is_under_way": newest_work is not None and newest_work.status in UNDER_WAY,
    }
