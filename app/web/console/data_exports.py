"""Everything out: what there is, a form that asks for it, and the files while they are kept."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, request, url_for

from app.storage import made_files, requested_work
from app.storage.exports import EXPORTS
from app.storage.requested_work import RUNNING, WAITING, RequestedWork
from app.web.attachments import made_file
from app.web.console.admin_forms import typed
from app.web.console.doors import Section, actor, done, read, refused, render, tools
from app.workflows.data.export import FORMATS, KIND, TooMany, ask_export, wanted
from app.workflows.leads.asked_campaign import Unmet

SHOWN = 20
STOP_ASKING = 286
"""htmx shows the fragment and asks no more. Source: htmx 2, hx-trigger, "Polling"."""

FORMAT_WORDS = {"csv": "CSV, for spreadsheets", "jsonl": "JSON lines, for programs"}


def add_to(pages: Section) -> None:
    pages.add("GET", "/exports", exports)
    pages.add("POST", "/exports", ask_for_export)
    pages.add("GET", "/exports/now", exports_now)
    pages.add("GET", "/exports/<int:export_id>/file", export_file)


def exports() -> Response:
    return _page({}, {})


def ask_for_export() -> Response:
    given = {name: typed(name) for name in ("what", "format", "from", "to")}
    try:
        first, last = (date.fromisoformat(given[name]) if given[name] else None for name in ("from", "to"))
    except ValueError:
        return _page(given, {"to": "expected days as YYYY-MM-DD"}, status=422)
    zone = ZoneInfo(tools().settings.time_zone)
    meant = wanted(given["what"], given["format"], first, last, zone=zone)
    if isinstance(meant, Unmet):
        return _page(given, {meant.field: meant.why}, status=422)
    asked = ask_export(meant, actor=actor(), database=tools().database, now=tools().clock.now())
    here = url_for("data.exports")
    if isinstance(asked, TooMany):
        return refused(f"{asked.waiting} exports wait already; wait for one.", to=here)
    return done("Asked for. The file appears below by itself.", to=here)


def exports_now() -> Response:
    """The list, while something is being made."""
    works = _works()
    return render("data/exports_asked.html", status=200 if _goes_on(works) else STOP_ASKING, **works)


def export_file(export_id: int) -> Response:
    with read() as tx:
        work = requested_work.load(tx, export_id)
        if work is None or work.kind != KIND:
            abort(404)
        found = made_files.load(tx, file_of(work))
    if found is None:
        abort(404)
    return made_file(found, database=tools().database)


def file_of(work: RequestedWork) -> int:
    """The number of the file that came of it; 0 where none did."""
    return int((work.found or {}).get("file", 0))


def _works() -> dict[str, Any]:
    with read() as tx:
        works = requested_work.listed(tx, KIND, limit=SHOWN)
        kept = {work.id for work in works if made_files.load(tx, file_of(work)) is not None}
    return {"works": works, "kept": kept, "told": {name: one.told for name, one in EXPORTS.items()}}


def _goes_on(shown: dict[str, Any]) -> bool:
    return any(work.status in (WAITING, RUNNING) for work in shown["works"])


def _page(given: dict[str, str], errors: dict[str, str], *, status: int = 200) -> Response:
    shown = _works()
    return render(
        "data/exports.html",
        status=status,
        given=given or {"what": request.args.get("what", "leads")},
        errors=errors,
        exports=EXPORTS.values(),
        formats=[(name, FORMAT_WORDS[name]) for name in FORMATS],
        goes_on=_goes_on(shown),
        **shown,
    )
