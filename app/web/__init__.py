"""The web process: thin doors over the workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apiflask import APIFlask

    from app.wiring import Tools

LARGEST_WEBHOOK_BYTES = 64 * 1024
"""Twilio's own limit for documents; its webhooks are under 4 kB. Source: RELIABILITY.md section 4."""


def create_app(tools: Tools | None = None, *, pages_at_once: int = 4) -> APIFlask:
    """The whole web application. Touches no database: it starts, and answers calls, while that is out of reach.

    Of its threads at most `pages_at_once` answer pages; with 0 there are none.
    """
    from apiflask import APIFlask

    from app.commands import register
    from app.web.api import add_api
    from app.web.calendar_feed import calendar_feed
    from app.web.callbacks import callbacks
    from app.web.console import add_console
    from app.web.notices import notices
    from app.web.texts import texts
    from app.web.voice import voice

    if tools is None:
        from app.wiring import tools as tools_of_this_process

        tools = tools_of_this_process()
    app = APIFlask(
        __name__,
        title="Threegate",
        version="1",
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        json_errors=False,
    )
    app.config["OPENAPI_VERSION"] = "3.1.0"
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_WEBHOOK_BYTES
    app.secret_key = tools.settings.secret_key
    app.register_blueprint(voice(tools))
    app.register_blueprint(callbacks(tools))
    app.register_blueprint(notices(tools))
    app.register_blueprint(texts(tools))
    app.register_blueprint(calendar_feed(tools))
    add_api(app, tools)
    if pages_at_once:
        add_console(app, tools, pages_at_once=pages_at_once)
    register(app)
    return app
