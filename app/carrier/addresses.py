"""The one place of our webhook paths: Flask rules for the doors, absolute addresses for the carrier."""

from __future__ import annotations

import re
from dataclasses import dataclass

INCOMING = "/voice/incoming"
STATUS = "/voice/status"
FALLBACK = "/voice/fallback"
SMS_INCOMING = "/sms/incoming"
SMS_STATUS = "/sms/status"

ZIP = "/voice/calls/<call_sid>/zip/<int:round>"
AFTER = "/voice/calls/<call_sid>/after/<int:round>"
ACKNOWLEDGED = "/voice/calls/<call_sid>/acknowledged/<int:round>"
NUMBER = "/voice/calls/<call_sid>/number/<int:round>"
TIME = "/voice/calls/<call_sid>/time/<int:round>"
TIME_CONFIRMED = "/voice/calls/<call_sid>/time/<int:round>/confirmed"
HOLD = "/voice/calls/<call_sid>/hold/<int:round>"
MENU = "/voice/calls/<call_sid>/menu"
REDIRECTED = "/voice/calls/<call_sid>/redirected/<int:number>"
SCREEN = "/voice/calls/<call_sid>/offers/<int:number>/screen"
KEY = "/voice/calls/<call_sid>/offers/<int:number>/key"
CONCLUDED = "/voice/calls/<call_sid>/offers/<int:number>/concluded"
PROGRESS = "/voice/calls/<call_sid>/offers/<int:number>/progress"
RECORDED = "/voice/calls/<call_sid>/offers/<int:number>/recorded"

CALLBACK_SCREEN = "/voice/callbacks/<int:call_id>/screen"
CALLBACK_KEY = "/voice/callbacks/<int:call_id>/key"
CALLBACK_ANSWERED = "/voice/callbacks/<int:call_id>/answered"
CALLBACK_CONCLUDED = "/voice/callbacks/<int:call_id>/concluded"
CALLBACK_SERVED = "/voice/callbacks/<int:call_id>/served"
CALLBACK_PROGRESS = "/voice/callbacks/<int:call_id>/progress"
CALLBACK_STATUS = "/voice/callbacks/<int:call_id>/status"

NOTICE = "/voice/notices/<int:text_id>"
NOTICE_KEY = "/voice/notices/<int:text_id>/key"
NOTICE_STATUS = "/voice/notices/<int:text_id>/status"

# Asked on producers' legs: there an error answers with a hangup, because a document that ends bridges.
PRODUCER_LEG = frozenset(
    {SCREEN, KEY, CALLBACK_SCREEN, CALLBACK_KEY, CALLBACK_ANSWERED, CALLBACK_CONCLUDED, CALLBACK_SERVED}
)

# Reports may come twice, they may not go missing: retried twice after failed connections, timeouts and 5xx.
# The fragment is not signed (TELEPHONY.md sections 2 and 3).
RETRIED = "#rp=ct,rt,5xx&rc=2"

_PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Addresses:
    """Absolute addresses under `public_base_url`, the address at which the carrier reaches us."""

    public_base_url: str

    def incoming(self) -> str:
        return self._at(INCOMING)

    def status(self) -> str:
        return self._at(STATUS) + RETRIED

    def fallback(self) -> str:
        return self._at(FALLBACK)

    def sms_incoming(self) -> str:
        return self._at(SMS_INCOMING)

    def sms_status(self) -> str:
        return self._at(SMS_STATUS) + RETRIED

    def zip(self, call_sid: str, round: int) -> str:
        return self._at(ZIP, call_sid=call_sid, round=round)

    def after(self, call_sid: str, round: int) -> str:
        return self._at(AFTER, call_sid=call_sid, round=round)

    def acknowledged(self, call_sid: str, round: int) -> str:
        return self._at(ACKNOWLEDGED, call_sid=call_sid, round=round)

    def number(self, call_sid: str, round: int) -> str:
        return self._at(NUMBER, call_sid=call_sid, round=round)

    def time(self, call_sid: str, round: int) -> str:
        return self._at(TIME, call_sid=call_sid, round=round)

    def time_confirmed(self, call_sid: str, round: int) -> str:
        return self._at(TIME_CONFIRMED, call_sid=call_sid, round=round)

    def hold(self, call_sid: str, round: int) -> str:
        return self._at(HOLD, call_sid=call_sid, round=round)

    def menu(self, call_sid: str) -> str:
        return self._at(MENU, call_sid=call_sid)

    def redirected(self, call_sid: str, number: int) -> str:
        """Where a caller's leg that we took out of the talk of offer `number` asks what is next."""
        return self._at(REDIRECTED, call_sid=call_sid, number=number)

    def screen(self, call_sid: str, number: int) -> str:
        return self._at(SCREEN, call_sid=call_sid, number=number)

    def key(self, call_sid: str, number: int) -> str:
        return self._at(KEY, call_sid=call_sid, number=number)

    def concluded(self, call_sid: str, number: int) -> str:
        return self._at(CONCLUDED, call_sid=call_sid, number=number)

    def progress(self, call_sid: str, number: int) -> str:
        return self._at(PROGRESS, call_sid=call_sid, number=number) + RETRIED

    def recorded(self, call_sid: str, number: int) -> str:
        """Where the recording of offer `number` is told of. It may come minutes after the call."""
        return self._at(RECORDED, call_sid=call_sid, number=number) + RETRIED

    def callback_screen(self, call_id: int) -> str:
        """A callback's addresses carry our own id: an orphan whose sid we never learned announces itself."""
        return self._at(CALLBACK_SCREEN, call_id=call_id)

    def callback_key(self, call_id: int) -> str:
        return self._at(CALLBACK_KEY, call_id=call_id)

    def callback_answered(self, call_id: int) -> str:
        """Asked on the person's own leg when they answer: the last word before the bridge."""
        return self._at(CALLBACK_ANSWERED, call_id=call_id)

    def callback_concluded(self, call_id: int) -> str:
        return self._at(CALLBACK_CONCLUDED, call_id=call_id)

    def callback_served(self, call_id: int) -> str:
        return self._at(CALLBACK_SERVED, call_id=call_id)

    def callback_progress(self, call_id: int) -> str:
        return self._at(CALLBACK_PROGRESS, call_id=call_id) + RETRIED

    def callback_status(self, call_id: int) -> str:
        return self._at(CALLBACK_STATUS, call_id=call_id) + RETRIED

    def notice(self, text_id: int) -> str:
        """Where the leg of a person whom we tell something by machine asks what to say."""
        return self._at(NOTICE, text_id=text_id)

    def notice_key(self, text_id: int) -> str:
        return self._at(NOTICE_KEY, text_id=text_id)

    def notice_status(self, text_id: int) -> str:
        return self._at(NOTICE_STATUS, text_id=text_id) + RETRIED

    def _at(self, rule: str, **places: str | int) -> str:
        return self.public_base_url.rstrip("/") + _PLACE.sub(lambda place: str(places[place[1]]), rule)
