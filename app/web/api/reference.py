"""GET /api/reference: every operation of the OpenAPI document on one page, for people. No key, no script, nothing from afar."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint, APIFlask
from flask import Response, current_app, render_template

from app.storage.access import SCOPE_WORDS
from app.web.api import reference_text

_PAGE = "threegate_reference"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def new_blueprint() -> APIBlueprint:
    blueprint = APIBlueprint("reference", __name__, enable_openapi=False)
    blueprint.get("/api/reference")(page)
    return blueprint


def page() -> Response:
    """The page, made from the document at the first request and kept: neither changes while the process lives."""
    made: dict[str, str] = current_app.extensions.setdefault(_PAGE, {})
    if "page" not in made:
        made["page"] = _made(current_app)  # type: ignore[arg-type]  # the app is the one that APIFlask made
    response = Response(made["page"], mimetype="text/html")
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _made(app: APIFlask) -> str:
    document: dict[str, Any] = app.spec  # type: ignore[assignment]  # in JSON it is never a text
    groups = reference_text.groups(document)
    return render_template(
        "reference/page.html",
        groups=groups,
        scopes=SCOPE_WORDS,
        about=document["info"]["description"],
        code=reference_text.with_code,
    )
