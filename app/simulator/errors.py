"""Twilio's error codes with their exact texts; the table names its source."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources

_YOUNGER = {30036: "Validity Period Expired"}
"""Not in the dictionary of 2023. Source: twilio.com/docs/api/errors/30036."""
_HTTP_STATUS = {20003: 401, 20004: 405, 20404: 404, 20409: 409, 20429: 429, 20500: 500, 20503: 503}


@lru_cache(maxsize=1)
def _texts() -> dict[int, str]:
    table = resources.files("app").joinpath("data", "twilio_errors.json").read_text(encoding="utf-8")
    return _YOUNGER | {entry["code"]: entry["message"] for entry in json.loads(table)["codes"]}


def text_of(code: int) -> str:
    """The text of `code`, as Twilio's dictionary has it."""
    return _texts()[code]


class Refused(Exception):
    """REST says no: a code of Twilio's; HTTP 400 unless the code means another."""

    def __init__(self, code: int, detail: str = "") -> None:
        self.code = code
        self.message = f"{text_of(code)}: {detail}" if detail else text_of(code)
        self.status = _HTTP_STATUS.get(code, 400)
        super().__init__(f"{code}: {self.message}")

    def body(self) -> dict[str, object]:
        """`{code, message, more_info, status}`, as every REST error."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
