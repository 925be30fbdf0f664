"""Calls, posted leads and texts without end, put on the carrier in its own order of events, whether or not we are there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import requests

from app.simulator.cast import AGENCY, Member
from app.simulator.exchange import Exchange
from app.simulator.text_behavior import answers
from app.simulator.traffic import BACK
from tests.kills.town import Person, Town

REAL_SECONDS_BETWEEN_CALLS = 1.2
REAL_SECONDS_BETWEEN_POSTS = 4.0
"""Real ones: the product has the machine's time to answer, however fast the clock runs."""

SECONDS_BETWEEN_SIGNS = 240.0
"""Producers say ON again and again: a text that found nobody is not sent twice by the carrier."""

SECONDS_UNTIL_POSTED_AGAIN = 15.0
"""A vendor without an answer asks again, under the same Idempotency-Key."""

POST_TIMEOUT_SECONDS = 10


@dataclass
class Posted:
    """One lead of the vendor's; `lead_id` is None until it was told one."""

    external_id: str
    person: Person
    lead_id: int | None = None


class Traffic:
    """Begins at `begin`, ends at `stop`; what has begun by then goes on."""

    def __init__(
        self, exchange: Exchange, producers: Sequence[Member], town: Town, *, leads_url: str, key: str
    ) -> None:
        self._exchange = exchange
        self._producers = producers
        self._town = town
        self._leads_url, self._key = leads_url, key
        self._over = threading.Event()
        self.posted: list[Posted] = []

    def begin(self) -> None:
        for member in self._producers:
            self._exchange.add_producer(member.phone)
            self._exchange.set_text_behavior(member.phone, answers({BACK: "ON"}, after=20))
        speed = self._exchange.clock.speed
        self._again_and_again(REAL_SECONDS_BETWEEN_CALLS * speed, self._call)
        self._again_and_again(REAL_SECONDS_BETWEEN_POSTS * speed, self._post)
        self._again_and_again(SECONDS_BETWEEN_SIGNS, self._give_signs)

    def stop(self) -> None:
        """Nobody new calls; a vendor who waits for an answer still asks for it."""
        self._over.set()

    def send_home(self) -> None:
        """Whoever is on a line of theirs hangs up."""
        with self._exchange.lock:
            for leg in list(self._exchange.live_legs.values()):
                if leg.direction in ("inbound", "outbound-api"):
                    leg.hang_up()

    @property
    def unanswered(self) -> list[Posted]:
        """Leads that the vendor has and we have not taken yet."""
        return [posted for posted in self.posted if posted.lead_id is None]

    def _again_and_again(self, mean: float, action: Callable[[], None]) -> None:
        def once() -> None:
            if not self._over.is_set():
                self._exchange.at(self._town.seconds(mean), once)
                action()

        self._exchange.at(self._town.seconds(mean), once)

    # ---- people who call

    def _call(self) -> None:
        known = self._town.acquaintance() if self._town.chance(0.2) else None
        person = known or self._town.newcomer()
        self._ring_in(person, anonymous=self._town.chance(0.04))

    def _ring_in(self, person: Person, *, anonymous: bool = False) -> None:
        """They call, unless they are on the phone; producers make up their minds anew."""
        with self._exchange.lock:
            if any(leg.number == person.number for leg in self._exchange.live_legs.values()):
                return
            for member in self._producers:
                self._exchange.set_behavior(member.phone, self._town.mood())
            self._exchange.add_person(person.number, self._town.at_home())
            self._exchange.set_text_behavior(person.number, self._town.texting())
            extra = {"From": "anonymous"} if anonymous else None
            self._exchange.call(person.number, AGENCY, self._town.caller(person), extra)

    # ---- the vendor

    def _post(self) -> None:
        posted = Posted(f"drill-{len(self.posted) + 1}", self._town.newcomer())
        self.posted.append(posted)
        self._send(posted)

    def _send(self, posted: Posted) -> None:
        body = {
            "campaign": AGENCY,
            "phone": posted.person.number,
            "zip": posted.person.zip_code,
            "external_id": posted.external_id,
        }
        headers = {"Authorization": f"Bearer {self._key}", "Idempotency-Key": posted.external_id}
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.post(self._leads_url, json=body, headers=headers, timeout=POST_TIMEOUT_SECONDS)
        except requests.RequestException:
            self._exchange.at(SECONDS_UNTIL_POSTED_AGAIN, lambda: self._send(posted))
            return
        if answer.status_code >= 500:
            self._exchange.at(SECONDS_UNTIL_POSTED_AGAIN, lambda: self._send(posted))
            return
        assert answer.status_code == 201, (answer.status_code, answer.text)
        posted.lead_id = int(answer.json()["lead_id"])
        if self._town.chance(0.8) and not self._over.is_set():
            self._exchange.at(self._town.seconds(10), lambda: self._ring_in(posted.person))

    def _give_signs(self) -> None:
        for member in self._producers:
            self._exchange.text(member.phone, AGENCY, "ON")
