"""app/domain/consent.py: only the plain words of a machine-readable consent let a machine call."""

from __future__ import annotations

import pytest

from app.domain.consent import allows_automated_calls


@pytest.mark.parametrize("consent", ['{"automated_calls": true}', '{"text": "I agree …", "automated_calls": true}'])
def test_an_object_that_says_true_allows_automated_calls(consent: str) -> None:
    assert allows_automated_calls(consent)


@pytest.mark.parametrize(
    "consent",
    [
        None,
        "",
        "true",
        "I agree to automated calls: true",
        '{"automated_calls": "true"}',
        '{"automated_calls": 1}',
        '{"automated_calls": null}',
        '{"automated_calls": false}',
        '{"automated_calls": {"automated_calls": true}}',
        '{"given": {"automated_calls": true}}',
        '{"Automated_Calls": true}',
        '{"automated_calls": false, "automated_calls": true}',
        '[{"automated_calls": true}]',
        '{"automated_calls": true} and more',
        '"{\\"automated_calls\\": true}"',
        "[" * 100_000,
        '{"automated_calls": true, "n": ' + "9" * 10_000 + "}",
    ],
)
def test_anything_else_is_a_no(consent: str | None) -> None:
    assert not allows_automated_calls(consent)
