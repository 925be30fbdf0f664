"""What all webhook doors share: the body is bounded, the signature comes first, documents are text/xml."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from flask import Response, abort, request

from app.carrier.webhooks import Form, Signature

MOST_FIELDS = 1_000


def signed_form(signature: Signature) -> Form:
    """The pairs of a signed webhook, blank ones included. Aborts with 403 without the carrier's signature, 413 if too large."""
    body = request.get_data(cache=False)
    try:
        form = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except (UnicodeDecodeError, ValueError):
        abort(403)
    if not signature.accepts(request.method, path_on_the_wire(), form, request.headers.get("X-Twilio-Signature")):
        abort(403)
    return form


def path_on_the_wire() -> str:
    """Path and query exactly as they came, before any unquoting: that is what was signed."""
    raw: str = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.full_path
    if raw.startswith("/"):
        return raw.rstrip("?") if raw.endswith("?") else raw
    parts = urlsplit(raw)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def document(xml: str) -> Response:
    """A TwiML reply; never cached, because Twilio keeps what may be cached."""
    response = Response(xml, mimetype="text/xml")
    response.headers["Cache-Control"] = "no-store"
    return response
