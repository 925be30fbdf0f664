"""How many pieces a text is sent in."""

from __future__ import annotations

import pytest

from app.domain import segments


@pytest.mark.parametrize(
    ("body", "pieces"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("ñ" * 160, 1),
        ("🛑" * 35, 1),
        ("🛑" * 36, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
    ],
)
def test_a_texts_pieces_are_counted_as_carriers_do(body: str, pieces: int) -> None:
    assert segments.count(body) == pieces
