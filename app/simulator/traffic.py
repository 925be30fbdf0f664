"""Callers who arrive for ever, and producers who behave like people. Seeded: the same seed gives the same callers."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta

from app.simulator.cast import AGENCY, Member
from app.simulator.exchange import Exchange
from app.simulator.parties import (
    BUSY,
    NO_ANSWER,
    CallerBehavior,
    ProducerBehavior,
    accepts,
    declines,
    drops,
    hangs_up_in_whisper,
    talks,
    voicemail,
)
from app.simulator.replies import Reply, Speech
from app.simulator.text_behavior import LANDLINE, TextBehavior, answers

SECONDS_BETWEEN_CALLS = 30.0
"""Of the simulated clock, on average."""

BACK = "Reply ON to come back"
"""What a producer is told who has missed calls."""

SECONDS_BETWEEN_LOOKS = 20.0
SECONDS_BETWEEN_SIGNS = 3600.0
"""Presence ends without a sign; everybody gives one each hour."""

KEPT = timedelta(minutes=30)
"""How long the carrier remembers a call that is over: the demo may run for weeks."""

PLACES: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "FL": (("305", "813"), ("33130", "32801")),
    "GA": (("404",), ("30303",)),
    "NY": (("212",), ("10001",)),
    "OH": (("614", "216"), ("43215", "44114")),
    "PA": (("215", "412"), ("19103", "15222")),
    "TX": (("512", "214"), ("78701", "75201")),
}
"""Area codes and ZIPs that callers have. New York is not open: nobody may take those calls, which supervisors get."""

_CALLERS = ("keys", "keys", "keys", "stays", "stays", "another time", "silent", "anonymous", "impatient")
"""What callers do: those who stay hold the line where everybody is busy, others choose another time."""

_TIMES = ("in half an hour", "tomorrow at ten", "at four in the afternoon")
_WRITTEN_BACK = ("tomorrow at 10 am", "in half an hour", "Is this about my insurance?")


class Traffic:
    """Puts people on an exchange; everything happens in its order of events."""

    def __init__(
        self,
        exchange: Exchange,
        people: Sequence[Member],
        *,
        places: Mapping[str, tuple[Sequence[str], Sequence[str]]] = PLACES,
        seconds_between_calls: float = SECONDS_BETWEEN_CALLS,
        hands_off: Collection[str] = (),
        announce: Callable[[str, str, str], bool] = lambda number, state, zip_code: True,
        seed: int = 0,
    ) -> None:
        """`hands_off` are NPNs of people whose presence somebody real looks after: their phones are only rung.

        `announce` is told of each caller before the call (number, state, ZIP), and says whether it comes.
        """
        self._exchange = exchange
        self._people = people
        self._texting = [member for member in people if member.npn not in hands_off]
        self._places = places
        self._seconds_between_calls = seconds_between_calls
        self._announce = announce
        self._random = random.Random(seed)
        self._answered: set[str] = set()
        """Texts that a producer has replied to."""

    def begin(self) -> None:
        """From now on, until the exchange stands still."""
        for member in self._people:
            self._exchange.add_producer(member.phone)
        self._again_and_again(self._next_gap, self._call)
        self._again_and_again(lambda: SECONDS_BETWEEN_LOOKS, self._look_at_texts)
        self._again_and_again(lambda: SECONDS_BETWEEN_SIGNS, self._give_signs)

    def _again_and_again(self, gap: Callable[[], float], action: Callable[[], None]) -> None:
        def once() -> None:
            self._exchange.at(gap(), once)
            action()

        self._exchange.at(gap(), once)

    def _next_gap(self) -> float:
        mean = self._seconds_between_calls
        return min(self._random.expovariate(1 / mean), 4 * mean)

    def _call(self) -> None:
        """Somebody calls; producers make up their minds anew."""
        for member in self._people:
            self._exchange.set_behavior(member.phone, self._mood())
        state = self._random.choice(sorted(self._places))
        areas, zips = self._places[state]
        number = f"+1{self._random.choice(areas)}5550{self._random.randrange(100, 200)}"
        kind, zip_code = self._random.choice(_CALLERS), self._random.choice(zips)
        extra = {"From": "anonymous"} if kind == "anonymous" else None
        self._exchange.add_person(number, self._called_back())
        self._exchange.set_text_behavior(number, self._texted(zip_code))
        if self._announce(number, state, zip_code):
            self._exchange.call(number, AGENCY, self._caller(kind, number, zip_code), extra)
        self._forget()

    def _caller(self, kind: str, number: str, zip_code: str) -> CallerBehavior:
        replies: dict[str, Reply | Sequence[Reply]] = {} if kind == "silent" else {"ZIP": [zip_code]}
        match kind:
            case "stays":
                replies["1 to stay"] = ["1"]
            case "another time":
                when = Speech(self._random.choice(_TIMES))
                replies |= {"2 to choose": ["2"], "Say a day": [when], "You chose": "1", "next possible": "1"}
            case "anonymous":
                replies["see your number"] = [f"{number.removeprefix('+1')}#"]
        return CallerBehavior(
            answers=replies,
            barge_in=True,
            press_after_seconds=self._random.uniform(2, 7),
            talk_seconds=self._random.uniform(40, 240),
            hang_up_after=self._random.uniform(10, 40) if kind == "impatient" else None,
        )

    def _called_back(self) -> ProducerBehavior:
        """How the caller takes a callback."""
        soon = self._random.uniform(3, 12)
        others = (NO_ANSWER, voicemail(), drops(after=soon))
        return self._random.choices([talks(self._random.uniform(20, 240), after=soon), *others], [75, 12, 8, 5])[0]

    def _texted(self, zip_code: str) -> TextBehavior:
        """What becomes of texts to the caller: some write back, once."""
        words = self._random.choice((*_WRITTEN_BACK, zip_code))
        writes = answers([words], after=self._random.uniform(20, 90))
        return self._random.choices([TextBehavior(), writes, LANDLINE], [60, 30, 10])[0]

    def _mood(self) -> ProducerBehavior:
        soon = self._random.uniform(2, 8)
        willing = accepts(soon, talk_seconds=self._random.uniform(60, 300))
        others = (NO_ANSWER, BUSY, declines(soon), hangs_up_in_whisper(soon), voicemail())
        return self._random.choices([willing, *others], [70, 12, 3, 5, 4, 6])[0]

    def _look_at_texts(self) -> None:
        """Whoever was told to reply ON does, a while later."""
        for member in self._texting:
            for text in self._exchange.record.texts_to(member.phone):
                if text.sid not in self._answered and BACK in text.body:
                    self._answered.add(text.sid)
                    self._exchange.at(self._random.uniform(30, 180), self._saying_on(member))

    def _give_signs(self) -> None:
        for member in self._texting:
            self._saying_on(member)()

    def _saying_on(self, member: Member) -> Callable[[], None]:
        def say() -> None:
            self._exchange.text(member.phone, AGENCY, "ON")

        return say

    def _forget(self) -> None:
        """Drop what is long over from the carrier's memory."""
        with self._exchange.lock:
            record, since = self._exchange.record, self._exchange.now - KEPT
            record.calls = [call for call in record.calls if call.ended_at is None or call.ended_at > since]
            kept = {leg.sid for call in record.calls for leg in call.legs}
            record.legs = {sid: leg for sid, leg in record.legs.items() if sid in kept}
            record.bridges = [bridge for bridge in record.bridges if bridge.parent.sid in kept]
            record.webhooks = [webhook for webhook in record.webhooks if webhook.at > since]
            record.rest_requests = [request for request in record.rest_requests if request.at > since]
            record.texts = {sid: text for sid, text in record.texts.items() if text.created_at > since}
            self._answered &= record.texts.keys()
