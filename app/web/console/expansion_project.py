"""One state's expansion: who applies, what it costs, the document and its two people, the opening and the closing."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, abort, request, url_for

from app.domain import states
from app.domain.expansion import Needs, Obstacle, Project, Step, same_person
from app.domain.lines import Line
from app.domain.states import State
from app.outside.documents import LARGEST_DOCUMENT, DocumentFolder
from app.reports import wording
from app.rosters.errors import Refusal
from app.storage import documents as proofs
from app.storage import expansion as storage
from app.storage import ledger_pages
from app.storage.database import Transaction
from app.storage.documents import Proof
from app.storage.ledger import Entry
from app.storage.ledger_pages import Narrowed
from app.web.attachments import attachment
from app.web.console.asked import asked_state, sentence
from app.web.console.desk_words import show
from app.web.console.doors import Section, actor, done, read, refused, tools, user
from app.web.console.expansion import UNPROCESSABLE, agency_license, field_of
from app.web.console.typed import Form, uploaded
from app.workflows.licenses.add_application import NotAdded, add_application
from app.workflows.licenses.begin_expansion import NotBegun, begin_expansion
from app.workflows.licenses.campaign_gaps import coverage
from app.workflows.licenses.close_state import LONGEST_REASON, NotClosed, close_state
from app.workflows.licenses.open_state import NotOpened, open_on_document
from app.workflows.licenses.read_document import NotRead, Unreadable, read_document
from app.workflows.licenses.record_application import NotRecorded, record_application
from app.workflows.licenses.show_expansion import show_expansion
from app.workflows.licenses.upload_document import NotUploaded, upload_document
from app.workflows.licenses.verify_document import NotVerified, verify_document

ROOM_FOR_MULTIPART = 64 * 1024
LARGEST_ZIP_LIST = 1024 * 1024
REFUSED = 409


def add_to(pages: Section) -> None:
    one, application = "/expansion/<state>", "/expansion/<state>/applications/<int:application_id>"
    documents = LARGEST_DOCUMENT + ROOM_FOR_MULTIPART
    pages.add("GET", one, project)
    pages.add("POST", one, plan)
    pages.add("POST", f"{one}/applications", add_applicant)
    pages.add("GET", application, applicant)
    pages.add("POST", application, note_application)
    pages.add("POST", f"{one}/documents", bring_document, largest_body_bytes=documents)
    pages.add("GET", "/documents/<int:document_id>", document)
    pages.add("POST", "/documents/<int:document_id>/verify", verify)
    pages.add("POST", f"{one}/open", open_state, largest_body_bytes=LARGEST_ZIP_LIST + ROOM_FOR_MULTIPART)
    pages.add("POST", f"{one}/close", close)


# ---- the page


def project(state: str) -> Response:
    return _page(state)


def _page(state: str, *, status: int = 200, **more: Any) -> Response:
    code, now = asked_state(state), tools().clock.now()
    with read() as tx:
        found = _newest(tx, code)
        shown = show_expansion(tx, found, needs=_needs(), now=now)
        is_open = shown.opening is not None and shown.opening.is_open
        gaps = [each for each in coverage(tx, [shown.opening], now) if each.gap] if shown.opening and is_open else []
        opened = _opened_last(tx, code) if is_open else None
    return show(
        "project.html",
        status=status,
        shown=shown,
        project=found,
        is_open=is_open,
        opened=opened,
        gaps=gaps,
        documents=[(proof.id, proof.name) for proof in shown.documents if proof.verified_at],
        to_do=to_do,
        may_verify=lambda proof: not same_person(proof.uploaded_by, actor()),
        lines=[(str(line), wording.lines(str(line)).capitalize()) for line in Line],
        longest_reason=LONGEST_REASON,
        largest_mb=LARGEST_DOCUMENT // 1024 // 1024,
        signs_as=user().email,
        **{"typed": {}, "wrong": {}, "obstacles": (), **more},
    )


def _newest(tx: Transaction, code: State) -> Project:
    found = storage.newest_of(tx, code)
    if found is None:
        abort(404)
    return found


def _opened_last(tx: Transaction, code: State) -> Entry | None:
    """Who opened it, and when."""
    found = ledger_pages.page(tx, Narrowed(kind="state_opened", state=code), after=None, limit=1).entries
    return found[0] if found else None


_TO_DO = {
    "document_missing": "Upload the certificate of authority, or whatever proves that you may sell there.",
    "document_unverified": "Ask somebody else to read it and to say that it proves what it should.",
    "too_few_producers": "License more producers there, or plan with fewer.",
    "agency_license_expired": "Renew the agency's own license, and write its new last day into the plan.",
    "drill_missing": "Run a drill of the state.",
    "drill_failed": "Mend what the drill found, then run it again.",
    "drill_too_old": "Run a drill of the state again.",
    "drill_outdated": "Run a drill of the state again.",
    "file_lost": "Upload the document again.",
}


def to_do(obstacle: Obstacle) -> str:
    """What a person does about it."""
    return _TO_DO.get(obstacle.code, "")


# ---- the plan


def plan(state: str) -> Response:
    code, form = asked_state(state), Form()
    _there(code)
    budget, fewest = form.money("budget_cents"), form.number("fewest_producers")
    agency = agency_license(form)
    if form.wrong:
        return _page(code, status=UNPROCESSABLE, **form.values())
    outcome = begin_expansion(
        code,
        budget_cents=budget,
        fewest_producers=fewest,
        agency_license=agency,
        actor=actor(),
        database=tools().database,
        now=tools().clock.now(),
    )
    if isinstance(outcome, NotBegun):
        wrong = {field_of(outcome.why): sentence(outcome.why)}
        return _page(code, status=UNPROCESSABLE, typed=form.typed, wrong=wrong)
    return done("The plan is changed.", to=_address(code))


# ---- applications


def add_applicant(state: str) -> Response:
    code, form = asked_state(state), Form()
    _there(code)
    loa = "+".join(request.form.getlist("loa"))
    npn = form.text("npn")
    if not loa:
        return _page(code, status=UNPROCESSABLE, typed=form.typed, wrong={"loa": "Choose at least one line."})
    outcome = add_application(code, npn, loa, actor=actor(), database=tools().database, now=tools().clock.now())
    if isinstance(outcome, NotAdded):
        wrong = {outcome.field or "npn": sentence(outcome.why)} if not outcome.obstacles else {}
        status = REFUSED if outcome.obstacles else UNPROCESSABLE
        return _page(code, status=status, typed=form.typed, wrong=wrong, obstacles=outcome.obstacles)
    return done(f"{outcome.application.name} is to apply.", to=f"{_address(code)}#applications")


def applicant(state: str, application_id: int) -> Response:
    return _applicant_page(state, application_id)


def _applicant_page(state: str, application_id: int, *, status: int = 200, **more: Any) -> Response:
    code = asked_state(state)
    with read() as tx:
        found = storage.application(tx, _newest(tx, code).id, application_id)
    if found is None:
        abort(404)
    steps = {f"{step}_on": getattr(found, f"{step}_on") for step in Step}
    typed = {name: day.isoformat() if day else "" for name, day in steps.items()}
    typed["paid_cents"] = "" if found.paid_cents is None else f"{found.paid_cents / 100:.2f}"
    return show(
        "applicant.html",
        status=status,
        state=code,
        application=found,
        **{"typed": typed, "wrong": {}, **more},
    )


def note_application(state: str, application_id: int) -> Response:
    code, form = asked_state(state), Form()
    days = {step: form.day(f"{step}_on") for step in Step}
    steps: dict[Step, date] = {step: day for step, day in days.items() if day is not None}
    paid = form.money("paid_cents")
    if form.wrong:
        return _applicant_page(code, application_id, status=UNPROCESSABLE, **form.values())
    outcome = record_application(
        code,
        application_id,
        steps=steps,
        paid_cents=paid,
        actor=actor(),
        database=tools().database,
        now=tools().clock.now(),
    )
    if isinstance(outcome, NotRecorded):
        if not outcome.field:
            abort(404)
        wrong = {outcome.field: sentence(outcome.why)}
        return _applicant_page(code, application_id, status=UNPROCESSABLE, typed=form.typed, wrong=wrong)
    name = outcome.application.name
    if outcome.obstacles:
        against = "; ".join(obstacle.why for obstacle in outcome.obstacles)
        return refused(f"Noted for {name}. Today this speaks against it: {against}.", to=_address(code))
    return done(f"Noted for {name}.", to=f"{_address(code)}#applications")


# ---- documents


def bring_document(state: str) -> Response:
    code = asked_state(state)
    _there(code)
    file = uploaded("file", most_bytes=LARGEST_DOCUMENT)
    if file is None:
        return _page(code, status=UNPROCESSABLE, wrong={"file": "Choose a file."})
    content, name = file
    outcome = upload_document(
        code,
        name,
        content,
        actor=actor(),
        documents=_documents(),
        database=tools().database,
        now=tools().clock.now(),
    )
    if isinstance(outcome, NotUploaded):
        return _page(code, status=UNPROCESSABLE, wrong={"file": sentence(outcome.why)})
    if outcome.again:
        return refused(f"{outcome.proof.name} was there already, the very same file.", to=f"{_address(code)}#documents")
    told = f"{outcome.proof.name} is kept. Another person has to verify it."
    return done(told, to=f"{_address(code)}#documents")


def document(document_id: int) -> Response:
    """The file itself, to be saved; that it was read is in the ledger."""
    outcome = read_document(
        document_id, actor=actor(), documents=_documents(), database=tools().database, now=tools().clock.now()
    )
    if isinstance(outcome, NotRead):
        if outcome.code is Unreadable.UNKNOWN:
            abort(404)
        return refused(sentence(outcome.why), to=url_for("desk.expansion"))
    return attachment(outcome.content, media_type=outcome.media_type, file_name=outcome.file_name)


def verify(document_id: int) -> Response:
    """The document proves what it should, says who is signed in: never who brought it."""
    with read() as tx:
        proof = _proof(tx, document_id)
    to = f"{_address(proof.state)}#documents"
    outcome = verify_document(
        document_id,
        verified_by=actor(),
        actor=actor(),
        documents=_documents(),
        database=tools().database,
        now=tools().clock.now(),
    )
    if isinstance(outcome, NotVerified):
        return refused(sentence(outcome.why), to=to)
    if outcome.again:
        who = outcome.proof.verified_by or ""
        return refused(f"{outcome.proof.name} was verified already, by {who.removeprefix('user:')}.", to=to)
    return done(f"{outcome.proof.name} is verified. The state can be opened on it.", to=to)


# ---- opening, closing


def open_state(state: str) -> Response:
    code, form = asked_state(state), Form()
    _there(code)
    document_id = form.number("document_id")
    pilot = form.text("where") == "pilot"
    file = uploaded("zips", most_bytes=LARGEST_ZIP_LIST)
    if document_id is None:
        form.wrong.setdefault("document_id", "Choose the document that it rests on.")
    if pilot and file is None:
        form.wrong["zips"] = "Choose the file with the ZIPs of the pilot, or open the whole state."
    if form.wrong or document_id is None:
        return _page(code, status=UNPROCESSABLE, **form.values())
    outcome = open_on_document(
        code,
        document_id,
        zips=file[0] if pilot and file else None,
        actor=actor(),
        documents=_documents(),
        database=tools().database,
        now=tools().clock.now(),
        needs=_needs(),
    )
    if isinstance(outcome, Refusal):
        return _page(code, status=UNPROCESSABLE, typed=form.typed, wrong={"zips": _told(outcome)})
    if isinstance(outcome, NotOpened):
        return _page(code, status=REFUSED, typed=form.typed, wrong={"document_id": sentence(outcome.why)})
    if not outcome.changed:
        return refused(_who_was_first(code), to=_address(code))
    where = "for the pilot's ZIPs" if pilot else "for the whole state"
    return done(f"{states.name(code)} is open {where}. From now on its callers are connected.", to=_address(code))


def _who_was_first(code: State) -> str:
    with read() as tx:
        first = _opened_last(tx, code)
    if first is None:
        return f"{states.name(code)} is open so already; nothing has changed."
    who = "you" if first.actor == actor() else first.actor.removeprefix("user:")
    return f"{states.name(code)} is open so already: {who} opened it first. Nothing has changed."


def _told(refusal: Refusal) -> str:
    first = refusal.errors[0]
    more = f" ({refusal.total} errors in all)" if refusal.total > 1 else ""
    return f"Line {first.line}: {first.why}{more}"


def close(state: str) -> Response:
    code, form = asked_state(state), Form()
    reason = form.text("reason")
    if not reason:
        form.wrong["reason"] = "Say why: it is kept."
    if not form.text("sure"):
        form.wrong["sure"] = "Say that you mean it."
    if form.wrong:
        return _page(code, status=UNPROCESSABLE, **form.values())
    outcome = close_state(code, reason=reason, actor=actor(), database=tools().database, now=tools().clock.now())
    if isinstance(outcome, NotClosed):
        if not outcome.field:
            abort(404)
        return _page(code, status=UNPROCESSABLE, typed=form.typed, wrong={outcome.field: sentence(outcome.why)})
    if outcome.version is None and outcome.project_id is None:
        return refused(f"{states.name(code)} was closed already.", to=_address(code))
    if outcome.version is None:
        return done("The project is closed. The state was not open.", to=_address(code))
    return done(f"{states.name(code)} is closed: nobody there is connected any more.", to=_address(code))


# ---- what several of them do


def _proof(tx: Transaction, document_id: int) -> Proof:
    found = proofs.by_id(tx, document_id)
    if found is None:
        abort(404)
    return found


def _there(code: State) -> None:
    """404 where there never was an expansion into it."""
    with read() as tx:
        _newest(tx, code)


def _address(code: State) -> str:
    return url_for("desk.project", state=code)


def _documents() -> DocumentFolder:
    return DocumentFolder(tools().settings.documents_dir)


def _needs() -> Needs:
    settings = tools().settings
    return Needs(settings.opening_needs_drill_days, settings.opening_needs_producers)
