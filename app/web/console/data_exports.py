"""Everything out: what there is, a form that asks for it, and the files while they are kept."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request, url_for

from app.storage.exports import EXPORTS
from app.web.console.admin_forms import typed
from app.web.console.doors import Section, actor, done, refused, render, tools
from app.web.console.made import STOP_ASKING, AskedFor, asked_for, fetch
from app.workflows.data.export import FORMATS, KIND, TooMany, ask_export, wanted
from app.workflows.leads.asked_campaign import Unmet

SHOWN = 20
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
    shown = asked_for(KIND, most=SHOWN)
    return render("data/exports_asked.html", status=200 if shown.goes_on else STOP_ASKING, **_listed(shown))


def export_file(export_id: int) -> Response:
    return fetch(KIND, export_id)


def _listed(shown: AskedFor) -> dict[str, Any]:
    return {"works": shown.works, "kept": shown.kept, "told": {name: one.told for name, one in EXPORTS.items()}}


def _page(given: dict[str, str], errors: dict[str, str], *, status: int = 200) -> Response:
    shown = asked_for(KIND, most=SHOWN)
    return render(
        "data/exports.html",
        status=status,
        given=given or {"what": request.args.get("what", "leads")},
        errors=errors,
        exports=EXPORTS.values(),
        formats=[(name, FORMAT_WORDS[name]) for name in FORMATS],
        goes_on=shown.goes_on,
        **_listed(shown),
    )
