"""How a page is reached: signed in, with the right to it, from our own form, and never at the cost of a call."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import Blueprint, Flask, Response, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.storage.database import Collision, OutOfReach, TooSlow, Transaction
from app.web.api.keys import tools as tools
from app.web.console.rights import RIGHTS
from app.web.console.user_store import ConsoleUser

log = logging.getLogger(__name__)

LARGEST_FORM_BYTES = 64 * 1024

PAGE_SECONDS = 2.0
"""A page's read is cut after so many seconds (HOUSE.md: a page never silences a phone)."""

_SLOTS = "threegate_page_slots"
_SECTIONS = "threegate_sections"

View = Callable[..., Response | str]


class Section:
    """Pages of one subject, under one prefix."""

    def __init__(self, name: str, prefix: str) -> None:
        self.name = name
        self.blueprint = Blueprint(name, __name__, url_prefix=prefix or None)
        self.blueprint.before_request(_admit)
        self.blueprint.register_error_handler(HTTPException, _refuse)
        self.blueprint.register_error_handler(TooSlow, _too_slow)
        for unreachable in (*OutOfReach, Collision):
            self.blueprint.register_error_handler(unreachable, _out_of_reach)
        self.blueprint.register_error_handler(Exception, _surprise)

    def add(self, method: str, rule: str, view: View, *, largest_body_bytes: int = LARGEST_FORM_BYTES) -> None:
        """`view` at `rule`; its endpoint, SECTION.VIEW, must stand in the table of rights."""
        endpoint = f"{self.name}.{view.__name__}"
        if endpoint not in RIGHTS:
            raise LookupError(f"{endpoint} has no line in app/web/console/rights.py")
        view.largest_body_bytes = largest_body_bytes  # type: ignore[attr-defined]
        # A number that no column can hold is nothing's.
        rule = rule.replace("<int:", "<int(max=2147483647):")
        self.blueprint.add_url_rule(rule or "/", view.__name__, view, methods=[method], strict_slashes=False)


def keep_slots(app: Flask, pages_at_once: int, sections: frozenset[str]) -> None:
    """At most so many requests for pages are answered at once in this process; the other threads are the carrier's."""
    app.extensions[_SLOTS] = threading.BoundedSemaphore(pages_at_once)
    app.extensions[_SECTIONS] = sections
    # flask-security's own pages take a place, too: checking a password is the dearest of all.
    app.before_request(lambda: _take_slot() if request.blueprint == "security" else None)
    app.teardown_request(_leave)
    for unreachable in (*OutOfReach, Collision):
        app.register_error_handler(unreachable, _out_of_reach_at_sign_in)


csrf = CSRFProtect()


# ---- what a view asks for


def user() -> ConsoleUser:
    """Who is signed in."""
    return cast(ConsoleUser, current_user._get_current_object())


def actor() -> str:
    """How the ledger names who did it."""
    return f"user:{user().email}"


@contextmanager
def read() -> Iterator[Transaction]:
    """A reading transaction that is cut after PAGE_SECONDS; the page then says so."""
    with tools().database.read(at_most_seconds=PAGE_SECONDS) as tx:
        yield tx


def render(template: str, /, *, status: int = 200, csp: str = "", **values: Any) -> Response:
    """A page or a fragment of templates/console/. `csp` names a wider policy (see headers.py)."""
    if csp:
        g.csp = csp
    return Response(render_template(f"console/{template}", **values), status, content_type="text/html; charset=utf-8")


def done(message: str, *, to: str) -> Response:
    """On to `to`, which says `message`. A live region (htmx) stays where it is, says it and looks again."""
    return _told(message, "done", to)


def refused(message: str, *, to: str) -> Response:
    """Not done: `to` says why."""
    return _told(message, "refused", to)


def _told(message: str, how: str, to: str) -> Response:
    if request.headers.get("HX-Request"):
        answer = Response(status=204)
        answer.headers["HX-Trigger"] = json.dumps({"told": {"message": message, "how": how}, "look": {}})
        return answer
    flash(message, how)
    return cast(Response, redirect(to, 303))


# ---- before a view


def _take_slot() -> Response | None:
    if not _slots().acquire(blocking=False):
        return _busy()
    g.page_slot = True
    return None


def _admit() -> Response | None:
    if (busy := _take_slot()) is not None:
        return busy
    if not current_user.is_authenticated:
        return _to_sign_in()
    endpoint = request.endpoint or ""
    if not RIGHTS[endpoint] & user().roles:
        abort(403)
    request.max_content_length = getattr(current_app.view_functions[endpoint], "largest_body_bytes", LARGEST_FORM_BYTES)
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        csrf.protect()
    return None


def _leave(_: BaseException | None) -> None:
    if g.pop("page_slot", False):
        _slots().release()


def _slots() -> threading.BoundedSemaphore:
    return cast(threading.BoundedSemaphore, current_app.extensions[_SLOTS])


def _to_sign_in() -> Response:
    if request.headers.get("HX-Request"):
        answer = Response(status=401)
        answer.headers["HX-Redirect"] = url_for("security.login", next=request.headers.get("HX-Current-URL", "/"))
        return answer
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return cast(Response, redirect(url_for("security.login", next=back)))


# ---- instead of a view: pages that ask the database nothing


def trouble(status: int, title: str, told: str) -> Response:
    """A page of its own for what went wrong."""
    if request.headers.get("HX-Request"):
        # A live region keeps what it shows, and its age says the rest.
        return Response(told, status, content_type="text/plain; charset=utf-8")
    # Not by render_template: that asks who is signed in, which asks the database.
    page = current_app.jinja_env.get_template("console/trouble.html").render(title=title, told=told)
    return Response(page, status, content_type="text/html; charset=utf-8")


def _busy() -> Response:
    answer = trouble(503, "One moment", "All places for pages are taken just now; this page comes by itself.")
    answer.headers["Retry-After"] = "1"
    if request.method == "GET":
        answer.headers["Refresh"] = "1"
    return answer


_TOLD = {
    403: ("Not yours to open", "Your role does not include this page. Somebody with the role admin can change that."),
    404: ("Nothing here", "There is no such page, or what it showed is not there."),
    405: ("Not like that", "This address does not do that."),
}


def _refuse(error: HTTPException) -> Response:
    if isinstance(error, CSRFError):
        return trouble(
            400, "Please try again", "The form was too old, or not ours. Go back, reload the page, do it again."
        )
    if isinstance(error, RequestEntityTooLarge):
        return trouble(413, "Too much", f"At most {(request.max_content_length or 0) // 1024:,} KB can be sent here.")
    if error.response is not None:
        return cast(Response, error.response)
    title, told = _TOLD.get(error.code or 500, (error.name, error.description or error.name))
    return trouble(error.code or 500, title, told)


def _too_slow(_: Exception) -> Response:
    told = "Reading this took more than two seconds and was stopped, because calls come first. Narrow it down, or try again."
    return trouble(503, "That took too long", told)


def _out_of_reach(error: Exception) -> Response:
    log.error("the database is out of reach at %s: %s", request.path, type(error).__name__)
    told = (
        "The database is out of reach. Calls are still answered: each caller hears a promise, and it is written down."
    )
    return trouble(503, "Out of reach", told)


def _out_of_reach_at_sign_in(error: Exception) -> Response:
    if request.blueprint != "security":
        raise error
    return _out_of_reach(error)


def _surprise(error: Exception) -> Response:
    log.exception("%s %s failed", request.method, request.path, exc_info=error)
    return trouble(500, "Something went wrong", "It is our fault, and it has been logged. Nothing else is hurt by it.")
