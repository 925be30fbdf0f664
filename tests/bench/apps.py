"""The applications that are compared: two floors, and the product."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.webhooks import ACCOUNT_SID, AUTH_TOKEN, PUBLIC

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from app.storage.database import Database

_DOCUMENT = '<?xml version="1.0" encoding="UTF-8"?><Response><Dial><Number>+15125550100</Number></Dial></Response>'


def bare() -> WSGIApplication:
    """Flask with one constant document: what nobody on Flask can beat."""
    from flask import Flask, Response

    app = Flask(__name__)

    @app.post("/voice/incoming")
    def incoming() -> Response:
        return Response(_DOCUMENT, mimetype="text/xml")

    return app.wsgi_app


def signed() -> WSGIApplication:
    """The same behind Twilio's own signature check, which reads the form."""
    from flask import Flask, Response, abort, request
    from twilio.request_validator import RequestValidator

    app = Flask(__name__)
    validator = RequestValidator(AUTH_TOKEN)

    @app.post("/voice/incoming")
    def incoming() -> Response:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(f"{PUBLIC}/voice/incoming", request.form, signature):
            abort(403)
        return Response(_DOCUMENT, mimetype="text/xml")

    return app.wsgi_app


def product(database: Database, folder: Path) -> WSGIApplication:
    """Threegate itself, on a database."""
    from app.carrier import NullCarrier
    from app.settings import Settings
    from app.timekeeping import SystemClock
    from app.web import create_app
    from app.wiring import Tools

    settings = Settings(
        env="test",
        public_base_url=PUBLIC,
        twilio_account_sid=ACCOUNT_SID,
        twilio_auth_token=AUTH_TOKEN,
        secret_key="bench",
        journal_dir=folder / "journal",
    )
    return create_app(Tools(settings, database, NullCarrier(), SystemClock())).wsgi_app
