"""Imports of rosters and reports: a preview of what a file would change, and then exactly that file."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, request, url_for

from app.storage import requested_work, uploads, work
from app.storage.database import Transaction
from app.storage.requested_work import RequestedWork
from app.web.console.admin_forms import how, id_or_404, typed
from app.web.console.doors import Section, done, read, refused, render, tools
from app.workflows.admin.ask_import import LARGEST_UPLOAD, ask_apply, ask_preview, can_be_applied
from app.workflows.admin.import_file import FORMATS, KIND
from app.workflows.admin.refused import Refused

SHOWN = 20
_ROOM_FOR_MULTIPART = 64 * 1024

FORMAT_WORDS = {
    "csv": "Roster (CSV)",
    "nipr-detail": "NIPR detail report",
    "nipr-csr": "NIPR Company Specific Report",
    "appointments": "Appointments (CSV)",
}
COUNT_WORDS = {
    "producers_in_report": ("producer in the report", "producers in the report"),
    "producers_added": ("producer added", "producers added"),
    "producers_changed": ("producer changed", "producers changed"),
    "licenses_added": ("license added", "licenses added"),
    "licenses_changed": ("license changed", "licenses changed"),
    "licenses_unchanged": ("license as it was", "licenses as they were"),
    "appointments_added": ("appointment added", "appointments added"),
    "appointments_changed": ("appointment changed", "appointments changed"),
    "appointments_unchanged": ("appointment as it was", "appointments as they were"),
    "unroutable": ("license with a date not known, never routed", "licenses with a date not known, never routed"),
}


def add_to(pages: Section) -> None:
    pages.add("GET", "/imports", imports)
    pages.add("POST", "/imports", upload, largest_body_bytes=LARGEST_UPLOAD + _ROOM_FOR_MULTIPART)
    pages.add("GET", "/imports/<int:work_id>", one_import)
    pages.add("GET", "/imports/<int:work_id>/now", import_now)
    pages.add("POST", "/imports/<int:work_id>/apply", apply_import)


def imports() -> Response:
    return _page({}, {})


def upload() -> Response:
    """Keep the file and ask for its preview."""
    given = {name: typed(name) for name in ("format", "npn", "as_of")}
    file = request.files.get("file")
    content = b"" if file is None else file.read()
    made = ask_preview(
        content,
        file_name="" if file is None else file.filename or "",
        file_format=given["format"],
        npn=given["npn"],
        made_on=given["as_of"],
        **how(),
    )
    if isinstance(made, Refused):
        return _page(given, dict(made.errors), status=422)
    return done("The file is here and is being read.", to=url_for("admin.one_import", work_id=made))


def one_import(work_id: int) -> Response:
    """The page; while the work goes on, its middle is looked at anew by `import_now`."""
    with read() as tx:
        found = _found(tx, work_id)
        shown = _shown(tx, found)
    return render("admin/import.html", **shown)


def import_now(work_id: int) -> Response:
    """How far it is. Once it is over, the whole page comes instead: it has buttons that must not move."""
    with read() as tx:
        found = _found(tx, work_id)
        shown = _shown(tx, found)
    answer = render("admin/import_progress.html", **shown)
    if shown["is_over"]:
        answer.headers["HX-Redirect"] = url_for("admin.one_import", work_id=work_id)
    return answer


def apply_import(work_id: int) -> Response:
    made = ask_apply(id_or_404(work_id), **how())
    if made is None:
        abort(404)
    if isinstance(made, Refused):
        return refused(f"Not applied: {made}.", to=url_for("admin.one_import", work_id=work_id))
    return done("The file is being applied.", to=url_for("admin.one_import", work_id=made))


def _found(tx: Transaction, work_id: int) -> RequestedWork:
    found = requested_work.load(tx, id_or_404(work_id))
    if found is None or found.kind != KIND:
        abort(404)
    return found


def _shown(tx: Transaction, found: RequestedWork) -> dict[str, Any]:
    kept = uploads.load(tx, found.asked["upload"])
    beat = work.last_beat(tx, "scheduler")
    now = tools().clock.now()
    return {
        "work": found,
        "told": found.found or {},
        "format": FORMAT_WORDS[found.asked["format"]],
        "counts": _counted((found.found or {}).get("counts") or {}),
        "percent": kept.percent if kept else 0,
        "is_over": found.status in (requested_work.DONE, requested_work.FAILED),
        "can_be_applied": can_be_applied(found) and kept is not None,
        "is_kept": kept is not None,
        "scheduler_seen": beat is not None and (now - beat).total_seconds() < 120,
    }


def _counted(counts: dict[str, int]) -> list[tuple[int, str]]:
    """What there is any of, in words."""
    return [(counts[name], words[counts[name] != 1]) for name, words in COUNT_WORDS.items() if counts.get(name)]


def _page(given: dict[str, str], errors: dict[str, str], *, status: int = 200) -> Response:
    with read() as tx:
        found = requested_work.listed(tx, KIND, limit=SHOWN)
    return render(
        "admin/imports.html",
        status=status,
        imports=found,
        formats=[(name, FORMAT_WORDS[name]) for name in FORMATS],
        words=FORMAT_WORDS,
        given=given,
        errors=errors,
        largest=LARGEST_UPLOAD // 1024 // 1024,
    )
