"""The signed examples of tests/data/twilio-examples."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

FOLDER = Path(__file__).parents[1] / "data" / "twilio-examples"
AUTH_TOKEN = "12345"
BASE_URL = "https://app.example.com"


@dataclass(frozen=True)
class Example:
    name: str
    path_with_query: str
    form: list[tuple[str, str]]
    signature: str


def _read() -> dict[str, Example]:
    stored = json.loads((FOLDER / "twilio-webhook-examples.json").read_text(encoding="utf-8"))["examples"]
    return {name: _example(name, fields) for name, fields in stored.items()}


def _example(name: str, fields: dict[str, str]) -> Example:
    parts = urlsplit(fields["url"])
    assert f"{parts.scheme}://{parts.netloc}" == BASE_URL
    return Example(
        name=name,
        path_with_query=parts.path + (f"?{parts.query}" if parts.query else ""),
        form=parse_qsl(fields["body"], keep_blank_values=True),
        signature=fields["x_twilio_signature"],
    )


EXAMPLES = _read()
