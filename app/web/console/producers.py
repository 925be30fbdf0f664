"""One producer as compliance sees them: licenses and whose word they are, what rests on them, and taking authority away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, abort, request, url_for

from app.domain import cascade, states
from app.domain.licensing import License, Producer, Reason, Residency, judge
from app.domain.lines import Line, Requirement
from app.domain.renewals import days_left
from app.domain.states import State
from app.reports import wording
from app.reports.wording import counted
from app.storage import complaint_log, education, moves, producer_profiles, renewal_board
from app.storage.producer_profiles import Edited, Known, Profile, Version
from app.storage.roster_changes import Subject
from app.web.console.asked import (
    asked_npn,
    asked_number,
    asked_state,
    asked_state_or_none,
    capital,
    day_typed,
    link_to,
    sentence,
)
from app.web.console.doors import Section, actor, done, read, render, tools
from app.web.console.words import spoken
from app.workflows.authority.coverage import question_of
from app.workflows.licenses import change_license, change_producer
from app.workflows.licenses.change_license import Refused
from app.workflows.licenses.exposure import exposure_since
from app.workflows.licenses.impact import Gone, NotHeld, impact_in, suspended, what_goes

EXPOSURE_DAYS = 30
VERSIONS_SHOWN = 20
COMPLAINTS_SHOWN = 20

SOURCES = {
    "csv": "roster file",
    "nipr": "NIPR report",
    "nipr-feed": "NIPR daily feed",
    "audit": "audit",
    "change": "by hand",
    "state_open": "state opened",
    "state_close": "state closed",
}
"""Where the roster's rows come from, in words."""


@dataclass(frozen=True)
class Shown:
    """Lines of one license that are alike, with what they give now. `days`: left until they expire; None: not known."""

    state: State
    lines: tuple[Line, ...]
    license: License
    source: str
    changed_at: datetime
    changed_by: str
    reasons: tuple[Reason, ...]
    days: int | None
    is_home: bool


def add_to(pages: Section) -> None:
    one = "/producers/<npn>"
    pages.add("GET", one, producer)
    pages.add("GET", f"{one}/impact", producer_impact)
    pages.add("POST", f"{one}/suspend-license", suspend_license)
    pages.add("GET", f"{one}/suspend", producer_suspension)
    pages.add("POST", f"{one}/suspend", suspend_producer)
    pages.add("POST", f"{one}/unsuspend", unsuspend_producer)


# ---- the page


def producer(npn: str) -> Response:
    return _page(npn)


def _page(npn: str, *, status: int = 200, **more: Any) -> Response:
    now = tools().clock.now()
    before = asked_number("before", least=0) or None
    with read() as tx:
        profile = producer_profiles.of_npn(tx, asked_npn(npn))
        if profile is None:
            abort(404)
        versions = producer_profiles.history(tx, npn, limit=VERSIONS_SHOWN + 1, before=before)
        found: dict[str, Any] = {
            "education": education.of_producer(tx, npn),
            "moves": moves.of_producer(tx, npn),
            "complaints": complaint_log.listed(tx, npn=npn, limit=COMPLAINTS_SHOWN),
            "renewals": renewal_board.of_producer(tx, npn),
            "exposed": exposure_since(tx, npn, now - timedelta(days=EXPOSURE_DAYS)),
        }
    who = profile.producer
    shown = _shown(profile, now)
    return render(
        "compliance/producer.html",
        status=status,
        profile=profile,
        who=who,
        shown=shown,
        held=sorted({each.state for each in shown}),
        working=sorted({each.state for each in shown if not each.reasons}),
        resting=_resting(who, now),
        versions=[(version, _told(version)) for version in versions[:VERSIONS_SHOWN]],
        older=versions[VERSIONS_SHOWN - 1].version if len(versions) > VERSIONS_SHOWN else None,
        exposure_days=EXPOSURE_DAYS,
        days_left=days_left,
        lines_told=_lines_told,
        sources=SOURCES,
        call_href=lambda sid: link_to("supervisor.call", call_sid=sid),
        **found,
        **more,
    )


def _shown(profile: Profile, now: datetime) -> list[Shown]:
    """By state; the resident one first. Lines that differ in nothing else stand together."""
    who, grouped = profile.producer, dict[tuple[Any, ...], list[Known]]()
    reasons = {
        (known.license.state, known.license.line): judge(
            who, question_of(known.license.state, Requirement(((known.license.line,),))), now
        ).reasons
        for known in profile.licenses
    }
    for known in profile.licenses:
        held = known.license
        alike = (held.state, held.license_number, held.residency, held.status, held.effective_on, held.expires_on)
        seen = (held.verified_at, known.source, known.changed_at, reasons[held.state, held.line])
        grouped.setdefault((*alike, *seen), []).append(known)
    found = [
        Shown(
            state=first.license.state,
            lines=tuple(each.license.line for each in alike),
            license=first.license,
            source=first.source,
            changed_at=first.changed_at,
            changed_by=first.changed_by,
            reasons=reasons[first.license.state, first.license.line],
            days=_days(first.license, now),
            is_home=first.license.state == who.resident_state and first.license.residency is Residency.RESIDENT,
        )
        for alike in grouped.values()
        for first in alike[:1]
    ]
    return sorted(found, key=lambda each: (not each.is_home, each.state, each.lines))


def _days(held: License, now: datetime) -> int | None:
    if held.perpetual or held.expires_on is None:
        return None
    return days_left(held.state, held.expires_on, now)


def _resting(who: Producer, now: datetime) -> int:
    """In how many states authority goes if the resident license lapses."""
    going = cascade.cascade(who, cascade.without(who, [who.resident_state]), now)
    return len({each.license.state for each in going})


def _lines_told(lines: tuple[Line, ...]) -> str:
    return wording.listed([wording.lines(str(line)) for line in lines])


# ---- what was changed, in words

_NOT_TOLD = {"producer_id", "id", "npn", "stale_at", "authority_from", "authority_until"}


def _told(version: Version) -> list[str]:
    """One sentence for each row that the change touched."""
    return [_edit(edit) for edit in version.edits]


def _edit(edit: Edited) -> str:
    what = _subject(edit)
    if edit.before is None:
        return f"{what}: added" + (f", {edit.after['status']}" if edit.after and "status" in edit.after else "")
    if edit.after is None:
        return f"{what}: removed"
    names = [name for name, value in edit.after.items() if name not in _NOT_TOLD and edit.before.get(name) != value]
    changes = ", ".join(
        f"{spoken(name)} {_value(edit.before.get(name))} → {_value(edit.after.get(name))}" for name in sorted(names)
    )
    return f"{what}: {changes or 'seen again, unchanged'}"


def _subject(edit: Edited) -> str:
    parts = edit.key.split("/")
    match edit.subject:
        case Subject.LICENSE:
            return f"{states.name(parts[1])}, {wording.lines(parts[2])}"
        case Subject.HOLD:
            return f"Hold after a move, {states.name(parts[1])}"
        case _:
            return "Producer"


def _value(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return "none" if value in (None, "") else str(value).replace("_", " ")


# ---- what rests on a license, and taking it away


def producer_impact(npn: str) -> Response:
    return _impact(npn, asked_state_or_none())


def _impact(npn: str, state: State | None, *, status: int = 200, **typed: Any) -> Response:
    now = tools().clock.now()
    with read() as tx:
        found = impact_in(tx, asked_npn(npn), [state] if state else [], now=now)
    if isinstance(found, NotHeld):
        abort(404)
    lapsing = found.without[0]
    there = [held for held in found.producer.licenses if held.state == lapsing]
    return render(
        "compliance/impact.html",
        status=status,
        impact=found,
        who=found.producer,
        lapsing=lapsing,
        going=_by_state(found.gone),
        held=sorted({held.state for held in found.producer.licenses}),
        in_force=any(str(held.status) in ("active", "renewal_pending") for held in there),
        lines_told=_lines_told,
        counted=counted,
        **{"reason": "", "since": "", "errors": {}, **typed},
    )


def _by_state(gone: Gone) -> list[dict[str, Any]]:
    """A row a state: its lines, whether it takes calls, how many others are left for each."""
    found: dict[State, dict[str, Any]] = {}
    for line in gone.lines:
        state = line.going.license.state
        row = found.setdefault(state, {"state": state, "lines": [], "is_open": line.is_open, "left": [], "dark": False})
        row["lines"].append(line.going.license.line)
        row["left"].append(len(line.left))
        row["dark"] = row["dark"] or line.is_dark
    return sorted(found.values(), key=lambda row: (not row["dark"], not row["is_open"], row["state"]))


def suspend_license(npn: str) -> Response:
    """At once. Nothing is given back by hand: an import that sees the license active does that."""
    form = request.form
    state = asked_state(form.get("state", ""))
    reason, since = form.get("reason", ""), form.get("since", "").strip()
    typed = {"reason": reason, "since": since}
    day: date | None = day_typed(since)
    if since and day is None:
        return _impact(npn, state, status=422, errors={"since": "A day, as in 2026-11-18."}, **typed)
    if form.get("sure") != "yes":
        return _impact(
            npn, state, status=422, errors={"sure": "Say that you are sure: it takes effect at once."}, **typed
        )
    now = tools().clock.now()
    found = change_license.suspend_license(
        asked_npn(npn), state, reason=reason, since=day, actor=actor(), database=tools().database, now=now
    )
    if isinstance(found, Refused):
        if found.objection is change_license.Objection.UNKNOWN:
            abort(404)
        return _impact(npn, state, status=422, errors={found.field or "reason": sentence(found.why)}, **typed)
    if not found.lines:
        told = f"{states.name(state)} was not in force before; nothing changed."
    else:
        told = f"{states.name(state)} is suspended. {_gone_told(found.gone)}"
    if since:
        told += f" {capital(counted(len(found.exposed), 'call'))} since {since} rested on it."
    return done(told, to=url_for("compliance.producer", npn=npn))


def _gone_told(gone: Gone) -> str:
    dark = wording.listed([states.name(state) for state in gone.dark])
    went = f"Authority went in {counted(len(gone.states), 'state')}" if gone.states else "No authority went with it"
    return f"{went}; nobody is left in {dark}." if dark else f"{went}."


# ---- the whole person


def producer_suspension(npn: str) -> Response:
    return _suspension(npn)


def _suspension(npn: str, *, status: int = 200, **typed: Any) -> Response:
    now = tools().clock.now()
    with read() as tx:
        profile = producer_profiles.of_npn(tx, asked_npn(npn))
        if profile is None:
            abort(404)
        gone = what_goes(tx, profile.producer, suspended(profile.producer), at=now, now=now)
    return render(
        "compliance/suspend_producer.html",
        status=status,
        who=profile.producer,
        gone=gone,
        going=_by_state(gone),
        lines_told=_lines_told,
        counted=counted,
        **{"reason": "", "errors": {}, **typed},
    )


def suspend_producer(npn: str) -> Response:
    """At once: no call is offered to them, and none that rings now can be accepted."""
    reason = request.form.get("reason", "")
    if request.form.get("sure") != "yes":
        return _suspension(
            npn, status=422, reason=reason, errors={"sure": "Say that you are sure: it takes effect at once."}
        )
    found = change_producer.suspend_producer(
        asked_npn(npn), reason=reason, actor=actor(), database=tools().database, now=tools().clock.now()
    )
    if isinstance(found, Refused):
        if found.objection is change_license.Objection.UNKNOWN:
            abort(404)
        return _suspension(npn, status=422, reason=reason, errors={found.field or "reason": sentence(found.why)})
    told = (
        f"{found.name} is suspended. {_gone_told(found.gone)}"
        if found.version
        else f"{found.name} was suspended already."
    )
    return done(told, to=url_for("compliance.producer", npn=npn))


def unsuspend_producer(npn: str) -> Response:
    """What their licenses give, they have again."""
    reason = request.form.get("reason", "")
    found = change_producer.unsuspend_producer(
        asked_npn(npn), reason=reason, actor=actor(), database=tools().database, now=tools().clock.now()
    )
    if isinstance(found, Refused):
        if found.objection is change_license.Objection.UNKNOWN:
            abort(404)
        return _page(npn, status=422, reason=reason, errors={"reason": sentence(found.why)})
    told = "has back what the licenses give" if found.version else "was not suspended; nothing changed"
    return done(f"{found.name} {told}.", to=url_for("compliance.producer", npn=npn))
