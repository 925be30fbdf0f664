"""The producer's own pages, made for a thumb: the state switch, the call card, callbacks, licenses, a move."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Response, abort, redirect, request, url_for

from app.carrier.addresses import Addresses
from app.domain import states, told_place
from app.domain.licensing import Producer
from app.domain.talk_word import TalkWord
from app.domain.told_place import Place
from app.storage import my_desk
from app.storage.database import Transaction
from app.storage.my_desk import Card, Now
from app.web.console.doors import Section, actor, done, read, refused, render, tools, user
from app.web.console.me_shown import TONES, WORDS_ON_A_TALK, Speech, shown
from app.workflows.calls.dispose_talk import NotTaken, dispose_talk
from app.workflows.calls.wrong_state import Noted, report_wrong_state
from app.workflows.errors import UnknownCall
from app.workflows.licenses.move_domicile import Refused, move_domicile
from app.workflows.licenses.my_licenses import WouldStop, licenses_of, open_move, producer_of, would_stop
from app.workflows.presence.extend_wrap_up import NotExtended, extend_wrap_up
from app.workflows.presence.set_presence import set_presence

PRESENCES = ("available", "away", "offline")


def section() -> Section:
    pages = Section("me", "/me")
    pages.add("GET", "", me)
    pages.add("GET", "/start", start)
    pages.add("GET", "/now", now)
    pages.add("POST", "/presence", presence)
    pages.add("POST", "/wrap-up", wrap_up)
    pages.add("POST", "/calls/<call_sid>/disposition", disposition)
    pages.add("GET", "/calls/<call_sid>/wrong-state", wrong_state)
    pages.add("POST", "/calls/<call_sid>/wrong-state", send_wrong_state)
    pages.add("GET", "/callbacks", callbacks)
    pages.add("GET", "/licenses", licenses)
    pages.add("GET", "/moved", moved)
    pages.add("POST", "/moved", look_at_move)
    pages.add("POST", "/moved/confirm", send_move)
    return pages


# ---- pages


def me() -> Response:
    """The state switch and the call card; for somebody without a producer, how to be linked to one."""
    say = _speech()
    if user().producer_id is None:
        return render("me/unlinked.html", say=say, language=say.language)
    return _show_now(say)


def start() -> Response:
    """The menu's way in, which only producers see there: the page itself tells everybody else how to be linked."""
    return cast(Response, redirect(url_for("me.me")))


def now() -> Response:
    """What moves of any of these pages: the state, and with `panel=now` the card."""
    say = _speech()
    with read() as tx:
        mine = _mine(tx)
        values = _now_values(tx, mine, say) if request.args.get("panel") == "now" else {}
    return render("me/now.html", **_frame(mine, say, "now"), **values)


def callbacks() -> Response:
    """The calls that are promised to be made by this producer, or by them first."""
    say = _speech()
    with read() as tx:
        mine = _mine(tx)
        promised = my_desk.promised_to(tx, mine.seat.producer_id)
    return _panel(mine, say, "callbacks", promised=promised)


def licenses() -> Response:
    """Every state in which the producer has a license, what needs attention first."""
    say = _speech()
    with read() as tx:
        mine, producer = _mine(tx), _producer(tx)
        held, move = licenses_of(tx, producer, say.now), open_move(tx, producer.npn)
    fine = [one.days_left for one in held if one.days_left is not None]
    return _panel(mine, say, "licenses", held=held, move=move, soonest=min(fine, default=None))


def moved() -> Response:
    """Report a move, or see how the reported one stands."""
    return _moved(_speech())


# ---- what is done


def presence() -> Response:
    chosen = request.form.get("presence", "")
    if chosen not in PRESENCES:
        abort(400)
    say = _speech()
    npn = _npn()
    if set_presence(npn, chosen, by=actor(), database=tools().database, now=say.now) is None:
        abort(404)
    return done(say(f"done_{chosen}"), to=url_for("me.me"))


def wrap_up() -> Response:
    """Thirty seconds more."""
    say = _speech()
    extended = extend_wrap_up(_producer_id(), by=actor(), database=tools().database, now=say.now)
    if isinstance(extended, NotExtended):
        return refused(say(f"not_{extended.why}"), to=url_for("me.me"))
    return done(say("done_more_time"), to=url_for("me.me"))


def disposition(call_sid: str) -> Response:
    """The producer's word on a talk of theirs."""
    chosen = request.form.get("disposition", "")
    if chosen not in tuple(TalkWord):
        abort(400)
    say = _speech()
    _own_card(call_sid)
    try:
        told = dispose_talk(
            call_sid,
            _npn(),
            TalkWord(chosen),
            by=actor(),
            database=tools().database,
            now=say.now,
            wording=tools().wording,
        )
    except UnknownCall:
        abort(404)
    if isinstance(told, NotTaken):
        return refused(say(f"not_{told.reason}"), to=url_for("me.me"))
    return done(say("done_kept", word=say(f"word_{chosen}")), to=url_for("me.me"))


# ---- wrong state


def wrong_state(call_sid: str) -> Response:
    """Where the person really is, and what will happen then."""
    return _wrong_state(call_sid, _speech())


def send_wrong_state(call_sid: str) -> Response:
    say = _speech()
    card = _own_card(call_sid)
    zip_code, state = (request.form.get(name, "").strip() for name in ("zip", "state"))
    place, error = _place(zip_code, state)
    if place is None:
        return _wrong_state(call_sid, say, status=422, errors=error, given={"zip": zip_code, "state": state})
    told = report_wrong_state(
        call_sid,
        place,
        by=actor(),
        database=tools().database,
        carrier=tools().carrier,
        address_of=Addresses(tools().settings.public_base_url).redirected,
        now=say.now,
        talk=card.attempt.number,
    )
    named = say.states(place.states)
    if not isinstance(told, Noted):
        return _back_to_now(say("not_moved", state=named), "refused")
    moved_on = told.leaves is not None
    return _back_to_now(say("done_moved_on" if moved_on else "done_state_noted", state=named), "done")


def _place(zip_code: str, state: str) -> tuple[Place | None, dict[str, str]]:
    """Exactly one of both; else which answer is wrong, and how."""
    if bool(zip_code) == bool(state):
        return None, {"zip": "error_one_place"}
    if zip_code:
        place = told_place.in_zip(zip_code)
        return place, {} if place else {"zip": "error_zip"}
    return (Place(state=state), {}) if states.is_state(state) else (None, {"state": "error_state"})


def _wrong_state(
    call_sid: str,
    say: Speech,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    given: dict[str, str] | None = None,
) -> Response:
    card = _own_card(call_sid)
    with read() as tx:
        mine = _mine(tx)
        seen = shown(card, _producer(tx), say)
    more = {"seen": seen, "errors": errors or {}, "given": given or {}, "every_state": _every_state()}
    return _panel(mine, say, "wrong_state", status=status, **more)


# ---- a move


def look_at_move() -> Response:
    """What a move would stop at once; nothing is changed yet."""
    say = _speech()
    to_state, on_text = request.form.get("to", ""), request.form.get("on", "")
    on = _date(on_text)
    given = {"to": to_state, "on": on_text}
    if on is None:
        return _moved(say, status=422, errors={"on": "error_on"}, given=given)
    with read() as tx:
        mine = _mine(tx)
        stops = would_stop(tx, _producer(tx), to_state, on, say.now)
    if not isinstance(stops, WouldStop):
        return _moved(say, status=422, errors={stops: f"error_{stops}"}, given=given)
    return _panel(mine, say, "moved_confirm", stops=stops, given=given)


def send_move() -> Response:
    say = _speech()
    to_state, on_text = request.form.get("to", ""), request.form.get("on", "")
    on = _date(on_text)
    if on is None:
        return _moved(say, status=422, errors={"on": "error_on"}, given={"to": to_state, "on": on_text})
    npn = _npn()
    with read() as tx:
        standing = open_move(tx, npn)
    correct = standing is not None and standing.withdrawn_at is None
    told = move_domicile(npn, to_state, on, correct=correct, actor=actor(), database=tools().database, now=say.now)
    if isinstance(told, Refused):
        field = told.field or "to"
        return _moved(say, status=422, errors={field: f"error_{field}"}, given={"to": to_state, "on": on_text})
    message = say("done_move", count=len(told.suspended))
    if _wants_panel():
        return _tell(_moved(say), message, "done")
    return done(message, to=url_for("me.moved"))


def _moved(
    say: Speech, *, status: int = 200, errors: dict[str, str] | None = None, given: dict[str, str] | None = None
) -> Response:
    with read() as tx:
        mine = _mine(tx)
        move = open_move(tx, _npn())
    more = {"move": move, "errors": errors or {}, "given": given or {}, "every_state": _every_state()}
    return _panel(mine, say, "moved", status=status, **more)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# ---- how it is put together


def _speech() -> Speech:
    return Speech(user().language, ZoneInfo(tools().settings.time_zone), tools().clock.now())


def _producer_id() -> int:
    """Whose page it is. Nobody else's is ever looked at."""
    found = user().producer_id
    if found is None:
        abort(404)
    return found


def _npn() -> str:
    found = user().npn
    if found is None:
        abort(404)
    return found


def _mine(tx: Transaction) -> Now:
    mine = my_desk.now_of(tx, _producer_id(), tools().clock.now())
    if mine is None:
        abort(404)
    return mine


def _producer(tx: Transaction) -> Producer:
    producer = producer_of(tx, _producer_id())
    if producer is None:
        abort(404)
    return producer


def _own_card(call_sid: str) -> Card:
    """A call on which this producer has talked; any other is as if it were not there."""
    with read() as tx:
        card = my_desk.card_of_call(tx, _producer_id(), call_sid)
    if card is None:
        abort(404)
    return card


def _show_now(say: Speech, *, status: int = 200) -> Response:
    with read() as tx:
        mine = _mine(tx)
        values = _now_values(tx, mine, say)
    return _panel(mine, say, "now", status=status, **values)


def _now_values(tx: Transaction, mine: Now, say: Speech) -> dict[str, Any]:
    card = my_desk.card_of(tx, mine.seat.producer_id, say.now)
    seen = shown(card, _producer(tx), say) if card else None
    following = None if seen else next(iter(my_desk.promised_to(tx, mine.seat.producer_id, most=1)), None)
    return {"seen": seen, "following": following, "words_on_a_talk": WORDS_ON_A_TALK}


def _frame(mine: Now, say: Speech, panel: str) -> dict[str, Any]:
    state = say.state_of(mine)
    shape, tone = TONES[state]
    return {
        "mine": mine,
        "say": say,
        "language": say.language,
        "state": state,
        "shape": shape,
        "tone": tone,
        "panel": panel,
    }


def _panel(mine: Now, say: Speech, panel: str, *, status: int = 200, **values: Any) -> Response:
    """The whole page; or what is below the state alone, where only that is asked for: a softphone's call goes on."""
    template = "me/panel.html" if _wants_panel() else "me/page.html"
    return render(template, status=status, csp="softphone", **_frame(mine, say, panel), **values)


def _wants_panel() -> bool:
    return request.headers.get("HX-Target") == "my-panel"


def _back_to_now(message: str, how: str) -> Response:
    if _wants_panel():
        return _tell(_show_now(_speech()), message, how)
    return (done if how == "done" else refused)(message, to=url_for("me.me"))


def _tell(answer: Response, message: str, how: str) -> Response:
    answer.headers["HX-Trigger"] = json.dumps({"told": {"message": message, "how": how}, "look": {}})
    return answer


def _every_state() -> list[tuple[str, str]]:
    return sorted(((code, states.name(code)) for code in states.ALL), key=lambda one: one[1])
