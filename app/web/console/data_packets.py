"""Packets of evidence: a form that asks for one, and the files while they are kept."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from app.domain import states
from app.reports import wording
from app.storage.requested_work import RequestedWork
from app.web.console.admin_forms import typed
from app.web.console.asked import day_typed, sentence
from app.web.console.desk_words import size, who
from app.web.console.doors import Section, actor, done, read, refused, render, tools
from app.web.console.made import STOP_ASKING, AskedFor, asked_for, fetch
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.packet.asked import asked, of_facts
from app.workflows.packet.requested import KIND, MOST_WAITING, ask_packet

SHOWN = 20
ABOUT = {"state": "A state", "npn": "A producer", "call_sid": "A call"}


def add_to(pages: Section) -> None:
    pages.add("GET", "/packets", packets)
    pages.add("POST", "/packets", ask_for_packet)
    pages.add("GET", "/packets/now", packets_now)
    pages.add("GET", "/packets/<int:packet_id>/file", packet_file)


def packets() -> Response:
    """Another page may say what it is about: `?call_sid=…`."""
    given = {name: request.args.get(name, "").strip()[:60] for name in ABOUT}
    return _page(given, {})


def ask_for_packet() -> Response:
    given = {name: typed(name) for name in (*ABOUT, "from", "to")}
    wrong = {
        name: "A day, e.g. 2026-11-18." for name in ("from", "to") if given[name] and day_typed(given[name]) is None
    }
    if wrong:
        return _page(given, wrong, status=422)
    with read() as tx:
        meant = asked(
            tx,
            state=given["state"] or None,
            npn=given["npn"] or None,
            call_sid=given["call_sid"] or None,
            first=day_typed(given["from"]) if given["from"] else None,
            last=day_typed(given["to"]) if given["to"] else None,
            zone=tools().settings.time_zone,
        )
    if isinstance(meant, Unmet):
        told = "Fill in one of the three." if meant.why.startswith("give one") else sentence(meant.why)
        return _page(given, {meant.field: told}, status=422)
    here = url_for("data.packets")
    request_id = ask_packet(meant, actor=actor(), database=tools().database, now=tools().clock.now())
    if request_id is None:
        return refused(f"{MOST_WAITING} packets wait already; wait for one.", to=here)
    return done("Asked for. The packet appears below by itself.", to=here)


def packets_now() -> Response:
    """The list, while a packet is being made."""
    shown = asked_for(KIND, most=SHOWN)
    return render("data/packets_asked.html", status=200 if shown.goes_on else STOP_ASKING, **_listed(shown))


def packet_file(packet_id: int) -> Response:
    return fetch(KIND, packet_id)


def _about(work: RequestedWork) -> str:
    """ "Ohio, Nov 1 to Nov 30, 2026"."""
    meant = of_facts(work.asked)
    named = states.name(meant.state) if meant.state else f"NPN {meant.npn}" if meant.npn else f"call {meant.call_sid}"
    if meant.first and meant.last:
        return f"{named}, {wording.span(meant.first, meant.last)}"
    if meant.first:
        return f"{named}, from {wording.day(meant.first)} on"
    return f"{named}, up to {wording.day(meant.last)}" if meant.last else named


def _listed(shown: AskedFor) -> dict[str, Any]:
    return {"works": shown.works, "kept": shown.kept, "about": _about, "size": size, "who": who}


def _page(given: dict[str, str], wrong: dict[str, str], *, status: int = 200) -> Response:
    shown = asked_for(KIND, most=SHOWN)
    return render(
        "data/packets.html",
        status=status,
        given=given,
        wrong=wrong,
        state_choices=[("", "None"), *((code, states.name(code)) for code in sorted(states.ALL, key=states.name))],
        goes_on=shown.goes_on,
        **_listed(shown),
    )
