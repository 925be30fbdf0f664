"""The voice doors of a caller's call: one method an address. How a leg is answered stands in legs.py."""

from __future__ import annotations

from flask import Blueprint, Response

from app.carrier import addresses as places
from app.carrier import webhooks
from app.carrier.rendering import producer_leg_error
from app.web.legs import LegDoor
from app.web.webhooks import document, signed_form
from app.wiring import Tools
from app.workflows.calls.choose import choose
from app.workflows.calls.choose_time import confirm_time, take_number, take_time
from app.workflows.calls.conclude_offer import conclude_offer, note_progress
from app.workflows.calls.end_call import end_call
from app.workflows.calls.hold import hold_round
from app.workflows.calls.keep_recording import keep_recording
from app.workflows.calls.locate_caller import after_talk, locate_caller
from app.workflows.calls.producer_menu import producer_menu
from app.workflows.calls.receive_call import receive_call
from app.workflows.calls.screen_producer import press_key, screen_producer
from app.workflows.calls.wrong_state import move_on


def voice(tools: Tools) -> Blueprint:
    """Every address that the carrier asks about a call."""
    door = VoiceDoor(tools)
    blueprint = Blueprint("voice", __name__)
    post = blueprint.post
    post(places.INCOMING)(door.incoming)
    post(places.STATUS)(door.status)
    post(places.FALLBACK)(door.fallback)
    post(places.ZIP)(door.zip)
    post(places.AFTER)(door.after)
    post(places.ACKNOWLEDGED)(door.acknowledged)
    post(places.NUMBER)(door.number)
    post(places.TIME)(door.time)
    post(places.TIME_CONFIRMED)(door.time_confirmed)
    post(places.HOLD)(door.hold)
    post(places.MENU)(door.menu)
    post(places.REDIRECTED)(door.redirected)
    post(places.SCREEN)(door.screen)
    post(places.KEY)(door.key)
    post(places.CONCLUDED)(door.concluded)
    post(places.PROGRESS)(door.progress)
    post(places.RECORDED)(door.recorded)
    return blueprint


class VoiceDoor(LegDoor):
    """One method an address."""

    # ---- the caller's leg

    def incoming(self) -> Response:
        return self._caller(
            lambda form: receive_call(webhooks.arrival(form), database=self._tools.database, now=self._now())
        )

    def zip(self, call_sid: str, round: int) -> Response:
        return self._asked(locate_caller, call_sid, round)

    def after(self, call_sid: str, round: int) -> Response:
        return self._asked(after_talk, call_sid, round)

    def acknowledged(self, call_sid: str, round: int) -> Response:
        return self._asked(choose, call_sid, round)

    def number(self, call_sid: str, round: int) -> Response:
        return self._asked(take_number, call_sid, round)

    def time(self, call_sid: str, round: int) -> Response:
        return self._asked(take_time, call_sid, round)

    def time_confirmed(self, call_sid: str, round: int) -> Response:
        return self._asked(confirm_time, call_sid, round)

    def hold(self, call_sid: str, round: int) -> Response:
        return self._asked(hold_round, call_sid, round)

    def redirected(self, call_sid: str, number: int) -> Response:
        """We took the leg out of a talk in the wrong state; it asks what is next."""
        return self._asked(move_on, call_sid, number)

    def menu(self, call_sid: str) -> Response:
        return self._caller(
            lambda form: producer_menu(webhooks.keys(form), database=self._tools.database, now=self._now()), call_sid
        )

    def concluded(self, call_sid: str, number: int) -> Response:
        return self._caller(
            lambda form: conclude_offer(
                webhooks.dial_result(form),
                number,
                database=self._tools.database,
                now=self._now(),
                wording=self._tools.wording,
            ),
            call_sid,
        )

    def fallback(self) -> Response:
        """The carrier could not use a document of ours; which one, it tells us."""
        form = signed_form(self._signature)
        if webhooks.on_producer_leg(form):
            return document(producer_leg_error())
        return self._apologize(form, "the carrier could not use our document")

    # ---- reports

    def status(self) -> Response:
        return self._report(
            lambda form: end_call(
                webhooks.call_progress(form),
                database=self._tools.database,
                now=self._now(),
                wording=self._tools.wording,
            )
        )

    def progress(self, call_sid: str, number: int) -> Response:
        return self._report(
            lambda form: note_progress(
                webhooks.call_progress(form), call_sid, number, database=self._tools.database, now=self._now()
            )
        )

    def recorded(self, call_sid: str, number: int) -> Response:
        return self._report(
            lambda form: keep_recording(
                webhooks.recording_done(form), call_sid, number, database=self._tools.database, now=self._now()
            )
        )

    # ---- the producer's leg

    def screen(self, call_sid: str, number: int) -> Response:
        return self._producer(
            lambda form: screen_producer(
                webhooks.producer_leg(form), call_sid, number, database=self._tools.database, now=self._now()
            )
        )

    def key(self, call_sid: str, number: int) -> Response:
        return self._producer(
            lambda form: press_key(
                webhooks.producer_leg(form), call_sid, number, database=self._tools.database, now=self._now()
            )
        )
