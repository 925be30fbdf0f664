"""A pretended supervisor, who works the queue over the API as a program of somebody else's would."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Protocol

from app.simulator.api import ApiRefused
from app.simulator.exchange import Exchange
from app.simulator.facts import Json

NAME = "pretended-supervisor"
"""The name of the key; `key:…` is how the queue names who has an item."""

SECONDS_BETWEEN_LOOKS = 75.0
LEFT_FOR_OTHERS = 5
"""So many open items are always left for whoever has signed in."""

WAITS_AT_LEAST = timedelta(minutes=3)
CROWDED = 10
"""With more open items than that, two are worked at a time."""

_NOBODY_LICENSED = "Called back by hand, no answer; nobody here is licensed in {state}."
_CANNOT = "No number to call: {why}."


class Desk(Protocol):
    """The API, however it is reached; a refusal with its reasons (409) is an answer."""

    def get(self, path: str, /) -> Json: ...

    def send(self, method: str, path: str, body: Json, /) -> Json: ...


class Supervisor:
    """Takes what has waited longest, a look later acts on it; never touches what somebody else has claimed."""

    def __init__(self, exchange: Exchange, desk: Desk, key: str, *, seed: int = 0) -> None:
        self._exchange = exchange
        self._random = random.Random(seed)
        self.desk = desk
        self.key = key

    def begin(self) -> None:
        """From now on, until the exchange stands still."""

        def once() -> None:
            self._exchange.at(SECONDS_BETWEEN_LOOKS, once)
            self.look()

        self._exchange.at(SECONDS_BETWEEN_LOOKS, once)

    def look(self) -> None:
        """Act on what is claimed, then claim the next. The demo goes on where the product is busy for once."""
        try:
            self._work()
        except ApiRefused:
            return

    def _work(self) -> None:
        own = [one for one in self._listed("claimed") if one["claimed_by"] == f"key:{NAME}"]
        for item in own:
            self._act_on(item)
        waiting = sorted(self._listed("open"), key=lambda item: str(item["opened_at"]))
        ripe = self._exchange.now - WAITS_AT_LEAST
        many = 2 if len(waiting) > CROWDED else 1
        for item in waiting[: min(many, max(0, len(waiting) - LEFT_FOR_OTHERS))]:
            if datetime.fromisoformat(item["opened_at"]) <= ripe:
                self.desk.send("POST", f"/escalations/{item['id']}/claim", {})

    def _listed(self, status: str) -> list[Json]:
        found: list[Json] = self.desk.get(f"/escalations?status={status}&limit=100")["items"]
        return found

    def _act_on(self, item: Json) -> None:
        one = f"/escalations/{item['id']}"
        asked = self.desk.get(f"/leads/{item['lead_id']}")
        if not asked["phone"]:
            self._resolve(one, _CANNOT.format(why="it was withheld"))
            return
        able = [each for each in self.desk.get(f"{one}/producers")["items"] if each["allowed"]]
        if not able:
            self._resolve(one, _NOBODY_LICENSED.format(state=item["state"] or "the caller's state"))
        elif self._random.random() < 0.4:
            self._or_resolve(one, self.desk.send("POST", f"{one}/assign", {"npn": able[0]["npn"]}))
        elif self._random.random() < 0.6:
            self._or_resolve(one, self.desk.send("POST", f"{one}/call", {}))
        else:
            self._schedule(one)

    def _schedule(self, one: str) -> None:
        slots = self.desk.get(f"{one}/slots").get("items", [])
        if slots:
            at = self._random.choice(slots)["due_at"]
            self._or_resolve(one, self.desk.send("POST", f"{one}/schedule", {"at": at}))

    def _or_resolve(self, one: str, answer: Json) -> None:
        """What may not be done is written down as it is."""
        reasons = answer.get("reasons")
        if reasons and "in_call" not in reasons:
            self._resolve(one, f"Not done: {', '.join(reasons)}.")

    def _resolve(self, one: str, note: str) -> None:
        self.desk.send("POST", f"{one}/resolve", {"outcome": "unreachable", "note": note})
