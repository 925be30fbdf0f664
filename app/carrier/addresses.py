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
MENU = "/voice/calls/<call_sid>/menu"
REDIRECTED = "/voice/calls/<call_sid>/redirected/<int:number>"
SCREEN = "/voice/calls/<call_sid>/offers/<int:number>/screen"
KEY = "/voice/calls/<call_sid>/offers/<int:number>/key"
CONCLUDED = "/voice/calls/<call_sid>/offers/<int:number>/concluded"
PROGRESS = "/voice/calls/<call_sid>/offers/<int:number>/progress"

# Asked on producers' legs: there an error answers with a hangup, because a document that ends bridges.
PRODUCER_LEG = frozenset({SCREEN, KEY})

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

    def _at(self, rule: str, **places: str | int) -> str:
        return self.public_base_url.rstrip("/") + _PLACE.sub(lambda place: str(places[place[1]]), rule)
