"""Calls and leads to look at: the list, the timeline, every decision with everybody who was considered, the recordings."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from flask import Response, abort, redirect, request, stream_with_context, url_for

from app.domain import phone, states
from app.domain.call import Disposition
from app.storage import call_list, calls, floor, leads, recordings
from app.storage.calls import Event
from app.storage.ledger import Entry
from app.storage.texts import Text
from app.web.console import call_words
from app.web.console.doors import Section, actor, read, render, tools, trouble
from app.web.console.why import line_of_authority, named
from app.workflows.authority.explain_decision import Considered, explain_decision
from app.workflows.calls.play_recording import Silent, play_recording
from app.workflows.calls.tell_call import tell_call
from app.workflows.leads.tell_lead import tell_lead

PAGE = 50
MOST_FOUND = 30
MOST_REFUSED = 60

_SID = re.compile(r"[A-Za-z0-9_:-]{1,34}", re.ASCII)
_CURSOR = re.compile(r"\d{1,10}", re.ASCII)


def add_to(pages: Section) -> None:
    pages.add("GET", "/supervisor/calls", call_index)
    pages.add("GET", "/supervisor/search", search)
    pages.add("GET", "/calls/<call_sid>", call)
    pages.add("GET", "/decisions/<int(max=2147483647):decision_id>", decision)
    pages.add("GET", "/leads/<int(max=2147483647):lead_id>", lead)
    pages.add("GET", "/recordings/<recording_sid>/audio", audio)


# ---- the list


def call_index() -> Response:
    """The last calls, by disposition, state, campaign and day."""
    given = {name: request.args.get(name, "").strip()[:20] for name in ("disposition", "state", "campaign", "day")}
    before = request.args.get("before", "")
    asked = _asked(given)
    with read() as tx:
        found = call_list.listed(tx, asked, limit=PAGE + 1, before=int(before) if _CURSOR.fullmatch(before) else None)
        campaigns = floor.campaign_names(tx)
    return render(
        "supervisor/calls.html",
        found=found[:PAGE],
        following=found[PAGE - 1].id if len(found) > PAGE else None,
        given={name: text for name, text in given.items() if text},
        campaigns=sorted(campaigns.items(), key=lambda one: one[1]),
        dispositions=list(Disposition),
        all_states=[(code, states.name(code)) for code in sorted(states.ALL, key=states.name)],
        first=not before,
    )


def _asked(given: dict[str, str]) -> call_list.Asked:
    """What cannot be read is not asked."""
    disposition = Disposition(given["disposition"]) if given["disposition"] in set(Disposition) else None
    since = _day(given["day"])
    return call_list.Asked(
        disposition=disposition,
        state=given["state"] if states.is_state(given["state"]) else None,
        campaign_id=int(given["campaign"]) if _CURSOR.fullmatch(given["campaign"]) else None,
        since=since,
        until=_midnight((since + timedelta(hours=36)).date()) if since else None,
    )


def _day(text: str) -> datetime | None:
    try:
        return _midnight(date.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(tools().settings.time_zone))


# ---- what a word names


def search() -> Response:
    """A call's sid and a lead's number lead straight there; a telephone number to everything of that person."""
    text = request.args.get("q", "").strip()[:60]
    if _SID.fullmatch(text):
        with read() as tx:
            known = calls.read(tx, text) is not None
        if known:
            return cast(Response, redirect(url_for("supervisor.call", call_sid=text)))
    number = phone.parse(text)
    with read() as tx:
        if number is not None:
            theirs = call_list.leads_with_number(tx, number.e164, limit=MOST_FOUND)
            found = call_list.with_number(tx, number.e164, limit=MOST_FOUND)
            of_whom = leads.many(tx, theirs)
            return render(
                "supervisor/search.html", text=text, number=number, found=found, leads=[of_whom[one] for one in theirs]
            )
        bare = text.removeprefix("#")
        if _CURSOR.fullmatch(bare) and int(bare) < 2**31 and leads.load(tx, int(bare)) is not None:
            return cast(Response, redirect(url_for("supervisor.lead", lead_id=int(bare))))
    return render("supervisor/search.html", text=text, number=None, found=[], leads=[], status=404 if text else 200)


# ---- one call


def call(call_sid: str) -> Response:
    """Everything that happened, in order."""
    with read() as tx:
        told = tell_call(tx, call_sid) if _SID.fullmatch(call_sid) else None
    if told is None:
        abort(404)
    return render(
        "supervisor/call.html",
        told=told,
        happened=lambda event: call_words.happened(event, told.names),
        decided=lambda entry: call_words.decided(entry, told.names),
        sort_of=_sort_of,
        kinds=call_words.KINDS,
        named=named,
        line=line_of_authority(str(told.campaign.requirement)) if told.campaign else "",
    )


def _sort_of(what: Event | Entry | Text) -> str:
    return {Event: "event", Entry: "entry", Text: "text"}[type(what)]


def decision(decision_id: int) -> Response:
    """One decision: everybody who was considered, with the verdict, as the roster stood then."""
    with read() as tx:
        explained = explain_decision(tx, decision_id)
    if explained is None:
        abort(404)
    refused = [one for one in explained.producers if one.verdict == "refused"]
    return render(
        "supervisor/decision_part.html" if request.headers.get("HX-Request") else "supervisor/decision.html",
        explained=explained,
        facts=explained.entry.facts,
        could=sorted((one for one in explained.producers if one.verdict != "refused"), key=_verdict_order),
        refused=refused[:MOST_REFUSED],
        refused_total=len(refused),
        by_reason=Counter(one.reasons[0] for one in refused).most_common(),
        named=named,
        line=line_of_authority(explained.entry.facts.get("loa", "")),
        kinds=call_words.KINDS,
        instant=lambda text: datetime.fromisoformat(text) if text else None,
    )


def _verdict_order(one: Considered) -> tuple[int, str]:
    return ("chosen", "passed_over", "unavailable").index(one.verdict), one.name


# ---- one lead


def lead(lead_id: int) -> Response:
    """A lead: who owes it the next step by when, and all that was done for it."""
    with read() as tx:
        told = tell_lead(tx, lead_id)
    if told is None:
        abort(404)
    return render("supervisor/lead.html", told=told, kinds=call_words.KINDS)


# ---- recordings

_SILENT = {
    Silent.DELETED: (404, "The recording is gone", "Its time was over, and it was deleted at the carrier."),
    Silent.NOT_THERE: (404, "The carrier does not have it", "The carrier says that there is no such recording."),
    Silent.UNREACHABLE: (502, "The carrier did not answer", "The recording is still there. Try again in a moment."),
}


def audio(recording_sid: str) -> Response:
    """The sound, through us: who listens is written down before it is fetched."""
    if not re.fullmatch(r"RE[0-9a-f]{32}", recording_sid):
        abort(404)
    with read() as tx:
        if recordings.by_sid(tx, recording_sid) is None:
            abort(404)
    sound = play_recording(
        recording_sid, actor=actor(), database=tools().database, carrier=tools().carrier, now=tools().clock.now()
    )
    if sound is None:
        abort(404)
    if isinstance(sound, Silent):
        status, title, told = _SILENT[sound]
        return trouble(status, title, told)
    # With the request's context, so that the place for pages is taken until the last piece has gone out.
    answer = Response(stream_with_context(sound.pieces), content_type=sound.media_type)
    if sound.length_bytes is not None:
        answer.content_length = sound.length_bytes
    answer.headers["Content-Disposition"] = f'inline; filename="{recording_sid}"'
    return answer
