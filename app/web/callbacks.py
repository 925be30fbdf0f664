"""The doors of a callback: the leg that asks is the producer's, whom we rang first."""

from __future__ import annotations

from flask import Blueprint, Response

from app.carrier import addresses as places
from app.carrier import webhooks
from app.web.legs import LegDoor
from app.wiring import Tools
from app.workflows.callbacks.conclude_callback import (
    conclude_callback,
    end_callback,
    note_callback_progress,
    take_disposition,
)
from app.workflows.callbacks.let_them_talk import let_them_talk
from app.workflows.callbacks.screen_callback import press_callback_key, screen_callback


def callbacks(tools: Tools) -> Blueprint:
    """Every address that the carrier asks about a callback."""
    door = CallbackDoor(tools)
    blueprint = Blueprint("callbacks", __name__)
    post = blueprint.post
    post(places.CALLBACK_SCREEN)(door.screen)
    post(places.CALLBACK_KEY)(door.key)
    post(places.CALLBACK_ANSWERED)(door.answered)
    post(places.CALLBACK_CONCLUDED)(door.concluded)
    post(places.CALLBACK_SERVED)(door.served)
    post(places.CALLBACK_PROGRESS)(door.progress)
    post(places.CALLBACK_STATUS)(door.status)
    return blueprint


class CallbackDoor(LegDoor):
    """One method an address; `call_id` is ours."""

    def screen(self, call_id: int) -> Response:
        return self._producer(
            lambda form: screen_callback(
                webhooks.producer_leg(form), call_id, database=self._tools.database, now=self._now()
            )
        )

    def key(self, call_id: int) -> Response:
        return self._producer(
            lambda form: press_callback_key(
                webhooks.producer_leg(form), call_id, database=self._tools.database, now=self._now()
            )
        )

    def answered(self, call_id: int) -> Response:
        """Asked on the person's own leg; a document that ends bridges here, too."""
        return self._producer(
            lambda form: let_them_talk(
                webhooks.producer_leg(form), call_id, database=self._tools.database, now=self._now()
            )
        )

    def concluded(self, call_id: int) -> Response:
        tools = self._tools
        return self._producer(
            lambda form: conclude_callback(
                webhooks.dial_result(form), call_id, database=tools.database, now=self._now(), wording=tools.wording
            )
        )

    def served(self, call_id: int) -> Response:
        tools = self._tools
        return self._producer(
            lambda form: take_disposition(
                webhooks.keys(form), call_id, database=tools.database, now=self._now(), wording=tools.wording
            )
        )

    def progress(self, call_id: int) -> Response:
        return self._report(
            lambda form: note_callback_progress(
                webhooks.call_progress(form), call_id, database=self._tools.database, now=self._now()
            )
        )

    def status(self, call_id: int) -> Response:
        tools = self._tools
        return self._report(
            lambda form: end_callback(
                webhooks.call_progress(form), call_id, database=tools.database, now=self._now(), wording=tools.wording
            )
        )
