"""Putting a view at its address, with what the OpenAPI document says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
    may_wait: bool = False,
) -> None:
    """Serve `view` at `path`. Every view asks for a key, so each may answer 401 and 403, and 503 without a database.

    `may_wait`: 202, with an answer of the same shape, says that it is being made.
    """
    schema = {"schema": {"$ref": f"#/components/schemas/{answer.__name__}"}}
    waiting = {202: {"description": "It is being made: ask again.", "content": {"application/json": schema}}}
    documented = _documented(blueprint, view, waiting if may_wait else {}, problems)(
        blueprint.output(answer, status_code=status)(view)
    )
    blueprint.route(path, methods=[method])(documented)


def add_file(
    blueprint: APIBlueprint,
    path: str,
    view: Callable[..., Any],
    media_types: Iterable[str],
    *,
    problems: Sequence[int] = (),
) -> None:
    """Serve `view`, which answers with a file of one of these types, at `path`."""
    file = {"schema": {"type": "string", "format": "binary"}}
    found = {200: {"description": "The file.", "content": dict.fromkeys(media_types, file)}}
    blueprint.route(path, methods=["GET"])(_documented(blueprint, view, found, problems)(view))


def _documented(
    blueprint: APIBlueprint, view: Callable[..., Any], found: dict[int, Any], problems: Sequence[int]
) -> Callable[..., Any]:
    may = sorted({401, 403, 503, *problems})
    return blueprint.doc(
        summary=(view.__doc__ or "").strip().splitlines()[0],
        operation_id=view.__name__,
        security=[{"key": []}],
        responses=found
        | {
            code: {
                "description": HTTPStatus(code).phrase,
                "content": {CONTENT_TYPE: {"schema": {"$ref": PROBLEM_SCHEMA}}},
            }
            for code in may
        },
    )


REFUSES_BODIES = (400, 413, 415, 422)
"""What a view with a JSON body may answer."""
