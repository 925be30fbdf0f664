"""What comes in: JSON bodies and queries, strictly. What cannot be read is 400; what is wrong in it is 422."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.web.api.problems import Problem

Model = TypeVar("Model", bound=BaseModel)
View = Callable[..., Any]

DEEPEST = 20
"""As deep as a body may nest; ours nest two levels."""


def takes(model: type[BaseModel]) -> Callable[[View], View]:
    """The view gets its JSON body as `body`, and the OpenAPI document shows it."""

    def wrap(view: View) -> View:
        @wraps(view)
        def with_body(*args: Any, **kwargs: Any) -> Any:
            return view(*args, body=json_body(model), **kwargs)

        spec = with_body.__dict__.setdefault("_spec", {})
        spec["body"] = model
        spec["content_type"] = "application/json"
        return with_body

    return wrap


def takes_query(model: type[BaseModel]) -> Callable[[View], View]:
    """The view gets its query parameters as `query`, and the OpenAPI document shows them."""

    def wrap(view: View) -> View:
        @wraps(view)
        def with_query(*args: Any, **kwargs: Any) -> Any:
            return view(*args, query=query_of(model), **kwargs)

        with_query.__dict__.setdefault("_spec", {}).setdefault("args", []).append((model, "query"))
        return with_query

    return wrap


def json_body(model: type[Model]) -> Model:
    """The request's JSON object as `model`."""
    if not request.is_json:
        raise Problem(415, "The body must be JSON: Content-Type: application/json.")
    content = request.get_data(cache=False)
    if request.content_length is None and len(content) == request.max_content_length:
        # A body that did not say its length was cut here.
        raise Problem(413, f"A body here is at most {request.max_content_length} bytes.")
    found = parsed(content)
    if bad := list(_unstorable(found, "", 0)):
        raise Problem(422, "The body has text that cannot be stored.", bad)
    return _validated(model, found, "pointer")


def query_of(model: type[Model]) -> Model:
    """The query parameters as `model`; one that is given twice is refused."""
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise Problem(422, "A parameter is given twice.", [_wrong("field", name, "given twice") for name in twice])
    return _validated(model, request.args.to_dict(), "field")


def wrong_field(name: str, message: str) -> Problem:
    """422 for one field of the body (or a header) that names something that is not there."""
    where = ("field", name) if "-" in name else ("pointer", f"/{name}")
    return Problem(422, f"{name}: {message}", [_wrong(*where, message)])


def parsed(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Problem(400, "The body is not UTF-8.") from None
    except RecursionError:
        raise Problem(400, "The body nests too deeply.") from None
    except ValueError as error:
        raise Problem(400, f"The body is not JSON: {error}"[:300]) from None


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        # Two readers of one body must never see two different values.
        names = [name for name, _ in pairs]
        name = next(name for name in names if names.count(name) > 1)
        raise Problem(422, "A member is given twice.", [_wrong("pointer", f"/{_shown(name)}", "given twice")])
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _unstorable(value: Any, pointer: str, depth: int) -> Iterator[dict[str, str]]:
    """Every text that a database would refuse: NUL, half of a surrogate pair."""
    if depth > DEEPEST:
        raise Problem(400, "The body nests too deeply.")
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= mark <= "\udfff" for mark in value):
            yield _wrong("pointer", pointer, "contains NUL or half of a surrogate pair")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _unstorable(name, f"{pointer}/{_shown(name)}", depth + 1)
            yield from _unstorable(inner, f"{pointer}/{_shown(name)}", depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unstorable(inner, f"{pointer}/{index}", depth + 1)


def _validated(model: type[Model], found: Any, where: str) -> Model:
    try:
        return model.model_validate(found)
    except ValidationError as error:
        errors = [_from_pydantic(where, wrong, found) for wrong in error.errors(include_url=False)]
        what = "body" if where == "pointer" else "query"
        place = f"{errors[0][where]}: " if errors[0][where] else ""
        raise Problem(422, f"The {what} is not as it must be: {place}{errors[0]['message']}", errors[:50]) from None


def _from_pydantic(where: str, wrong: ErrorDetails, found: Any) -> dict[str, str]:
    steps = [_shown(str(step)) for step in _steps(wrong, found)]
    place = "".join(f"/{step}" for step in steps) if where == "pointer" else ".".join(steps)
    return _wrong(where, place, wrong["msg"].removeprefix("Value error, "))


def _steps(wrong: ErrorDetails, found: Any) -> Iterator[int | str]:
    """The way to what is wrong; pydantic's own signposts ("str", where a text or an object may stand) are no steps."""
    for step in wrong["loc"]:
        if isinstance(found, Mapping) and step in found:
            found = found[str(step)]
        elif isinstance(found, list) and isinstance(step, int):
            found = found[step]
        elif wrong["type"] != "missing":
            continue
        yield step


def _wrong(where: str, place: str, message: str) -> dict[str, str]:
    return {where: place, "message": message}


def _shown(name: str) -> str:
    """A name fit for a pointer (RFC 6901) and for a message."""
    plain = name.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")[:100]
    return plain.replace("~", "~0").replace("/", "~1")
