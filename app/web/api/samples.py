"""A body that would be taken, for a reader to start from: fictional people, fictional numbers."""

from __future__ import annotations

from typing import Any

_BY_NAME: dict[str, Any] = {
    "campaign": "+18005550199",
    "phone": "+16145550150",
    "npn": "90000001",
    "loa": "life",
    "state": "OH",
    "to": "PA",
    "zip": "43215",
    "call_sid": "CA0123456789abcdef0123456789abcdef",
    "on": "2026-12-01",
    "from": "2026-11-01",
    "at": "2026-11-18T15:00:00Z",
    "url": "https://example.com/threegate",
    "email": "ana@example.com",
    "owner": "ana@example.com",
    "name": "Licensing",
    "reason": "Asked for by compliance.",
    "because": "It was somebody else.",
    "note": "Looked into it.",
    "told": "Somebody called at night.",
    "vendor": "northwind",
    "states": ["OH"],
}
"""What a member of this name may hold."""


def sample(name: str, schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """A value that the schema takes."""
    schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if "example" in schema:
        return schema["example"]
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if name in _BY_NAME:
        return _BY_NAME[name]
    if "anyOf" in schema:
        return sample(name, schema["anyOf"][0], schemas)
    match schema.get("type"):
        case "integer" | "number":
            return max(schema.get("minimum", 1), 1)
        case "boolean":
            return True
        case "array":
            return [sample(name, schema.get("items", {}), schemas)]
        case "object":
            return sample_body(schema, schemas)
    return {"date": "2026-12-01", "date-time": "2026-11-18T15:00:00Z"}.get(schema.get("format", ""), "text")


def sample_body(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """The example that a shape has, or else its required members."""
    if schema.get("examples"):
        return schema["examples"][0]
    required = schema.get("required", ())
    return {
        name: sample(name, each, schemas) for name, each in schema.get("properties", {}).items() if name in required
    }
