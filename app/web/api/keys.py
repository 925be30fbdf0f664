"""Who asks: bearer keys and their scopes. A view without a scope of its own cannot be reached."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

from apiflask import APIBlueprint
from flask import Flask, Response, current_app, g, request

from app.storage import access
from app.storage.access import SCOPES, ApiKey
from app.storage.database import Collision, OutOfReach
from app.web.api.problems import PREFIX, Problem, answer_problems_of
from app.wiring import Tools

LARGEST_BODY_BYTES = 64 * 1024

View = TypeVar("View", bound=Callable[..., Any])

_TOOLS = "threegate"


def keep_tools(app: Flask, tools: Tools) -> None:
    app.extensions[_TOOLS] = tools


def tools() -> Tools:
    """The tools of the app that answers this request."""
    return cast(Tools, current_app.extensions[_TOOLS])


def key() -> ApiKey:
    """Whose request this is."""
    return cast(ApiKey, g.api_key)


def new_blueprint() -> APIBlueprint:
    """The API without any address yet: every request to it is bounded and authorized before its view is reached."""
    blueprint = APIBlueprint("api", __name__, url_prefix=PREFIX, tag="API v1")
    blueprint.before_request(_bound)
    blueprint.before_request(_authorize)
    blueprint.after_request(_never_cached)
    answer_problems_of(blueprint)
    return blueprint


def needs(scope: str, *, largest_body_bytes: int = LARGEST_BODY_BYTES) -> Callable[[View], View]:
    """Marks a view with the scope that its key must have."""
    assert scope in SCOPES, scope

    def mark(view: View) -> View:
        view.scope = scope  # type: ignore[attr-defined]
        view.largest_body_bytes = largest_body_bytes  # type: ignore[attr-defined]
        return view

    return mark


def _view() -> Any:
    return current_app.view_functions[request.endpoint or ""]


def _bound() -> None:
    request.max_content_length = getattr(_view(), "largest_body_bytes", LARGEST_BODY_BYTES)


def _authorize() -> None:
    scope: str = _view().scope
    found = _key_of(request.headers.get("Authorization"))
    if found is None:
        headers = {"WWW-Authenticate": 'Bearer realm="threegate"'}
        raise Problem(401, "Send Authorization: Bearer KEY, with a key that is in force.", headers=headers)
    if scope not in found.scopes:
        headers = {"WWW-Authenticate": f'Bearer realm="threegate", error="insufficient_scope", scope="{scope}"'}
        raise Problem(403, f"This needs a key with the scope {scope}.", headers=headers)
    g.api_key = found
    # Told before the body is read: a client that sends too much need not send it all.
    if (request.content_length or 0) > (request.max_content_length or 0):
        raise Problem(413, f"A body here is at most {request.max_content_length} bytes.")


def _key_of(header: str | None) -> ApiKey | None:
    scheme, _, presented = (header or "").partition(" ")
    presented = presented.strip()
    if scheme.lower() != "bearer" or not access.is_key(presented):
        return None
    now = tools().clock.now()
    with tools().database.read() as tx:
        found = access.key_of(tx, presented, now)
    if found is not None and access.is_use_due(found, now):
        # Worth knowing, and not worth an answer: where it cannot be written now, the next request writes it.
        with suppress(*OutOfReach, Collision), tools().database.begin() as tx:
            access.used(tx, found, now)
    return found


def _never_cached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
