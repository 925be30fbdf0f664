"""Drills: what callers would experience, past and asked for. None of them dials anybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, abort, request, url_for

from app.domain import states
from app.reports.wording import counted
from app.storage import campaigns, openings, requested_work
from app.storage import drills as storage
from app.storage.database import Transaction
from app.storage.requested_work import RequestedWork
from app.web.console.asked import asked_number, sentence
from app.web.console.desk_words import show
from app.web.console.doors import Section, actor, done, read, refused, tools
from app.web.console.requested import under_way
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.licenses.ask_drill import KIND, TooMany, ask_drill

MOST_SHOWN = 50
MOST_ASKED = 8
UNPROCESSABLE = 422


def add_to(pages: Section) -> None:
    pages.add("GET", "/drills", drills)
    pages.add("POST", "/drills", start_drill)
    pages.add("GET", "/drills/asked", drills_asked)
    pages.add("GET", "/drills/<int:drill_id>", drill)


def drills() -> Response:
    return _page()


def _page(*, status: int = 200, **more: Any) -> Response:
    with read() as tx:
        found = storage.newest_first(tx, limit=MOST_SHOWN + 1, before=asked_number("before", least=0) or None)
        asked = requested_work.listed(tx, KIND, limit=MOST_ASKED)
        open_states = [opening.state for opening in openings.everywhere(tx) if opening.is_open]
        every = campaigns.everything(tx)
    return show(
        "drills.html",
        status=status,
        drills=found[:MOST_SHOWN],
        older=found[MOST_SHOWN - 1].drill_id if len(found) > MOST_SHOWN else None,
        open_states=open_states,
        others=[(code, states.name(code)) for code in sorted(states.ALL, key=states.name) if code not in open_states],
        campaigns=[("all", "Every campaign"), *((each.number, each.name) for each in every)],
        campaign_names={each.number: each.name for each in every},
        **_asked(asked),
        **{"wrong": {}, "typed": {}, **more},
    )


def drills_asked() -> Response:
    """The fragment that looks again while a drill runs."""
    with read() as tx:
        asked = requested_work.listed(tx, KIND, limit=MOST_ASKED)
    return show("drills_asked.html", **_asked(asked))


def _asked(asked: list[RequestedWork]) -> dict[str, Any]:
    recent = tools().clock.now() - timedelta(days=1)
    return {"asked": [work for work in asked if work.asked_at >= recent], "is_under_way": under_way(asked)}


def start_drill() -> Response:
    codes = [code for code in request.form.getlist("states") if code]
    campaign = request.form.get("campaign", "all")
    if not all(states.is_state(code) for code in codes):
        abort(404)
    outcome = ask_drill(
        codes,
        None if campaign == "all" else campaign,
        asked_by=actor(),
        database=tools().database,
        now=tools().clock.now(),
    )
    if isinstance(outcome, Unmet):
        return _page(status=UNPROCESSABLE, wrong={outcome.field: sentence(outcome.why)}, typed={"campaign": campaign})
    to = url_for("desk.drills")
    if isinstance(outcome, TooMany):
        return refused(f"{counted(outcome.waiting, 'drill')} wait already: wait for one of them.", to=to)
    return done("The same drill waits already." if outcome.again else "The drill is asked for.", to=to)


# ---- one of them


def drill(drill_id: int) -> Response:
    """What each caller would have experienced, path by path."""
    with read() as tx:
        found, report = storage.one(tx, drill_id), storage.report(tx, drill_id)
        names = _campaign_names(tx)
    if found is None or report is None:
        abort(404)
    covered = report.get("covered", [])
    experiences = [each for one in covered for each in one["experiences"]]
    waits = [each["person_after_seconds"] for each in experiences if each["person_after_seconds"] is not None]
    return show(
        "drill.html",
        drill=found,
        covered=covered,
        callers=len(experiences),
        failed=[each for each in experiences if each["wrong"]],
        talked=len(waits),
        soonest=min(waits) if waits else None,
        promised=sum(each["promise_after_seconds"] is not None for each in experiences),
        listed_count=sum(each["custody"] == "escalated" for each in experiences),
        gaps=[gap for one in covered for gap in one["gaps"]],
        seconds=report.get("seconds"),
        campaign_names=names,
    )


def _campaign_names(tx: Transaction) -> dict[str, str]:
    return {each.number: each.name for each in campaigns.everything(tx)}
