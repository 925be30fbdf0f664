"""The doors of a spoken notice: the leg that asks is that of a person whom we rang. Nothing on it ever bridges."""

from __future__ import annotations

from flask import Blueprint, Response

from app.carrier import addresses as places
from app.carrier import webhooks
from app.domain.instructions import Farewell, SpeakNotice
from app.web.legs import LegDoor
from app.wiring import Tools
from app.workflows.callbacks.say_notice import end_notice, say_notice, take_notice_key

FOR_NOTICES = (SpeakNotice, Farewell)
"""All that may be said on such a leg; any surprise is a hangup."""


def notices(tools: Tools) -> Blueprint:
    """Every address that the carrier asks about a spoken notice."""
    door = NoticeDoor(tools)
    blueprint = Blueprint("notices", __name__)
    blueprint.post(places.NOTICE)(door.say)
    blueprint.post(places.NOTICE_KEY)(door.key)
    blueprint.post(places.NOTICE_STATUS)(door.status)
    return blueprint


class NoticeDoor(LegDoor):
    """One method an address; `text_id` is ours, of the outbox."""

    def say(self, text_id: int) -> Response:
        tools = self._tools
        return self._producer(
            lambda form: say_notice(
                webhooks.keys(form), text_id, database=tools.database, now=self._now(), wording=tools.wording
            ),
            sayable=FOR_NOTICES,
        )

    def key(self, text_id: int) -> Response:
        return self._producer(
            lambda form: take_notice_key(webhooks.keys(form), text_id, database=self._tools.database, now=self._now()),
            sayable=FOR_NOTICES,
        )

    def status(self, text_id: int) -> Response:
        return self._report(
            lambda form: end_notice(
                webhooks.call_progress(form), text_id, database=self._tools.database, now=self._now()
            )
        )
