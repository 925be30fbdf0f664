"""SIDs: two letters and 32 hex digits, the same ones for the same seed."""

from __future__ import annotations

import hashlib
from collections import Counter


class Sids:
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._given: Counter[str] = Counter()

    def new(self, prefix: str) -> str:
        """The next SID of a kind: CA a call, SM a text, RE a recording."""
        self._given[prefix] += 1
        return prefix + hashlib.md5(f"{self._seed}:{prefix}:{self._given[prefix]}".encode()).hexdigest()
