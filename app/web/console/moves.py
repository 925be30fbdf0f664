"""Producers who have moved: what is suspended, what each state still lacks, and how many days are left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, abort, request, url_for

from app.domain import states
from app.domain.moves import ALARM_DAYS, Move, Step, filing_rule
from app.domain.states import State
from app.reports import wording
from app.reports.wording import counted
from app.storage import moves as storage
from app.storage import producer_profiles
from app.storage.database import Transaction
from app.web.console.asked import asked_state, capital, day_typed, link_to, sentence
from app.web.console.doors import Section, actor, done, read, refused, render, tools
from app.workflows.licenses.file_address_change import file_address_change
from app.workflows.licenses.move_domicile import Objection, Refused, exposure_of, move_domicile
from app.workflows.licenses.restore_state import restore_state, what_is_missing
from app.workflows.licenses.withdraw_move import withdraw_move

MOST_SHOWN = 50
ROLES = {
    "new_residence": "New residence",
    "former_residence": "Former residence",
    "nonresident": "Nonresident",
}


@dataclass(frozen=True)
class Shown:
    """One move as the list has it. `alarm`: the last of its days of alarm that has come."""

    move: Move
    name: str
    day: int
    days_left: int
    alarm: int | None
    settled: int
    not_filed: tuple[State, ...]


def add_to(pages: Section) -> None:
    one = "/moves/<int:move_id>"
    pages.add("GET", "/moves", moves)
    pages.add("GET", "/moves/report", report_move)
    pages.add("POST", "/moves/report", report_move_now)
    pages.add("GET", one, move)
    pages.add("POST", f"{one}/<state>/filed", file_move)
    pages.add("POST", f"{one}/<state>/restored", restore_move)
    pages.add("POST", f"{one}/withdraw", withdraw_report)


# ---- looking


def moves() -> Response:
    now = tools().clock.now()
    with read() as tx:
        running = storage.every_open(tx)
        names = producer_profiles.names(tx, [each.npn for each in running[:MOST_SHOWN]])
    return render(
        "compliance/moves.html",
        running=[_shown(each, names, now) for each in running[:MOST_SHOWN]],
        total=len(running),
        alarm_days=ALARM_DAYS,
        listed=lambda codes: wording.listed([states.name(code) for code in codes], most=4),
        counted=counted,
    )


def _shown(move: Move, names: dict[str, str], now: datetime) -> Shown:
    day = move.day(now)
    last_days = {(step.due_on - move.moved_on).days for step in move.steps}
    return Shown(
        move=move,
        name=names.get(move.npn, f"NPN {move.npn}"),
        day=day,
        days_left=(move.due_on - move.moved_on).days - day,
        alarm=max((each for each in {*ALARM_DAYS, *last_days} if each <= day), default=None),
        settled=sum(step.restored_at is not None for step in move.steps),
        not_filed=tuple(step.state for step in move.steps if not (step.filed_at or step.restored_at)),
    )


def move(move_id: int) -> Response:
    return _page(move_id)


def _page(move_id: int, *, status: int = 200, **more: Any) -> Response:
    now = tools().clock.now()
    with read() as tx:
        found = _loaded(tx, move_id)
        shown = _shown(found, producer_profiles.names(tx, [found.npn]), now)
        missing = what_is_missing(tx, found, now)
        exposed = exposure_of(tx, found)
    return render(
        "compliance/move.html",
        status=status,
        shown=shown,
        steps=[_step(found, step, missing, now) for step in _in_order(found)],
        exposed=exposed,
        call_href=lambda sid: link_to("supervisor.call", call_sid=sid),
        roles=ROLES,
        alarm_days=ALARM_DAYS,
        counted=counted,
        sentence=sentence,
        **{"errors": {}, "typed": {}, **more},
    )


def _loaded(tx: Transaction, move_id: int) -> Move:
    found = storage.load(tx, move_id)
    if found is None:
        abort(404)
    return found


def _in_order(move: Move) -> list[Step]:
    """The new residence first: the others rest on it; then what is still suspended."""
    return sorted(move.steps, key=lambda step: (step.state != move.home, step.restored_at is not None, step.state))


def _step(move: Move, step: Step, missing: dict[State, str | None], now: datetime) -> dict[str, Any]:
    why = missing.get(step.state)
    last_day = (step.due_on - move.moved_on).days
    return {
        "state": step.state,
        "role": str(move.role(step.state)),
        "due_on": step.due_on,
        "days_left": last_day - move.day(now),
        "last_day": last_day,
        "asks": filing_rule(step.state).asks,
        "filed_on": _filed_on(step),
        "restored_at": step.restored_at,
        "missing": None if why is None else sentence(why),
        "may_restore": step.restored_at is None and why is None,
        "may_file": step.restored_at is None and step.filed_at is None and step.state != move.home,
    }


def _filed_on(step: Step) -> date | None:
    """The day in the state; one that was said afterwards is kept as its end, the next midnight."""
    if step.filed_at is None:
        return None
    return min((step.filed_at - timedelta(microseconds=1)).astimezone(zone).date() for zone in states.zones(step.state))


# ---- reporting one


def report_move() -> Response:
    return _form({"npn": request.args.get("npn", "")[:10]})


def _form(typed: dict[str, str], *, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    return render(
        "compliance/report_move.html",
        status=status,
        typed={"npn": "", "to": "", "on": "", **typed},
        errors=errors or {},
        states=[("", "Choose a state"), *((code, states.name(code)) for code in states.ALL)],
    )


def report_move_now() -> Response:
    """Authority is suspended at once, everywhere that rested on the old residence."""
    typed = {name: request.form.get(name, "").strip()[:40] for name in ("npn", "to", "on")}
    moved_on = day_typed(typed["on"])
    errors = {}
    if not typed["npn"].isdecimal() or not typed["npn"].isascii() or len(typed["npn"]) > 10:
        errors["npn"] = "A producer's NPN is 1 to 10 digits."
    if moved_on is None:
        errors["on"] = "The day of the move, as in 2026-11-18."
    if not states.is_state(typed["to"]):
        errors["to"] = "The state that they live in now."
    if request.form.get("sure") != "yes":
        errors["sure"] = "Say that you are sure: authority goes at once."
    if errors or moved_on is None:
        return _form(typed, status=422, errors=errors)
    found = move_domicile(
        typed["npn"], typed["to"], moved_on, actor=actor(), database=tools().database, now=tools().clock.now()
    )
    if isinstance(found, Refused):
        field = found.field or ("npn" if found.objection is Objection.UNKNOWN else "")
        status = 409 if found.objection is Objection.NOT_NOW else 422
        return _form(typed, status=status, errors={field: sentence(found.why)})
    told = f"Authority is suspended in {counted(len(found.suspended), 'state')}."
    if found.exposed:
        told += f" {capital(counted(len(found.exposed), 'call'))} bridged since the move."
    return done(told, to=url_for("compliance.move", move_id=found.move.id))


# ---- settling one


def file_move(move_id: int, state: str) -> Response:
    """The change of address is filed in the state."""
    asked_state(state)
    said = request.form.get("on", "").strip()
    filed_on = day_typed(said)
    if said and filed_on is None:
        return _page(move_id, status=422, errors={state: "A day, as in 2026-11-18."}, typed={state: said})
    with read() as tx:
        npn = _loaded(tx, move_id).npn
    found = file_address_change(npn, state, filed_on, actor=actor(), database=tools().database, now=tools().clock.now())
    if isinstance(found, Refused):
        if found.objection is Objection.UNKNOWN:
            abort(404)
        return _page(move_id, status=422, errors={state: sentence(found.why)}, typed={state: said})
    return done(f"Filed in {states.name(state)}.", to=url_for("compliance.move", move_id=move_id))


def restore_move(move_id: int, state: str) -> Response:
    """Authority comes back in the state, where the roster bears it out."""
    asked_state(state)
    with read() as tx:
        npn = _loaded(tx, move_id).npn
    found = restore_state(npn, state, actor=actor(), database=tools().database, now=tools().clock.now())
    here = url_for("compliance.move", move_id=move_id)
    if isinstance(found, Refused):
        if found.objection is Objection.UNKNOWN:
            abort(404)
        return refused(f"Not restored: {found.why}.", to=here)
    closed = " Nothing of the move is open any more." if found.closed_at else ""
    return done(f"{states.name(state)} is restored.{closed}", to=here)


def withdraw_report(move_id: int) -> Response:
    """The report was false, says another person than the one who made it."""
    because = request.form.get("because", "")
    with read() as tx:
        npn = _loaded(tx, move_id).npn
        standing = storage.open_of(tx, npn)
    if standing is None or standing.id != move_id:
        return refused(
            "This move is closed; there is nothing to withdraw.", to=url_for("compliance.move", move_id=move_id)
        )
    found = withdraw_move(npn, because, actor=actor(), database=tools().database, now=tools().clock.now())
    if isinstance(found, Refused):
        status = 409 if found.objection is Objection.NOT_NOW else 422
        return _page(move_id, status=status, errors={"because": sentence(found.why)}, typed={"because": because})
    return done("Withdrawn: nothing is due any more.", to=url_for("compliance.move", move_id=move_id))
