"""A reply that is stored comes back as it was, and renders the same."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.instructions import Instruction, Nothing, decode, encode

KINDS = get_args(Instruction)
instructions = st.one_of(*(st.builds(kind) if kind is Nothing else st.from_type(kind) for kind in KINDS))


@settings(max_examples=60)
@given(instruction=instructions)
def test_what_is_encoded_decodes_to_the_same(instruction: Any) -> None:
    text = encode(instruction)

    assert decode(text) == instruction
    assert encode(decode(text)) == text
    assert json.loads(text)["kind"] == type(instruction).__name__


def test_a_kind_of_tomorrow_is_refused_and_not_guessed() -> None:
    with pytest.raises(KeyError):
        decode('{"kind": "Teleport"}')
