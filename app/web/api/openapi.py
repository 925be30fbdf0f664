"""The OpenAPI 3.1 document, where APIFlask cannot know it by itself."""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask

from app.web.api.problems import PREFIX

PROBLEM_SCHEMA = "#/components/schemas/Problem"

_WRONG = {
    "type": "object",
    "description": "`pointer` into a JSON body, or `field` for a parameter or header; `line` and `column` of a file.",
    "properties": {
        "pointer": {"type": "string"},
        "field": {"type": "string"},
        "line": {"type": "integer"},
        "column": {"type": ["string", "null"]},
        "value": {"type": "string"},
        "message": {"type": "string"},
    },
    "required": ["message"],
}
_INSTANT = {"type": "string", "format": "date-time"}
_SLOT = {
    "type": "object",
    "properties": {"due_at": _INSTANT, "promised_by": _INSTANT},
    "required": ["due_at", "promised_by"],
}
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": _WRONG},
        "reasons": {"type": "array", "items": {"type": "string"}, "description": "Of a 409: codes of why not."},
        "has_it": {"type": ["string", "null"], "description": "Who has the escalation already."},
        "slots": {"type": "array", "items": _SLOT, "description": "The next lawful times."},
    },
    "required": ["type", "title", "status", "detail", "errors"],
}
_FILE = {"type": "string", "format": "binary"}
_ROSTER_FILE = {
    "required": True,
    "content": {
        "text/csv": {"schema": {"type": "string"}},
        "multipart/form-data": {
            "schema": {"type": "object", "properties": {"file": _FILE}, "required": ["file"]},
        },
    },
}
_DOCUMENT = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {"type": "object", "properties": {"file": _FILE}, "required": ["file"]},
        },
    },
}
_IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "maxLength": 255},
    "description": "The same key with the same body gets the first answer again; with another body it is 422.",
}


def describe(app: APIFlask) -> None:
    """Only what is true: the responses are those that each address names itself."""
    app.config["SECURITY_SCHEMES"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "From `threegate apikey create`."}
    }
    for automatic in ("404_RESPONSE", "AUTH_ERROR_RESPONSE", "VALIDATION_ERROR_RESPONSE", "SERVERS"):
        app.config[f"AUTO_{automatic}"] = False
    app.spec_processor(_completed)  # type: ignore[arg-type]  # a document in JSON is never a text here


def _completed(spec: dict[str, Any]) -> dict[str, Any]:
    spec["components"]["schemas"]["Problem"] = _PROBLEM
    # Pages are no part of the API.
    paths = spec["paths"] = {path: item for path, item in spec["paths"].items() if path.startswith(f"{PREFIX}/")}
    paths["/api/v1/roster/imports"]["post"]["requestBody"] = _ROSTER_FILE
    paths["/api/v1/expansion/{state}/documents"]["post"]["requestBody"] = _DOCUMENT
    paths["/api/v1/leads"]["post"]["parameters"].append(_IDEMPOTENCY_KEY)
    for path in paths.values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path" and parameter["name"].endswith("_id"):
                    parameter["schema"] = {"type": "integer"}
    return spec
