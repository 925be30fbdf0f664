"""Recordings by REST: listen, delete. Every one sounds alike: two seconds of a tone."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from app.simulator import rest_fields as judge
from app.simulator.errors import Refused
from app.simulator.rest_fields import Fields

if TYPE_CHECKING:
    from app.simulator.exchange import Exchange

MEDIA_TYPE = "audio/mpeg"


@lru_cache(maxsize=1)
def tone() -> bytes:
    """An MP3 that a browser plays."""
    return resources.files("app").joinpath("data", "demo", "tone.mp3").read_bytes()


def fetch_sound(exchange: Exchange, fields: Fields, sid: str) -> tuple[int, bytes]:
    """What a client hears of a recording that is there. Source: twilio.com/docs/voice/api/recording."""
    judge.refuse_unknown(fields, ())
    _there(exchange, sid)
    return 200, tone()


def delete_recording(exchange: Exchange, fields: Fields, sid: str) -> tuple[int, None]:
    """Gone for good; a second time there is no such recording."""
    judge.refuse_unknown(fields, ())
    _there(exchange, sid)
    exchange.record.deleted_recordings.add(sid)
    return 204, None


def _there(exchange: Exchange, sid: str) -> None:
    record = exchange.record
    if sid in record.deleted_recordings or all(made.sid != sid for made in record.recordings):
        raise Refused(20404, f"Recordings/{sid}")
