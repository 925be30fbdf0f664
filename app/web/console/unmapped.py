"""Lines of reports that nobody can read for sure: a person says once what each is, for every producer who has it."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, request, url_for

from app.domain.lines import Line
from app.reports import wording
from app.reports.wording import counted
from app.storage import unmapped_lines as storage
from app.storage.database import Transaction
from app.storage.unmapped_lines import UnmappedLine
from app.web.console.asked import capital, sentence
from app.web.console.desk_words import show
from app.web.console.doors import Section, actor, done, read, tools
from app.workflows.licenses.map_line import LineMapped, NotMapped, map_line

MOST_SHOWN = 200
UNPROCESSABLE, REFUSED = 422, 409


def add_to(pages: Section) -> None:
    pages.add("GET", "/unmapped", unmapped)
    pages.add("GET", "/unmapped/<int:line_id>", unmapped_line)
    pages.add("POST", "/unmapped/<int:line_id>", map_one)


def unmapped() -> Response:
    answered = request.args.get("show") == "answered"
    with read() as tx:
        found = storage.side_by_side(tx, limit=MOST_SHOWN + 1, answered=answered)
    return show(
        "unmapped.html",
        lines=found[:MOST_SHOWN],
        is_cut_off=len(found) > MOST_SHOWN,
        most=MOST_SHOWN,
        answered=answered,
    )


def unmapped_line(line_id: int) -> Response:
    return _page(line_id)


def _page(line_id: int, *, status: int = 200, **more: Any) -> Response:
    with read() as tx:
        line = _loaded(tx, line_id)
        alike = [each for each in storage.of_state(tx, line.state) if each.question == line.question]
        answer = storage.answer_to(tx, line.question)
    chosen = [str(each) for each in answer.lines] if answer else []
    return show(
        "unmapped_line.html",
        status=status,
        line=line,
        npns=sorted({each.npn for each in alike} | {line.npn}),
        answer=answer,
        choices=[(str(each), capital(wording.lines(str(each)))) for each in Line],
        **{"chosen": chosen, "wrong": "", "replaceable": False, **more},
    )


def _loaded(tx: Transaction, line_id: int) -> UnmappedLine:
    found = storage.load(tx, line_id)
    if found is None:
        abort(404)
    return found


def map_one(line_id: int) -> Response:
    """The same verb as the command's: it counts for everybody, from the next import on."""
    names = request.form.getlist("line")
    lines = [Line(name) for name in names if name in tuple(Line)]
    gives_none = request.form.get("none") == "yes"
    if bool(lines) == gives_none:
        wrong = (
            "Choose what it is, or that it gives no authority."
            if not lines
            else "It is a line of ours, or it gives none."
        )
        return _page(line_id, status=UNPROCESSABLE, chosen=names, wrong=wrong)
    outcome = map_line(
        line_id,
        lines,
        replace=request.form.get("replace") == "yes",
        actor=actor(),
        database=tools().database,
        now=tools().clock.now(),
    )
    if outcome is None:
        abort(404)
    if isinstance(outcome, NotMapped):
        why = sentence(outcome.why)
        return _page(line_id, status=REFUSED, chosen=names, wrong=why, replaceable=outcome.replaceable)
    return done(_told(outcome), to=url_for("desk.unmapped"))


def _told(mapped: LineMapped) -> str:
    waited = f"{counted(mapped.answered, 'waiting line')} answered." if mapped.answered else "The answer is kept."
    if not mapped.lines:
        return f"{waited} It gives no authority, here or in any report to come."
    names = wording.listed(wording.lines(str(line)) for line in mapped.lines)
    gone = (
        f" {counted(len(mapped.suspended), 'license')} that rested on the former answer are suspended."
        if mapped.suspended
        else ""
    )
    return f"{waited} Nothing is routable yet: the next import of a report gives {names} to whoever it shows with it.{gone}"
