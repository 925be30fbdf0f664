"""The product's JSON API, asked over HTTP with a key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import requests

from app.simulator.facts import Json

TIMEOUT_SECONDS = 15


class ApiRefused(Exception):
    """The product answered anything but 2xx, or not at all; the message is one line."""


class Api:
    """`path` is below /api/v1."""

    def __init__(self, address: str, key: str) -> None:
        self._address = address
        self._headers = {"Authorization": f"Bearer {key}"}

    def get(self, path: str) -> Json:
        return self._ask("GET", path)

    def put(self, path: str, body: Json) -> Json:
        return self._ask("PUT", path, json=body)

    def send(self, method: str, path: str, body: Json) -> Json:
        """PUT or POST; a refusal that gives its reasons (409) is an answer, too."""
        return self._ask(method, path, also=(409,), json=body)

    def send_file(self, path: str, content: bytes, content_type: str = "text/csv") -> Json:
        return self._ask("POST", path, data=content, content_type=content_type)

    def import_roster(self, roster: bytes) -> Json:
        return self.send_file("/roster/imports", roster)

    def is_ready(self) -> bool:
        """Whether the web process answers, with its database migrated."""
        try:
            return self._send("GET", f"{self._address}/readyz").status_code == 200
        except requests.RequestException:
            return False

    def _ask(self, method: str, path: str, *, also: Sequence[int] = (), **how: Any) -> Json:
        try:
            answer = self._send(method, f"{self._address}/api/v1{path}", **how)
        except requests.RequestException as error:
            raise ApiRefused(f"{method} /api/v1{path}: no answer") from error
        if not (answer.ok or answer.status_code in also):
            raise ApiRefused(f"{method} /api/v1{path}: {answer.status_code} {' '.join(answer.text.split())[:200]}")
        found: Json = answer.json()
        return found

    def _send(self, method: str, url: str, *, content_type: str | None = None, **how: Any) -> requests.Response:
        headers = self._headers | ({"Content-Type": content_type} if content_type else {})
        # A session each: several threads ask at once. No proxy between two processes of one machine.
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, url, headers=headers, timeout=TIMEOUT_SECONDS, **how)
