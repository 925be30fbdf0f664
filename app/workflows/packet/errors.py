"""Why there is no packet."""

from __future__ import annotations

from app.workflows.errors import CannotBeDone


class TooLarge(CannotBeDone):
    """More than one packet can hold; the message says of what. Ask for fewer days."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}: ask for fewer days")
