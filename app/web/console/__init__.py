"""The pages: for supervisors, producers, compliance and admins."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from flask import Flask

from app.wiring import Tools

if TYPE_CHECKING:
    from app.web.console.doors import Section

SUBJECTS = (
    "home",
    # ---- supervisor (B)
    "supervisor",
    # ---- producer (C)
    "me",
    # ---- softphone (D)
    "softphone",
    # ---- compliance (E1)
    "compliance",
    # ---- desk (E2)
    "desk",
    # ---- reports (F)
    "reports",
    # ---- money
    "money",
    # ---- data
    "data",
    # ---- admin (G)
    "admin",
    # ---- webhooks out
    "hooks",
)
"""Modules of this package; each has `section()`."""


def add_console(app: Flask, tools: Tools, *, pages_at_once: int) -> None:
    """Every page, the way in to them, and what the browser is told with each."""
    from app.web.console.doors import csrf, keep_slots
    from app.web.console.headers import add_headers
    from app.web.console.sign_in import set_up_sign_in
    from app.web.console.words import add_words

    set_up_sign_in(app, tools)
    csrf.init_app(app)
    sections = [cast("Section", import_module(f"{__name__}.{subject}").section()) for subject in SUBJECTS]
    for section in sections:
        app.register_blueprint(section.blueprint)
    for name in ("security", *(section.name for section in sections)):
        # APIFlask asks every blueprint; pages are not in the API's document.
        app.blueprints[name].enable_openapi = False  # type: ignore[attr-defined]
    keep_slots(app, pages_at_once, frozenset({"security", *(section.name for section in sections)}))
    add_words(app, tools)
    add_headers(app)
