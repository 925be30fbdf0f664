"""Parts of the OpenAPI document that several addresses share."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from app.web.api.problems import CONTENT_TYPE

OPENING = """\
Send `Authorization: Bearer KEY` with every request; each operation names the scope that its key must have. Bodies are \
JSON; nothing that is not named is taken, nothing is converted. Errors are `application/problem+json` (RFC 9457). Times \
are RFC 3339 in UTC, numbers E.164, `campaign` is a campaign's number. Lists are read page by page: pass `next_cursor` \
back as `cursor` until it is null. A POST that names itself by `Idempotency-Key` is done at most once."""

_WRONG = {
    "type": "object",
    "description": "`pointer` into a JSON body, or `field` for a parameter or header; `line` and `column` of a file.",
    "properties": {
        "pointer": {"type": "string"},
        "field": {"type": "string"},
        "line": {"type": "integer"},
        "column": {"type": ["string", "null"]},
        "value": {"type": "string"},
        "message": {"type": "string"},
    },
    "required": ["message"],
}
_INSTANT = {"type": "string", "format": "date-time"}
_SLOT = {
    "type": "object",
    "properties": {"due_at": _INSTANT, "promised_by": _INSTANT},
    "required": ["due_at", "promised_by"],
}

PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": _WRONG},
        "reasons": {"type": "array", "items": {"type": "string"}, "description": "Of a 409: codes of why not."},
        "has_it": {"type": ["string", "null"], "description": "Who has the escalation already."},
        "slots": {"type": "array", "items": _SLOT, "description": "The next lawful times."},
        "decision_id": {"type": "integer", "description": "The decision against a call."},
        "open": {"type": "integer", "description": "So many discrepancies of the audit are open."},
        "replaceable": {"type": "boolean", "description": "Whether `replace` would do it."},
    },
    "required": ["type", "title", "status", "detail", "errors"],
}

RECORD_ID = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}

PATH_PARAMETERS = {
    "npn": {"type": "string", "pattern": "^[0-9]{1,10}$", "example": "90000001"},
    "call_sid": {
        "type": "string",
        "pattern": "^[A-Za-z0-9_-]{1,34}$",
        "example": "CA0123456789abcdef0123456789abcdef",
    },
    "state": {"type": "string", "pattern": "^[A-Za-z]{2}$", "example": "OH"},
}

IDEMPOTENCY_KEY: dict[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "description": (
        "A name for this request, best a random one. The same request under the same name is done once and answered the "
        "same for seven days; another one is 422; one that is still being answered is 409."
    ),
}


def _header(schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"description": description, "schema": schema}


_COUNT = {"type": "integer", "minimum": 0}

HEADERS = {
    "X-RateLimit-Limit": _header(_COUNT, "So many requests a minute are taken from this key."),
    "X-RateLimit-Remaining": _header(_COUNT, "So many of them are left in the minute that runs."),
    "X-RateLimit-Reset": _header(_COUNT, "Seconds until it is over, and all of them are there again."),
    "Retry-After": _header(_COUNT, "Seconds to wait before the same request is worth another try."),
    "WWW-Authenticate": _header({"type": "string"}, "What to send: a bearer key."),
    "Idempotency-Replayed": _header(
        {"type": "string", "enum": ["true"]}, "This is the answer that the same request got the first time."
    ),
}

BINARY = {"type": "string", "format": "binary"}


def file_body(media_types: Iterable[str]) -> dict[str, Any]:
    """A request's body that is a file: alone in a form, or as it is in one of these types."""
    form = {"type": "object", "properties": {"file": BINARY}, "required": ["file"], "additionalProperties": False}
    plain = {media_type: {"schema": BINARY} for media_type in media_types}
    return {"required": True, "content": {**plain, "multipart/form-data": {"schema": form}}}


_WHY = {
    400: "The body cannot be read.",
    401: "There is no key, or none that is in force.",
    403: "The key lacks the scope.",
    404: "It is not there, or not for this key.",
    405: "This address takes other methods.",
    409: "As things stand it cannot be done: `reasons`, where there are any, say why. Or the same named request is at work.",
    410: "It is not there any more.",
    413: "The body is too large.",
    415: "The body is of no type that is taken here.",
    422: "It was read, and is wrong: `errors` say where.",
    429: "Too many requests; `Retry-After` says when to come again.",
    502: "The carrier did not do it, or did not say so.",
    503: "The database is out of reach; try again.",
}


def refusal(status: int) -> dict[str, Any]:
    """A response that is a problem."""
    return {
        "description": _WHY.get(status, HTTPStatus(status).phrase),
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
