"""Errors of the API: application/problem+json (RFC 9457), under /api/v1 and nowhere else."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from app.storage.database import Collision, OutOfReach

if TYPE_CHECKING:
    from apiflask import APIBlueprint

log = logging.getLogger(__name__)

PREFIX = "/api/v1"
CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """A request that is answered with an error.

    `errors` says what is wrong where: {"pointer" (into the body) or "field" (elsewhere): …, "message": …}. `more` are
    further members of the document (RFC 9457, section 3.2).
    """

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Sequence[Mapping[str, Any]] = (),
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.more = dict(more or {})


def answer(problem: Problem) -> Response:
    """The problem as a response."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "errors": problem.errors,
        **problem.more,
    }
    return Response(json.dumps(body), problem.status, problem.headers, content_type=CONTENT_TYPE)


def answer_problems_of(blueprint: APIBlueprint) -> None:
    """Whatever a view of the API raises is answered as a problem."""
    blueprint.register_error_handler(Problem, answer)
    blueprint.register_error_handler(HTTPException, _from_http)
    for unreachable in (*OutOfReach, Collision):
        blueprint.register_error_handler(unreachable, _out_of_reach)
    blueprint.register_error_handler(Exception, _surprise)


def answer_unmatched_addresses(app: Flask) -> None:
    """An address or method that no view has is a problem, too, where it is the API's; other doors keep their own."""
    app.register_error_handler(HTTPException, _at_our_door)


def _at_our_door(error: HTTPException) -> Response | HTTPException:
    ours = request.path == PREFIX or request.path.startswith(f"{PREFIX}/")
    return _from_http(error) if ours else error


def _from_http(error: HTTPException) -> Response:
    headers = {name: value for name, value in error.get_headers() if name.lower() in ("allow", "retry-after")}
    told = "There is nothing at this address." if error.code == 404 else error.description or error.name
    return answer(Problem(error.code or 500, told, headers=headers))


def _out_of_reach(error: Exception) -> Response:
    log.error("the database is out of reach at %s: %s", request.path, type(error).__name__)
    return answer(Problem(503, "The database is out of reach; try again.", headers={"Retry-After": "5"}))


def _surprise(error: Exception) -> Response:
    log.exception("%s %s failed", request.method, request.path, exc_info=error)
    return answer(Problem(500, "Something went wrong on our side; it has been logged."))
