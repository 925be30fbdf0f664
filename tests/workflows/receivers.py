"""Whoever is told, in tests."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.outside.notices import Notice


@dataclass
class Receivers:
    """While `down`, nobody can be reached; with `anybody` False there is nobody to tell. `tried` counts every notice."""

    tells_opened: bool = False
    down: bool = False
    anybody: bool = True
    tried: int = 0
    heard: list[Notice] = field(default_factory=list)

    def send(self, notice: Notice) -> bool:
        self.tried += 1
        if not self.down:
            self.heard.append(notice)
        return not self.down
