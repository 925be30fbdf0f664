"""One person's data: looked up by their number, taken out, or erased after it was typed once more."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, url_for

from app.domain import phone
from app.storage import made_files, people, requested_work
from app.storage.requested_work import RUNNING, WAITING, RequestedWork
from app.web.attachments import made_file
from app.web.console.admin_forms import typed
from app.web.console.doors import Section, actor, done, read, refused, render, tools
from app.web.console.made import STOP_ASKING, file_of
from app.workflows.data.ask_person import KINDS, TooMany, ask_erasure, ask_person_export
from app.workflows.data.erase_person import LONGEST_REASON, NotNow
from app.workflows.data.meant_person import Meant, known
from app.workflows.leads.asked_campaign import Unmet

SHOWN = 10
COUNT_WORDS = {
    "leads": ("lead", "leads"),
    "calls": ("call", "calls"),
    "callbacks": ("promise to call", "promises to call"),
    "escalations": ("item of the queue", "items of the queue"),
    "texts": ("text to them", "texts to them"),
    "texts_received": ("text from them", "texts from them"),
    "recordings": ("recording", "recordings"),
    "complaints": ("complaint", "complaints"),
    "invoice_lines": ("line of an invoice", "lines of invoices"),
    "webhook_events": ("event told to others", "events told to others"),
    "call_events": ("event of calls", "events of calls"),
    "ledger": ("entry of the ledger", "entries of the ledger"),
    "requested_work": ("request", "requests"),
}

KEPT_WORDS = {"suppressions": "our own do-not-call list"}


def add_to(pages: Section) -> None:
    pages.add("GET", "/people", person_search)
    pages.add("POST", "/people", look_up_person)
    pages.add("GET", "/people/now", people_now)
    pages.add("POST", "/people/export", take_person_out)
    pages.add("POST", "/people/erase", erase_this_person)
    pages.add("GET", "/people/<int:request_id>", person_request)
    pages.add("GET", "/people/<int:request_id>/file", person_file)


def person_search() -> Response:
    return _page({}, {})


def look_up_person() -> Response:
    """By a form that is posted: a number in an address would stand in logs."""
    given = {"phone": typed("phone")}
    number = phone.parse(given["phone"])
    if number is None:
        return _page(given, {"phone": "not a telephone number"}, status=422)
    return _found(number.e164, given, {})


def people_now() -> Response:
    """The list, while something is being done."""
    shown = _works()
    return render("data/people_asked.html", status=200 if _goes_on(shown) else STOP_ASKING, **shown)


def take_person_out() -> Response:
    number = phone.parse(typed("phone"))
    if number is None:
        abort(404)
    asked = ask_person_export(Meant(number.e164), actor=actor(), database=tools().database, now=tools().clock.now())
    here = url_for("data.person_search")
    match asked:
        case Unmet():
            return refused(f"Not asked for: {asked.why}.", to=here)
        case TooMany():
            return refused(f"{asked.waiting} requests wait already; wait for one.", to=here)
    return done("Asked for. The file appears below by itself.", to=here)


def erase_this_person() -> Response:
    given = {name: typed(name) for name in ("phone", "reason", "confirm")}
    number = phone.parse(given["phone"])
    if number is None:
        abort(404)
    again = phone.parse(given["confirm"])
    asked = ask_erasure(
        Meant(number.e164),
        reason=given["reason"],
        confirm=again.e164 if again else "",
        actor=actor(),
        folder=tools().settings.journal_dir,
        database=tools().database,
        now=tools().clock.now(),
    )
    match asked:
        case Unmet():
            why = "type the same number once more" if asked.field == "confirm" else asked.why
            return _found(number.e164, given, {asked.field: why}, status=422)
        case NotNow():
            return refused(f"Not erased: {asked.why}.", to=url_for("data.person_search"))
        case TooMany():
            return refused(f"{asked.waiting} requests wait already.", to=url_for("data.person_search"))
    return done("It is being erased.", to=url_for("data.person_request", request_id=asked))


def person_request(request_id: int) -> Response:
    """What became of an export or an erasure."""
    work = _work(request_id)
    return render(
        "data/person_request.html", work=work, erased=_told((work.found or {}).get("erased") or {}), words=KEPT_WORDS
    )


def person_file(request_id: int) -> Response:
    work = _work(request_id)
    with read() as tx:
        found = made_files.load(tx, file_of(work))
    if found is None:
        abort(404)
    return made_file(found, database=tools().database)


def _work(request_id: int) -> RequestedWork:
    with read() as tx:
        work = requested_work.load(tx, request_id)
    if work is None or work.kind not in KINDS:
        abort(404)
    return work


def _found(number: str, given: dict[str, str], errors: dict[str, str], *, status: int = 200) -> Response:
    with read() as tx:
        person = known(tx, Meant(number), everywhere=False)
        since = people.suppressed_since(tx, number)
    if isinstance(person, Unmet):
        return _page(given, {"phone": person.why}, status=422)
    found = {"number": number, "counts": _told(person.counts()), "since": since, "longest": LONGEST_REASON}
    return _page(given, errors, status=status, found=found)


def _told(counts: dict[str, int]) -> list[tuple[int, str]]:
    """What there is any of, in words."""
    words = {name: COUNT_WORDS.get(name, (name.replace("_", " "), name.replace("_", " "))) for name in counts}
    return [(count, words[name][count != 1]) for name, count in counts.items() if count]


def _works() -> dict[str, Any]:
    with read() as tx:
        works = [work for kind in KINDS for work in requested_work.listed(tx, kind, limit=SHOWN)]
        kept = {work.id for work in works if made_files.load(tx, file_of(work)) is not None}
    works.sort(key=lambda work: work.id, reverse=True)
    return {"works": works[:SHOWN], "kept": kept, "shown": _shown, "exports": KINDS[0]}


def _shown(work: RequestedWork) -> str:
    """Whom it is about, as far as a list may say."""
    number = phone.parse(work.asked.get("phone"))
    if number is not None:
        return number.masked
    return f"lead {work.asked['lead_id']}" if work.asked.get("lead_id") else "erased"


def _goes_on(shown: dict[str, Any]) -> bool:
    return any(work.status in (WAITING, RUNNING) for work in shown["works"])


def _page(
    given: dict[str, str], errors: dict[str, str], *, status: int = 200, found: dict[str, Any] | None = None
) -> Response:
    shown = _works()
    return render(
        "data/people.html",
        status=status,
        given=given,
        errors=errors,
        found=found,
        goes_on=_goes_on(shown),
        **shown,
    )
