"""How many pieces a text is sent in: a long code sends one of them a second. Source: TELEPHONY.md section 7."""

from __future__ import annotations

_BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each of these takes the place of two letters.
_EXTENDED = set("^{}\\[~]|€\f")


def count(body: str) -> int:
    """The segments of `body`: 160 letters of GSM-7 or 70 of UCS-2, 153 or 67 each where it takes several; at least 1."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in body):
        length, alone, each = sum(2 if letter in _EXTENDED else 1 for letter in body), 160, 153
    else:
        length, alone, each = len(body.encode("utf-16-le", "surrogatepass")) // 2, 70, 67
    return 1 if length <= alone else -(-length // each)
