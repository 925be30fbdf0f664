"""A producer's browser as their phone: its pass, its signs of life, and what it shows while it rings.

None of it lets anybody talk: that takes the key in the whisper, which comes through the carrier like a phone's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import Response, abort, jsonify, url_for

from app.carrier.softphone import softphone_token
from app.domain import phone
from app.domain.softphone import SIGN_EVERY_SECONDS, registered_until
from app.storage import authority_facts
from app.web.console.doors import Section, actor, read, render, tools, user
from app.web.console.softphone_words import words_in
from app.workflows.presence.keep_softphone import keep_softphone, name_softphone
from app.workflows.presence.what_rings import what_rings

TOKEN_SECONDS = 900
"""Real seconds that a pass is good for. Renewed two minutes before its end, so somebody who may not is out within it."""


def section() -> Section:
    pages = Section("softphone", "/me/softphone")
    pages.add("GET", "", page)
    pages.add("POST", "/token", token)
    pages.add("POST", "/here", here)
    pages.add("POST", "/gone", gone)
    pages.add("GET", "/ringing", ringing)
    # For console/me/softphone.html, which any page of a producer's may include (rendered with csp="softphone").
    pages.blueprint.add_app_template_global(panel, "softphone_panel")
    return pages


@dataclass(frozen=True)
class Panel:
    """What the panel shows and its script needs. `phone` is where calls ring without it; `script` is JSON."""

    is_on: bool
    language: str
    words: dict[str, str]
    phone: str
    script: str


def panel() -> Panel:
    """The panel of who is signed in."""
    words = words_in(user().language)
    with read() as tx:
        number = phone.parse(authority_facts.phone_of(tx, _producer_id()))
    script = {
        "words": words,
        "sign_seconds": SIGN_EVERY_SECONDS,
        **{name: url_for(f"softphone.{name}") for name in ("token", "here", "gone", "ringing")},
    }
    is_on = tools().settings.softphone
    return Panel(is_on, user().language, words, number.masked if number else "", json.dumps(script))


def page() -> Response:
    """The panel alone, for a window of its own: it rings on while its producer reads other pages."""
    return render("me/softphone_page.html", csp="softphone")


def token() -> Response:
    """A pass for this producer's browser; 409 where no API key is set."""
    settings = tools().settings
    if not settings.softphone:
        return _told({"why": "off"}, 409)
    identity = name_softphone(_producer_id(), database=tools().database).identity
    # `softphone` has looked that all three are there.
    keys = (settings.twilio_account_sid or "", settings.twilio_api_key_sid or "", settings.twilio_api_key_secret or "")
    return _told({"token": softphone_token(*keys, identity=identity, seconds=TOKEN_SECONDS)})


def here() -> Response:
    """The browser is registered with the carrier: ring it, for the next minute."""
    clock = tools().clock
    if not tools().settings.softphone:
        return _told({"why": "off"}, 409)
    now = clock.now()
    keep_softphone(
        _npn(),
        registered_until(now, clock_speed=clock.speed),
        actor=actor(),
        database=tools().database,
        now=now,
    )
    return Response(status=204)


def gone() -> Response:
    """The page is left, or its softphone turned off: ring the phone."""
    keep_softphone(_npn(), None, actor=actor(), database=tools().database, now=tools().clock.now())
    return Response(status=204)


def ringing() -> Response:
    """What rings in this browser: the whisper's words, and whether a key counts yet."""
    with read() as tx:
        found = what_rings(tx, _producer_id())
    if found is None:
        return _told({"stage": "over", "words": [], "callback": False})
    language = user().language
    words = [tools().wording(each.key, language, each.values) for each in found.words]
    return _told({"stage": found.stage, "words": words, "callback": found.is_callback})


def _producer_id() -> int:
    producer_id = user().producer_id
    if producer_id is None:
        abort(404, "This sign-in is linked to no producer of the roster.")
    return producer_id


def _npn() -> str:
    npn = user().npn
    if npn is None:
        abort(404, "This sign-in is linked to no producer of the roster.")
    return npn


def _told(answer: dict[str, object], status: int = 200) -> Response:
    response = jsonify(answer)
    response.status_code = status
    return response
