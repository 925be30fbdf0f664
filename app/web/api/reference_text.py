"""The OpenAPI document as rows for a reader: operations by group, each with what goes in, what comes out, and a request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from app.web.api.openapi import operations
from app.web.api.problems import PREFIX
from app.web.api.samples import sample, sample_body

EVERYWHERE = ("401", "403", "429", "503")
"""What every operation may answer: said once."""

DEEPEST = 3
"""Members of members of members are told; what nests deeper is in the document."""


@dataclass(frozen=True)
class Member:
    """One member of a body or an answer, or a parameter. `name` of a member of a member has its way: `items[].id`."""

    name: str
    kind: str
    limits: str
    required: bool
    told: str = ""


@dataclass(frozen=True)
class Body:
    """What goes in, or comes out, as one media type. `told`: what its shape says of itself."""

    media_type: str
    told: str
    members: list[Member]


@dataclass(frozen=True)
class Answer:
    status: str
    told: str
    bodies: list[Body]


@dataclass(frozen=True)
class Operation:
    """`problems`: (status, what it is) of those that not every operation may answer."""

    anchor: str
    method: str
    path: str
    summary: str
    told: str
    scope: str
    parameters: list[Member]
    names_itself: bool
    bodies: list[Body]
    answers: list[Answer]
    problems: list[tuple[str, str]]
    curl: str


@dataclass(frozen=True)
class Group:
    name: str
    anchor: str
    told: str
    operations: list[Operation]


def groups(document: dict[str, Any]) -> list[Group]:
    """Every operation of the document, by its group."""
    schemas = document["components"]["schemas"]
    found: dict[str, list[Operation]] = {}
    for method, path, operation in operations(document):
        found.setdefault(operation["tags"][0], []).append(_operation(method, path, operation, schemas))
    return [
        Group(tag["name"], _anchor(tag["name"]), tag["description"], found[tag["name"]]) for tag in document["tags"]
    ]


def _operation(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> Operation:
    responses = operation["responses"]
    parameters = [each for each in operation["parameters"] if each["in"] != "header"]
    content = operation.get("requestBody", {}).get("content", {})
    return Operation(
        anchor=operation["operationId"],
        method=method,
        path=path.removeprefix(PREFIX),
        summary=operation["summary"],
        told=operation.get("description", ""),
        scope=operation["security"][0]["key"][0],
        parameters=[_parameter(each, schemas) for each in parameters],
        names_itself=method == "POST",
        bodies=[_body(media_type, each["schema"], schemas) for media_type, each in content.items()],
        answers=[_answer(status, each, schemas) for status, each in sorted(responses.items()) if status < "300"],
        problems=[
            (status, each["description"])
            for status, each in sorted(responses.items())
            if status >= "400" and status not in EVERYWHERE
        ],
        curl=_curl(method, path, parameters, content, schemas),
    )


def _parameter(parameter: dict[str, Any], schemas: dict[str, Any]) -> Member:
    kind, limits = _kind(parameter["schema"], schemas), _limits(parameter["schema"], schemas)
    where = "in the path" if parameter["in"] == "path" else "in the query"
    told = _told(parameter["schema"], schemas)
    return Member(parameter["name"], f"{kind}, {where}", limits, parameter.get("required", False), told)


def _answer(status: str, response: dict[str, Any], schemas: dict[str, Any]) -> Answer:
    bodies = [_body(media_type, each["schema"], schemas) for media_type, each in response.get("content", {}).items()]
    told = response["description"]
    return Answer(status, "" if told == "Successful response" else told, bodies)


def _body(media_type: str, schema: dict[str, Any], schemas: dict[str, Any]) -> Body:
    shape = _resolved(schema, schemas)
    return Body(media_type, shape.get("description", ""), list(_members(shape, schemas, "", 0)))


def _members(shape: dict[str, Any], schemas: dict[str, Any], before: str, depth: int) -> Iterator[Member]:
    required = shape.get("required", ())
    for name, schema in shape.get("properties", {}).items():
        where = f"{before}{name}"
        yield Member(where, _kind(schema, schemas), _limits(schema, schemas), name in required, _told(schema, schemas))
        inner, mark = _inner(schema, schemas)
        if inner.get("properties") and depth < DEEPEST:
            yield from _members(inner, schemas, f"{where}{mark}.", depth + 1)


def _told(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    shape = _resolved(schema, schemas)
    said = (each.get("description", "") for each in (shape, *shape.get("anyOf", ())))
    return next(filter(None, said), "")


def _inner(schema: dict[str, Any], schemas: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The object within, and how one gets to it."""
    shape = _resolved(schema, schemas)
    for each in shape.get("anyOf", [shape]):
        each = _resolved(each, schemas)
        if "items" in each:
            return _resolved(each["items"], schemas), "[]"
        if isinstance(each.get("additionalProperties"), dict):
            return _resolved(each["additionalProperties"], schemas), "{}"
        if "properties" in each:
            return each, ""
    return {}, ""


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        found: dict[str, Any] = schemas[schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _kind(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    shape = _resolved(schema, schemas)
    if "anyOf" in shape:
        return " or ".join(dict.fromkeys(_kind(each, schemas) for each in shape["anyOf"]))
    if "enum" in shape:
        return f"one of {', '.join(map(str, shape['enum']))}"
    if "const" in shape:
        return json.dumps(shape["const"])
    kind = shape.get("type", "anything")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array":
        return f"list of {_kind(shape.get('items', {}), schemas)}"
    return _FORMATS.get(shape.get("format", ""), str(kind))


_FORMATS = {"date-time": "instant", "date": "day (YYYY-MM-DD)", "binary": "file"}


def _limits(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    shape = _resolved(schema, schemas)
    told = []
    for each in [shape, *(_resolved(each, schemas) for each in shape.get("anyOf", ()))]:
        if "minLength" in each and each["minLength"] > 0:
            told.append(f"at least {each['minLength']} characters")
        if "maxLength" in each:
            told.append(f"at most {each['maxLength']} characters")
        if "minItems" in each or "maxItems" in each:
            told.append(f"{each.get('minItems', 0)} to {each.get('maxItems', 'any number of')} items")
        if "minimum" in each or "maximum" in each:
            told.append(_range(each))
        if "pattern" in each:
            told.append(f"like {each['pattern']}")
    if shape.get("default") is not None:
        told.append(f"default {json.dumps(shape['default'])}")
    return "; ".join(dict.fromkeys(told))


def _range(schema: dict[str, Any]) -> str:
    lowest, highest = schema.get("minimum"), schema.get("maximum")
    # The largest number of a column is no limit that a reader knows.
    if highest is None or highest == 2**31 - 1:
        return f"from {lowest}" if lowest is not None else ""
    return f"{lowest} to {highest}" if lowest is not None else f"at most {highest}"


def with_code(text: str) -> Markup:
    """What stands between two `marks` is code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))


_CODE = re.compile(r"`([^`]+)`")


def _anchor(name: str) -> str:
    return "group-" + "".join(mark if mark.isalnum() else "-" for mark in name.lower())


# ---- a request to copy


def _curl(
    method: str, path: str, parameters: list[dict[str, Any]], content: dict[str, Any], schemas: dict[str, Any]
) -> str:
    query = []
    for parameter in parameters:
        value = sample(parameter["name"], _resolved(parameter["schema"], schemas), schemas)
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", str(value))
        elif parameter.get("required"):
            query.append(f"{parameter['name']}={value}")
    quoted = "&".join(query).replace("+", "%2B")
    lines = [f'curl -X {method} "$THREEGATE{path}{"?" + quoted if quoted else ""}"', '-H "Authorization: Bearer $KEY"']
    if method == "GET":
        lines[0] = lines[0].replace("curl -X GET", "curl")
    if method == "POST":
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if "application/json" in content:
        body = sample_body(_resolved(content["application/json"]["schema"], schemas), schemas)
        written = json.dumps(body, ensure_ascii=False).replace("'", "'\\''")
        lines += ['-H "Content-Type: application/json"', f"-d '{written}'"]
    elif "multipart/form-data" in content:
        lines.append('-F "file=@FILE"')
    return " \\\n  ".join(lines)
