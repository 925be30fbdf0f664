"""Who asks: bearer keys and their scopes. A view without a scope of its own cannot be reached."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, request

from app.storage import access
from app.storage.access import SCOPES, VENDOR_SCOPES, ApiKey
from app.storage.database import Collision, OutOfReach
from app.web.api.limits import Limits
from app.web.api.problems import Problem
from app.wiring import Tools

LARGEST_BODY_BYTES = 64 * 1024

View = TypeVar("View", bound=Callable[..., Any])

_TOOLS, _LIMITS = "threegate", "threegate_limits"


def keep_tools(app: Flask, tools: Tools) -> None:
    app.extensions[_TOOLS] = tools
    app.extensions[_LIMITS] = Limits(tools.settings.api_per_minute)


def tools() -> Tools:
    """The tools of the app that answers this request."""
    return cast(Tools, current_app.extensions[_TOOLS])


def key() -> ApiKey:
    """Whose request this is."""
    return cast(ApiKey, g.api_key)


def needs(
    scope: str, *, largest_body_bytes: int = LARGEST_BODY_BYTES, for_vendors: bool | None = None
) -> Callable[[View], View]:
    """Marks a view with the scope that its key must have.

    `for_vendors`: a vendor's own key may ask it, and the view shows that vendor's things only. By default the views of
    the scopes that are made for vendors are; whoever opens another one looks whose it is.
    """
    assert scope in SCOPES, scope

    def mark(view: View) -> View:
        view.scope = scope  # type: ignore[attr-defined]
        view.largest_body_bytes = largest_body_bytes  # type: ignore[attr-defined]
        theirs = scope in VENDOR_SCOPES and scope != "read"
        view.for_vendors = theirs if for_vendors is None else for_vendors  # type: ignore[attr-defined]
        return view

    return mark


def view() -> Any:
    """The view that this request is for."""
    return current_app.view_functions[request.endpoint or ""]


def presented_key() -> str:
    """The key as it was sent; empty where none was."""
    scheme, _, presented = request.headers.get("Authorization", "").partition(" ")
    return presented.strip() if scheme.lower() == "bearer" else ""


def bound() -> None:
    """No more of the body is read than the view takes."""
    request.max_content_length = getattr(view(), "largest_body_bytes", LARGEST_BODY_BYTES)


def authorize() -> None:
    """Raises Problem for a request without a key in force, or beyond its limit or its scope."""
    scope: str = view().scope
    now, limits = tools().clock.now(), cast(Limits, current_app.extensions[_LIMITS])
    address, presented = request.remote_addr or "", presented_key()
    limits.check_guessing(address, presented, now, tools().database)
    found = _key_of(presented)
    if found is None:
        limits.was_wrong(address, now)
        headers = {"WWW-Authenticate": 'Bearer realm="threegate"'}
        raise Problem(401, "Send Authorization: Bearer KEY, with a key that is in force.", headers=headers)
    limits.spend(found.id, now)
    if scope not in found.scopes:
        headers = {"WWW-Authenticate": f'Bearer realm="threegate", error="insufficient_scope", scope="{scope}"'}
        raise Problem(403, f"This needs a key with the scope {scope}.", headers=headers)
    if found.vendor_id is not None and not view().for_vendors:
        raise Problem(403, "This is the agency's own: a vendor's own key does not reach it.")
    g.api_key = found
    # Told before the body is read: a client that sends too much need not send it all.
    if (request.content_length or 0) > (request.max_content_length or 0):
        raise Problem(413, f"A body here is at most {request.max_content_length} bytes.")


def _key_of(presented: str) -> ApiKey | None:
    if not access.is_key(presented):
        return None
    now = tools().clock.now()
    with tools().database.read() as tx:
        found = access.key_of(tx, presented, now)
    if found is not None and access.is_use_due(found, now):
        # Worth knowing, and not worth an answer: where it cannot be written now, the next request writes it.
        with suppress(*OutOfReach, Collision), tools().database.begin() as tx:
            access.used(tx, found, now)
    return found
