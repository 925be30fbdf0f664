"""A report as JSON has it: objects by field, instants in UTC with Z, days as YYYY-MM-DD."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

_COUNTED = {"asked_because", "columns", "evidence_total"}
"""Fields of pairs that become an object, also where there are none."""


def plain(value: Any) -> Any:
    """`value` made of dictionaries, lists, text and numbers."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _field(field.name, getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def _field(name: str, value: Any) -> Any:
    return {str(key): plain(item) for key, item in value} if name in _COUNTED else plain(value)
