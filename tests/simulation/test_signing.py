"""The second implementation of the signature, against published vectors. Source: TELEPHONY.md section 2."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from app.simulator.signing import sign, signed_url

FOLDER = Path(__file__).parents[1] / "data" / "twilio-examples"
VECTORS = json.loads((FOLDER / "signature-vectors.json").read_text(encoding="utf-8"))["vectors"]
EXAMPLES = json.loads((FOLDER / "twilio-webhook-examples.json").read_text(encoding="utf-8"))["examples"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["source"])
def test_published_signatures_come_out(vector: dict[str, str]) -> None:
    form = parse_qsl(vector["body"], keep_blank_values=True)

    assert sign(vector["token"], vector["base_url"] + vector["path"], form) == vector["signature"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_signed_as_it_says(name: str) -> None:
    example = EXAMPLES[name]

    assert sign("12345", example["url"], example["params"].items()) == example["x_twilio_signature"]


def test_a_blank_parameter_counts() -> None:
    form = [("CallSid", "CA1"), ("FromCity", "")]

    assert sign("12345", "https://example.com/", form) != sign("12345", "https://example.com/", form[:1])


def test_a_name_given_twice_is_signed_with_its_sorted_set_of_values() -> None:
    twice = [("Event", "b"), ("Event", "a"), ("Event", "b")]

    assert sign("12345", "https://example.com/", twice) == sign("12345", "https://example.com/Event" + "aEventb", [])


@pytest.mark.parametrize(
    ("url", "voice", "signed"),
    [
        ("https://user:pw@example.com:8443/a?b=c#rc=2", True, "https://example.com/a?b=c"),
        ("https://example.com:8443/a", False, "https://example.com:8443/a"),
        ("http://example.com:8000/a", True, "http://example.com:8000/a"),
        ("http://example.com:8000/a", False, "http://example.com:8000/a"),
    ],
)
def test_the_url_is_signed_without_user_fragment_and_for_https_voice_port(url: str, voice: bool, signed: str) -> None:
    assert signed_url(url, voice=voice) == signed
