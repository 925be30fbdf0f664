"""The sound of a recording, streamed from the carrier's REST half. Source: twilio.com/docs/voice/api/recording."""

from __future__ import annotations

from collections.abc import Iterator

from requests import RequestException, Response, Session

from app.carrier import CarrierUnreachable, Sound

API = "https://api.twilio.com"
CONNECT_SECONDS = 3.0
SILENCE_SECONDS = 10.0
"""So long may the carrier say nothing, at the start or between two pieces."""

_PIECE_BYTES = 64 * 1024


def fetch(session: Session, url: str, account_sid: str, auth_token: str) -> Sound | None:
    """The sound at `url`; None where the carrier has none there. Raises CarrierUnreachable, also between two pieces."""
    try:
        answer = session.get(
            url, auth=(account_sid, auth_token), stream=True, timeout=(CONNECT_SECONDS, SILENCE_SECONDS)
        )
    except (RequestException, OSError) as error:
        raise CarrierUnreachable(type(error).__name__) from error
    media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if answer.status_code == 404:
        answer.close()
        return None
    if answer.status_code != 200 or not media_type.startswith("audio/"):
        answer.close()
        raise CarrierUnreachable(f"HTTP {answer.status_code} {media_type or 'without a type'}")
    length = answer.headers.get("Content-Length", "")
    # What requests unpacks is longer than what was sent.
    told = length.isdigit() and "Content-Encoding" not in answer.headers
    return Sound(media_type, int(length) if told else None, _pieces(answer))


def _pieces(answer: Response) -> Iterator[bytes]:
    try:
        yield from answer.iter_content(_PIECE_BYTES)
    except (RequestException, OSError) as error:
        raise CarrierUnreachable(type(error).__name__) from error
    finally:
        answer.close()
