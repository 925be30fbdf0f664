"""Complaints: written down on a call or a producer, for good."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, request, url_for

from app.storage import complaint_log as storage
from app.web.console.asked import asked_number, link_to, sentence
from app.web.console.desk_words import show
from app.web.console.doors import Section, actor, done, read, tools
from app.web.console.typed import Form
from app.workflows.licenses.log_complaint import LONGEST, NotLogged, log_complaint

MOST_SHOWN = 50
UNPROCESSABLE = 422
_SID = re.compile(r"[A-Za-z0-9_-]{1,34}", re.ASCII)
_NPN = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)


def add_to(pages: Section) -> None:
    pages.add("GET", "/complaints", complaints)
    pages.add("POST", "/complaints", log_one)


def complaints() -> Response:
    return _page()


def _page(*, status: int = 200, **more: Any) -> Response:
    npn, call_sid = request.args.get("npn", "").strip(), request.args.get("call", "").strip()
    npn, call_sid = npn if _NPN.fullmatch(npn) else "", call_sid if _SID.fullmatch(call_sid) else ""
    with read() as tx:
        found = storage.newest_first(
            tx,
            npn=npn or None,
            call_sid=call_sid or None,
            before=asked_number("before", least=0) or None,
            limit=MOST_SHOWN + 1,
        )
    return show(
        "complaints.html",
        status=status,
        complaints=found[:MOST_SHOWN],
        older=found[MOST_SHOWN - 1].id if len(found) > MOST_SHOWN else None,
        npn=npn,
        call_sid=call_sid,
        longest=LONGEST,
        call_href=lambda sid: link_to("supervisor.call", call_sid=sid),
        **{"typed": {"npn": npn, "call_sid": call_sid}, "wrong": {}, **more},
    )


def log_one() -> Response:
    form = Form()
    told, npn, call_sid = form.text("told"), form.text("npn"), form.text("call_sid")
    if npn and not _NPN.fullmatch(npn):
        form.wrong["npn"] = "An NPN is 1 to 10 digits."
    if call_sid and not _SID.fullmatch(call_sid):
        form.wrong["call_sid"] = "There is no such call."
    if form.wrong:
        return _page(status=UNPROCESSABLE, **form.values())
    outcome = log_complaint(
        told,
        npn=npn or None,
        call_sid=call_sid or None,
        actor=actor(),
        database=tools().database,
        now=tools().clock.now(),
    )
    if isinstance(outcome, NotLogged):
        wrong = {outcome.field: sentence(outcome.why)}
        return _page(status=UNPROCESSABLE, typed=form.typed, wrong=wrong)
    about = outcome.name or (f"NPN {outcome.npn}" if outcome.npn else "the call")
    return done(f"Written down, about {about}.", to=url_for("desk.complaints"))
