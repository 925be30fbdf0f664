"""Putting a view at its address, with what the OpenAPI document says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel

from app.web.api.document_parts import BINARY, refusal


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
    """Serve `view` at `path`. Every view asks for a key, so each may answer 401, 403, 429 beyond its limit, and 503
    without a database.

    `may_wait`: 202, with an answer of the same shape, says that it is being made.
    """
    schema = {"schema": {"$ref": f"#/components/schemas/{answer.__name__}"}}
    waiting = {202: {"description": "It is being made: ask again.", "content": {"application/json": schema}}}
    shown = blueprint.output(answer, status_code=status)(view)
    documented = _documented(blueprint, method, shown, waiting if may_wait else {}, problems)
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
    found = {200: {"description": "The file.", "content": {name: {"schema": BINARY} for name in media_types}}}
    blueprint.route(path, methods=["GET"])(_documented(blueprint, "GET", view, found, problems))


def _documented(
    blueprint: APIBlueprint, method: str, view: Callable[..., Any], found: dict[int, Any], problems: Sequence[int]
) -> Callable[..., Any]:
    may = {401, 403, 429, 503, *problems}
    if method == "POST":
        # What the door may say to the header Idempotency-Key, and to a body where none is taken.
        may |= {409, 413, 422}
    documented: Callable[..., Any] = blueprint.doc(
        operation_id=view.__name__,
        responses=found | {code: refusal(code) for code in sorted(may)},
    )(view)
    return documented


REFUSES_BODIES = (400, 413, 415, 422)
"""What a view with a JSON body may answer."""
