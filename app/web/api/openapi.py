"""The OpenAPI 3.1 document, where APIFlask cannot know it by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from textwrap import dedent
from typing import Any

from apiflask import APIFlask

from app.web.api import document_parts as parts
from app.web.api.groups import description_of, group_of, in_order
from app.web.api.problems import PREFIX

_LIMITS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def describe(app: APIFlask) -> None:
    """Only what is true: the responses are those that each address names itself."""
    app.config["SECURITY_SCHEMES"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "From `threegate apikey create`."}
    }
    for automatic in ("404_RESPONSE", "AUTH_ERROR_RESPONSE", "VALIDATION_ERROR_RESPONSE", "SERVERS"):
        app.config[f"AUTO_{automatic}"] = False
    app.spec_processor(partial(_completed, app))


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(method, path, operation) of everything that the document has."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def _completed(app: APIFlask, spec: dict[str, Any]) -> dict[str, Any]:
    spec["info"]["description"] = parts.OPENING
    spec["components"]["schemas"]["Problem"] = parts.PROBLEM
    spec["components"]["headers"] = parts.HEADERS
    # Pages are no part of the API.
    spec["paths"] = {path: item for path, item in spec["paths"].items() if path.startswith(f"{PREFIX}/")}
    views = {view.__name__: view for name, view in app.view_functions.items() if name.startswith("api.")}
    groups: dict[str, str] = {}
    for method, path, operation in operations(spec):
        view = views[operation["operationId"]]
        if len(spec["paths"][path]) > 1 and path.endswith("_id}"):
            # An id beyond the largest has no address of this method, and the router looks at the other methods first.
            operation["responses"].setdefault("405", parts.refusal(405))
        _complete(method, operation, view)
        group = group_of(view)
        operation["tags"] = [group]
        groups[group] = description_of(view)
    spec["tags"] = [{"name": name, "description": groups[name]} for name in in_order(groups)]
    return spec


def _complete(method: str, operation: dict[str, Any], view: Callable[..., Any]) -> None:
    first, _, more = (view.__doc__ or "").strip().partition("\n")
    operation["summary"] = first
    if more.strip():
        operation["description"] = dedent(more).strip()
    operation["security"] = [{"key": [getattr(view, "scope")]}]  # noqa: B009  # no type says that a view has one
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        _settle(parameter)
    if method == "POST":
        parameters.append(parts.IDEMPOTENCY_KEY)
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
    elif "415" in operation["responses"]:
        operation["requestBody"] = parts.file_body(getattr(view, "file_types", ()))
    for status, response in operation["responses"].items():
        response["headers"] = _headers(method, status)


def _settle(parameter: dict[str, Any]) -> None:
    """What pydantic and the router leave open of a parameter."""
    if parameter["in"] == "path":
        name = parameter["name"]
        parameter["schema"] = (
            parts.RECORD_ID if name.endswith("_id") else parts.PATH_PARAMETERS.get(name, {"type": "string"})
        )
        return
    schema = parameter["schema"]
    # A query has no null: what is not known is left out.
    if "anyOf" in schema:
        kinds = [kind for kind in schema.pop("anyOf") if kind != {"type": "null"}]
        schema.update(kinds[0] if len(kinds) == 1 else {"anyOf": kinds})
    if schema.get("default", "") is None:
        del schema["default"]


def _headers(method: str, status: str) -> dict[str, Any]:
    named = [*_LIMITS]
    if status in ("429", "503"):
        named.append("Retry-After")
    if status == "401":
        named.append("WWW-Authenticate")
    if method == "POST" and status < "300":
        named.append("Idempotency-Replayed")
    return {name: {"$ref": f"#/components/headers/{name}"} for name in named}
