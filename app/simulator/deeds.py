"""What people do to the product while a call goes on: compliance, producers, supervisors. Through its API, as they would."""

from __future__ import annotations

from typing import Protocol

from app.simulator import wording
from app.simulator.cast import members, suspended
from app.simulator.exchange import Exchange
from app.simulator.facts import MOST_ITEMS, Deed, Json


class Asked(Protocol):
    """A product that runs: its carrier, and its API."""

    @property
    def exchange(self) -> Exchange: ...

    def get(self, path: str) -> Json:
        """GET /api/v1{path}."""
        ...

    def send(self, method: str, path: str, body: Json) -> Json:
        """PUT or POST /api/v1{path}; a refusal that gives its reasons (409) is an answer, too."""
        ...

    def import_roster(self, roster: bytes) -> Json:
        """POST /api/v1/roster/imports."""
        ...


class Hands:
    """Does it, and notes it in `done` with the answer."""

    def __init__(self, product: Asked, roster: bytes) -> None:
        self._product = product
        self._roster = roster
        self._names = {member.npn: member.name for member in members(roster)}
        self._item: Json | None = None
        self.done: list[Deed] = []

    def suspend(self, phone: str, state: str) -> None:
        """A roster file arrives that suspends what `phone`'s owner holds in `state`."""
        at = self._product.exchange.now
        answer = self._product.import_roster(suspended(self._roster, phone, state))
        name = next(member.name for member in members(self._roster) if member.phone == phone)
        changed = f"(licenses changed: {answer.get('licenses_changed')})"
        what = f"imports a roster file: {name}, {wording.state_names([state])}, suspended {changed}"
        self.done.append(Deed(at, "compliance", what, answer))

    def set_presence(self, npn: str, presence: str) -> None:
        """A producer says whether calls may come."""
        self._do(self._names[npn], f"is {presence} now", "PUT", f"/producers/{npn}/presence", {"presence": presence})

    def look_at_queue(self, call_sid: str) -> None:
        """The supervisor finds the item that `call_sid` has made; what they do then is about that one, if there is one."""
        at = self._product.exchange.now
        listed = self._product.get(f"/escalations?status=open&limit={MOST_ITEMS}")["items"]
        self._item = next((item for item in listed if item["call_sid"] == call_sid), None)
        if self._item is None:
            self.done.append(Deed(at, "supervisor", "finds nothing of it in the queue", {}))
            return
        place = wording.state_names([self._item["state"]] if self._item["state"] else [])
        what = f"finds lead {self._item['lead_id']} in the queue: {place}, {wording.lack(self._item['reason'])}"
        self.done.append(Deed(at, "supervisor", what, self._item))

    def claim(self) -> None:
        self._of_item("claims it", "claim", {})

    def assign(self, npn: str) -> None:
        self._of_item(f"assigns it to {self._names[npn]}", "assign", {"npn": npn})

    def resolve(self, outcome: str, note: str) -> None:
        self._of_item(f"resolves it as {outcome}: “{note}”", "resolve", {"outcome": outcome, "note": note})

    def _of_item(self, what: str, verb: str, body: Json) -> None:
        if self._item is not None:
            self._do("supervisor", what, "POST", f"/escalations/{self._item['id']}/{verb}", body)

    def _do(self, who: str, what: str, method: str, path: str, body: Json) -> None:
        at = self._product.exchange.now
        self.done.append(Deed(at, who, what, self._product.send(method, path, body)))
