"""One plain live page of calls, phases and producers, until the consoles are built.

Never in production: it asks nobody's name.
"""

from __future__ import annotations

import secrets

from flask import Flask, Response, render_template

from app.domain import phone
from app.domain.call import Phase
from app.storage.board import board
from app.wiring import Tools


def add_live_page(app: Flask, tools: Tools) -> None:
    """`GET /`, outside production."""
    if tools.settings.env == "production":
        return
    app.add_template_filter(_masked, "masked")

    @app.get("/")
    def live() -> Response:
        now = tools.clock.now()
        with tools.database.read() as tx:
            shown = board(tx, now)
        nonce = secrets.token_urlsafe(16)
        page = render_template(
            "live.html",
            board=shown,
            now=now,
            nonce=nonce,
            names={npn: name for name, npn, _ in shown.producers},
            ready=sum(availability == "available" for _, _, availability in shown.producers),
            holding=sum(call.phase == Phase.HOLDING for call, _ in shown.calls),
        )
        response = Response(page)
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; frame-ancestors 'none'"
        )
        response.headers["Cache-Control"] = "no-store"
        return response


def _masked(number: str) -> str:
    parsed = phone.parse(number)
    return parsed.masked if parsed else "withheld"
