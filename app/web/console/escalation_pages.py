"""One item of the queue: everything about the person, and everything that a supervisor may do."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, abort, request, url_for

from app.domain.closed_hours import why_closed
from app.storage.escalations import Escalation
from app.web.console.call_words import KINDS
from app.web.console.doors import Section, actor, done, read, refused, render, tools
from app.web.console.refusal_words import closed_in_words, refusal_in_words
from app.web.console.signals import signals_of
from app.web.console.why import line_of_authority, who_was_not, who_was_rung, why_waiting
from app.workflows.callbacks.promise import zone_of
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.leads.assign_escalation import Candidate, assign_escalation, candidates
from app.workflows.leads.call_now import call_now
from app.workflows.leads.claim_next import claim_next
from app.workflows.leads.escalate_lead import called
from app.workflows.leads.escalation_in_hand import Refused
from app.workflows.leads.people_waiting import person_waiting
from app.workflows.leads.resolve_escalation import Resolution, resolve_escalation
from app.workflows.leads.schedule_escalation import schedule_escalation, slots_of
from app.workflows.leads.tell_lead import tell_lead

_ONE = "/supervisor/escalations/<int(max=2147483647):escalation_id>"

RESOLUTIONS = (
    (Resolution.SERVED, "Served: they have spoken with a licensed producer"),
    (Resolution.UNREACHABLE, "Cannot be reached"),
    (Resolution.WRONG_NUMBER, "Wrong number"),
    (Resolution.DUPLICATE, "The same person is on the list twice"),
    (Resolution.OPTED_OUT, "Wants no calls and no texts: STOP for good"),
    (Resolution.BLOCKED, "Abuse: refuse this number's calls"),
)
LONGEST_NOTE = 2000
MOST_ALLOWED, MOST_OTHERS = 100, 50


def add_to(pages: Section) -> None:
    pages.add("GET", _ONE, escalation)
    pages.add("GET", f"{_ONE}/now", escalation_now)
    pages.add("GET", f"{_ONE}/producers", producers)
    pages.add("POST", f"{_ONE}/assign", assign)
    pages.add("POST", f"{_ONE}/call", call_person)
    pages.add("POST", f"{_ONE}/schedule", schedule)
    pages.add("POST", f"{_ONE}/resolve", resolve)


# ---- looking


def escalation(escalation_id: int) -> Response:
    """The item's page."""
    return _page(escalation_id)


def escalation_now(escalation_id: int) -> Response:
    """What of it changes: who has it, until when, whether they may be called."""
    now = tools().clock.now()
    with read() as tx:
        waiting = person_waiting(tx, escalation_id, now, with_reasons=False)
        signals = signals_of(tx, now)
    if waiting is None:
        abort(404)
    return render("supervisor/escalation_now.html", waiting=waiting, signals=signals, mine=actor())


def producers(escalation_id: int) -> Response:
    """Whom it may be given to; everybody else with the reason against them."""
    named = request.args.get("name", "").strip()[:80]
    with read() as tx:
        waiting = person_waiting(tx, escalation_id, tools().clock.now())
    found = candidates(escalation_id, database=tools().database, now=tools().clock.now())
    if waiting is None or found is None:
        abort(404)
    to = url_for("supervisor.escalation", escalation_id=escalation_id)
    if isinstance(found, Refused):
        return refused(refusal_in_words(found), to=to)
    wanted = [one for one in found if named.casefold() in one.name.casefold() or named == one.npn]
    return render(
        "supervisor/producers.html",
        waiting=waiting,
        named=named,
        allowed=_part(wanted, allowed=True),
        others=_part(wanted, allowed=False),
        most_allowed=MOST_ALLOWED,
        most_others=MOST_OTHERS,
    )


def _part(found: list[Candidate], *, allowed: bool) -> list[Candidate]:
    return [one for one in found if one.allowed is allowed]


# ---- doing


def assign(escalation_id: int) -> Response:
    """To one producer, judged by the gate."""
    npn = request.form.get("npn", "").strip()[:10]
    found = assign_escalation(escalation_id, npn, actor=actor(), database=tools().database, now=tools().clock.now())
    return _after(escalation_id, found, "Assigned: they are rung at the first lawful moment.", of_one=True)


def call_person(escalation_id: int) -> Response:
    """Now: by whoever is free, or by the one who is named."""
    npn = request.form.get("npn", "").strip()[:10] or None
    found = call_now(escalation_id, npn, actor=actor(), database=tools().database, now=tools().clock.now())
    return _after(escalation_id, found, "A producer is rung now, and then the person.", of_one=npn is not None)


def schedule(escalation_id: int) -> Response:
    """At a lawful time: a slot that was offered, or one that was agreed and is typed in."""
    typed, at = request.form.get("other", "").strip()[:40], _instant(request.form.get("at", ""))
    if at is None:
        at = _typed(escalation_id, typed)
    if at is None:
        wrong = "Give a day and a time, or take one of those above." if not typed else f"{typed!r} is not a time."
        return _page(escalation_id, status=422, errors={"other": wrong}, typed={"other": typed})
    found = schedule_escalation(escalation_id, at, actor=actor(), database=tools().database, now=tools().clock.now())
    if isinstance(found, Refused) and found.reasons == ("outside_hours",):
        told = _why_not_then(escalation_id, at)
        return _page(escalation_id, status=409, errors={"other": told}, typed={"other": typed})
    return _after(escalation_id, found, "Promised: the call is on the list.")


def resolve(escalation_id: int) -> Response:
    """How it came out."""
    outcome, note = request.form.get("outcome", ""), request.form.get("note", "").strip()
    typed = {"outcome": outcome, "note": note}
    if outcome not in set(Resolution):
        return _page(escalation_id, status=422, errors={"outcome": "Say how it came out."}, typed=typed)
    if len(note) > LONGEST_NOTE:
        return _page(escalation_id, status=422, errors={"note": f"At most {LONGEST_NOTE:,} characters."}, typed=typed)
    found = resolve_escalation(
        escalation_id, Resolution(outcome), note, actor=actor(), database=tools().database, now=tools().clock.now()
    )
    return _after(escalation_id, found, "Resolved.")


def _after(
    escalation_id: int, found: Escalation | Refused | Unmet | None, told: str, *, of_one: bool = False
) -> Response:
    if found is None:
        abort(404)
    here = url_for("supervisor.escalation", escalation_id=escalation_id)
    if isinstance(found, Unmet):
        return refused(f"{found.why[:1].upper()}{found.why[1:]}.", to=here)
    if isinstance(found, Refused):
        return refused(refusal_in_words(found, of_one=of_one), to=here)
    if request.form.get("then") == "next":
        following = claim_next(actor=actor(), database=tools().database, now=tools().clock.now())
        if following is not None:
            return done(
                f"{told} This one is yours now, too.", to=url_for("supervisor.escalation", escalation_id=following.id)
            )
        return done(f"{told} Nobody else waits.", to=url_for("supervisor.queue"))
    return done(told, to=url_for("supervisor.queue"))


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None


def _typed(escalation_id: int, text: str) -> datetime | None:
    """A day and time as a form sends them, by the person's own clock."""
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return None
    with read() as tx:
        waiting = person_waiting(tx, escalation_id, tools().clock.now())
    if waiting is None or local.tzinfo is not None:
        return None
    try:
        return local.replace(tzinfo=zone_of(waiting.lead, waiting.campaign)).astimezone(UTC)
    except OverflowError:
        return None


def _why_not_then(escalation_id: int, at: datetime) -> str:
    with read() as tx:
        waiting = person_waiting(tx, escalation_id, tools().clock.now())
    if waiting is None or waiting.campaign is None:
        return "That time is not lawful."
    if at < tools().clock.now():
        return "That time is over. The next lawful ones are above."
    rules = why_closed(called(waiting.lead), at, waiting.campaign.policy)
    if not rules:
        return "That is more than three weeks ahead, or too near to closing time. The next lawful ones are above."
    return " ".join([*(closed_in_words(rule) for rule in rules), "The next lawful times are above."])


# ---- the page


def _page(
    escalation_id: int,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    now = tools().clock.now()
    with read() as tx:
        waiting = person_waiting(tx, escalation_id, now)
        if waiting is None:
            abort(404)
        told, signals = tell_lead(tx, waiting.lead.id), signals_of(tx, now)
    open_still = not waiting.escalation.resolved
    slots = slots_of(escalation_id, database=tools().database, now=now) if open_still else None
    zone = zone_of(waiting.lead, waiting.campaign)
    return render(
        "supervisor/escalation.html",
        status=status,
        waiting=waiting,
        why=why_waiting(waiting),
        rung=who_was_rung(waiting.rung),
        skipped=who_was_not(waiting.refused),
        line=line_of_authority(str(waiting.campaign.requirement)) if waiting.campaign else "",
        slots=[] if isinstance(slots, Refused) else slots or [],
        no_slots=refusal_in_words(slots) if isinstance(slots, Refused) else "",
        zone=zone,
        zone_there=now.astimezone(zone).strftime("%Z"),
        local_there=now.astimezone(zone),
        resolutions=[(str(code), told) for code, told in RESOLUTIONS],
        errors=errors or {},
        typed=typed or {},
        mine=actor(),
        told=told,
        signals=signals,
        kinds=KINDS,
    )
