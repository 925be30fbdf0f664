"""Digits as people say them and carriers write them down, English and Spanish."""

from __future__ import annotations

SPOKEN = {
    **dict.fromkeys(("zero", "oh", "o", "cero"), "0"),
    **dict.fromkeys(("one", "uno"), "1"),
    **dict.fromkeys(("two", "dos"), "2"),
    **dict.fromkeys(("three", "tres"), "3"),
    **dict.fromkeys(("four", "cuatro"), "4"),
    **dict.fromkeys(("five", "cinco"), "5"),
    **dict.fromkeys(("six", "seis"), "6"),
    **dict.fromkeys(("seven", "siete"), "7"),
    **dict.fromkeys(("eight", "ocho"), "8"),
    **dict.fromkeys(("nine", "nueve"), "9"),
}
HEARD_AS = {"won": "1", "to": "2", "too": "2", "for": "4", "ate": "8"}
"""What a transcript makes of a digit; a digit only among digits ("call me at six one for …")."""

TIMES = {"double": 2, "doble": 2, "triple": 3}
"""How often the next digit counts: "double five"."""
