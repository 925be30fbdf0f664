"""Putting a view at its address, with what the OpenAPI document says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel

from app.web.api.openapi import PROBLEM_SCHEMA
from app.web.api.problems import CONTENT_TYPE


def add(
    blueprint: APIBlueprint,
    method: str,
    path: str,
    view: Callable[..., Any],
    answer: type[BaseModel],
    *,
    status: int = 200,
    problems: Sequence[int] = (),
) -> None:
    """Serve `view` at `path`. Every view asks for a key, so each may answer 401 and 403, and 503 without a database."""
    may = sorted({401, 403, 503, *problems})
    documented = blueprint.doc(
        summary=(view.__doc__ or "").strip().splitlines()[0],
        operation_id=view.__name__,
        security=[{"key": []}],
        responses={  # type: ignore[arg-type]  # APIFlask types its own example too narrowly
            code: {
                "description": HTTPStatus(code).phrase,
                "content": {CONTENT_TYPE: {"schema": {"$ref": PROBLEM_SCHEMA}}},
            }
            for code in may
        },
    )(blueprint.output(answer, status_code=status)(view))
    blueprint.route(path, methods=[method])(documented)


REFUSES_BODIES = (400, 413, 415, 422)
"""What a view with a JSON body may answer."""
