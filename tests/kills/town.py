"""The people of the drill: who calls, from where, and how each of them behaves. Seeded."""

from __future__ import annotations

import random
from dataclasses import dataclass

from app.simulator.parties import (
    BUSY,
    NO_ANSWER,
    CallerBehavior,
    ProducerBehavior,
    accepts,
    declines,
    drops,
    hangs_up_in_whisper,
    says_nothing,
    talks,
    voicemail,
)
from app.simulator.replies import Replies, Speech
from app.simulator.text_behavior import LANDLINE, TextBehavior, answers, undelivered
from app.simulator.traffic import PLACES

PRODUCERS_BELOW = 120
"""555-0100 to 555-0119 are producers', the other numbers of each area code are people's."""


MOST_PEOPLE = 600
"""Of 800 numbers; from then on everybody has called before."""


@dataclass(frozen=True)
class Person:
    """Somebody with one number. `zip_code` is where they live, and what they key where they key anything."""

    number: str
    zip_code: str


class Town:
    """Draws people and moods; the same seed draws the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.people: list[Person] = []
        self._taken: set[str] = set()

    def newcomer(self) -> Person:
        """Somebody who has never called; one in eight has moved, and the number tells of another state."""
        if len(self._taken) >= MOST_PEOPLE:
            return self._random.choice(self.people)
        number = ""
        while not number or number in self._taken:
            state = self._random.choice(sorted(PLACES))
            number = f"+1{self._random.choice(PLACES[state][0])}5550{self._random.randrange(PRODUCERS_BELOW, 200)}"
        self._taken.add(number)
        home = self._random.choice(sorted(PLACES)) if self.chance(1 / 8) else state
        person = Person(number, self._random.choice(PLACES[home][1]))
        self.people.append(person)
        return person

    def acquaintance(self) -> Person | None:
        """Somebody who has called before."""
        return self._random.choice(self.people) if self.people else None

    def chance(self, share: float) -> bool:
        return self._random.random() < share

    def seconds(self, mean: float) -> float:
        """A gap between two things that happen by themselves."""
        return min(self._random.expovariate(1 / mean), 4 * mean)

    # ---- how they behave

    def caller(self, person: Person) -> CallerBehavior:
        """How this person goes through this one call."""
        return CallerBehavior(
            answers=self._answers(person),
            barge_in=self.chance(0.7),
            press_after_seconds=self._random.uniform(0.5, 4),
            talk_seconds=self._random.choice((15.0, 45.0, 80.0, 130.0)),
            hang_up_after=self._random.uniform(3, 150) if self.chance(0.25) else None,
            hang_up_after_ringing=self._random.uniform(2, 25) if self.chance(0.1) else None,
        )

    def _answers(self, person: Person) -> Replies:
        choice = self._random.choices(("1", "2", ""), (45, 35, 20))[0]
        when = self._random.choice((Speech("tomorrow at ten"), Speech("today at two in the afternoon"), "1130#", ""))
        own_number = person.number[2:] if self.chance(0.7) else ""
        return {
            "You chose": "1",
            "Press 1 to take it": "1",
            "day and a time": when,
            "ten digit": own_number,
            "ZIP code": person.zip_code if self.chance(0.85) else "",
            "Press 1 to stay": choice,
            "in line": "2" if self.chance(0.2) else "",
        }

    def at_home(self) -> ProducerBehavior:
        """How somebody takes our call when we call them back."""
        options = (talks(80), talks(140), NO_ANSWER, drops(3), voicemail(after=8), BUSY)
        return self._random.choices(options, (35, 20, 15, 15, 10, 5))[0]

    def texting(self) -> TextBehavior:
        """What becomes of our texts to somebody, and what they write back."""
        told = ("tomorrow at ten", "43215", "who is this?", "STOP", "33130")
        replies = answers(self._random.choice(told), after=self._random.uniform(10, 60))
        options = (TextBehavior(), replies, LANDLINE, undelivered(30003))
        return self._random.choices(options, (50, 35, 8, 7))[0]

    def mood(self) -> ProducerBehavior:
        """How a producer takes the next rings."""
        soon = self._random.uniform(2, 10)
        willing = accepts(soon, talk_seconds=self._random.choice((20.0, 70.0, 120.0)))
        asks_back = ProducerBehavior(
            answers_after_seconds=soon, presses={"if you spoke": "2", "Press 1": "1"}, stays_on_after_talk=True
        )
        others = (asks_back, NO_ANSWER, BUSY, declines(soon), hangs_up_in_whisper(soon), says_nothing(soon))
        return self._random.choices((willing, *others, voicemail()), (50, 12, 10, 3, 8, 6, 4, 7))[0]
