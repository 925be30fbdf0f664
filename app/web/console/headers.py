"""What every page tells the browser: run only what is ours, show it in no other site's frame, keep no copy."""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request

from app.web.api.keys import tools
from app.web.console.doors import _SECTIONS

_OURS = {
    "default-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
    # Basecoat's style sheet draws its chevrons from data: addresses.
    "img-src": "'self' data:",
}
_WIDER = {
    "softphone": {
        # Source: README of @twilio/voice-sdk 2.18.5, "Content Security Policy (CSP)".
        "script-src": "'self' media.twiliocdn.com sdk.twilio.com",
        "media-src": "'self' mediastream: media.twiliocdn.com sdk.twilio.com",
        "connect-src": "'self' eventgw.twilio.com wss://voice-js.roaming.twilio.com media.twiliocdn.com sdk.twilio.com",
    }
}


def add_headers(app: Flask) -> None:
    app.after_request(_tell)


def _tell(response: Response) -> Response:
    if request.blueprint not in current_app.extensions[_SECTIONS]:
        return response
    policy = _OURS | _WIDER.get(g.get("csp", ""), {})
    headers = response.headers
    headers["Content-Security-Policy"] = "; ".join(f"{name} {allowed}" for name, allowed in policy.items())
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = (
        f"microphone=({'self' if g.get('csp') == 'softphone' else ''}), camera=(), geolocation=()"
    )
    headers.setdefault("Cache-Control", "no-store")
    if tools().settings.public_base_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    # By this the browser's clocks tick: ours may be shifted, and faster.
    headers["X-Now"] = tools().clock.now().isoformat()
    return response
