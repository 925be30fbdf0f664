"""The account: its numbers and where their webhooks go, the people it can reach, what the carrier itself hosts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.simulator.parties import ProducerBehavior, talks
from app.simulator.switches import Switches
from app.simulator.text_behavior import TextBehavior
from app.simulator.world import World
from app.timekeeping import Clock

if TYPE_CHECKING:
    from app.simulator.geography import Place


CLIENT = "client:"
"""Before a browser's identity in From and To. Source: TELEPHONY.md section 4, Client."""


class Number:
    """One of the account's numbers and where its webhooks go."""

    def __init__(
        self,
        number: str,
        voice_url: str,
        status_url: str | None,
        fallback_url: str | None,
        sms_url: str | None,
    ) -> None:
        self.number = number
        self.voice_url = voice_url
        self.status_url = status_url
        self.fallback_url = fallback_url
        self.sms_url = sms_url


class Account(World):
    """Numbers, people, and the line to the product."""

    def __init__(self, clock: Clock, seed: int, switches: Switches) -> None:
        super().__init__(clock, seed, switches.shuffle_ties)
        self.switches = switches
        self.numbers: dict[str, Number] = {}
        self.verified_numbers: set[str] = set()
        self.places: dict[str, Place] = {}
        """What geo parameters say of a number, where the number's own place will not do."""
        self.bins: dict[str, str] = {}
        """Documents that the carrier itself hosts (TwiML Bins), by address: there though the product is not."""
        self.is_unplugged = False
        self._people: dict[str, Sequence[ProducerBehavior]] = {}
        self._times_called: Counter[str] = Counter()
        self._text_behaviors: dict[str, Sequence[TextBehavior]] = {}
        self._times_texted: Counter[str] = Counter()

    # --- the line to the product ---

    def unplug(self) -> None:
        """From now on no webhook reaches the product, and it learns of nothing; REST requests of its own still work."""
        self.is_unplugged = True

    def plug_in(self) -> None:
        self.is_unplugged = False

    def turn(self, **switches: Any) -> None:
        """Set some switches anew, for all that happens from now on; `shuffle_ties` is settled at the beginning."""
        self.switches = replace(self.switches, **switches)

    # --- numbers and people ---

    def add_number(
        self,
        number: str,
        *,
        voice_url: str,
        status_url: str | None = None,
        fallback_url: str | None = None,
        sms_url: str | None = None,
    ) -> None:
        """One of the account's own numbers."""
        self.numbers[number] = Number(number, voice_url, status_url, fallback_url, sms_url)

    @property
    def own_numbers(self) -> set[str]:
        """Numbers that may be shown as caller ID."""
        return {*self.numbers, *self.verified_numbers}

    def add_producer(self, number: str, behavior: ProducerBehavior | Sequence[ProducerBehavior] | None = None) -> None:
        """A producer's phone; picks up and presses 1, where nothing else is said."""
        self.set_behavior(number, behavior or ProducerBehavior())

    def register_client(
        self, identity: str, behavior: ProducerBehavior | Sequence[ProducerBehavior] | None = None
    ) -> None:
        """A browser that registered as `identity`; its owner takes the call and presses 1, where nothing else is said."""
        self.set_behavior(CLIENT + identity, behavior or ProducerBehavior())

    def unregister_client(self, identity: str) -> None:
        """The browser is gone; the carrier knows nobody of that identity any more."""
        with self.lock:
            self._people.pop(CLIENT + identity, None)

    def add_person(self, number: str, behavior: ProducerBehavior | Sequence[ProducerBehavior] | None = None) -> None:
        """A consumer who can be called back; picks up and talks, where nothing else is said."""
        self.set_behavior(number, behavior or talks())

    def set_behavior(self, number: str, behavior: ProducerBehavior | Sequence[ProducerBehavior]) -> None:
        """How whoever has `number` takes calls from now on. Several behaviors: one a call, the last one ever after."""
        with self.lock:
            self._people[number] = (behavior,) if isinstance(behavior, ProducerBehavior) else tuple(behavior)
            self._times_called[number] = 0

    def set_text_behavior(self, number: str, behavior: TextBehavior | Sequence[TextBehavior]) -> None:
        """What becomes of texts to `number` from now on: delivered, unless said otherwise. Several behaviors: one a
        text, the last one ever after."""
        with self.lock:
            self._text_behaviors[number] = (behavior,) if isinstance(behavior, TextBehavior) else tuple(behavior)
            self._times_texted[number] = 0

    def next_text_behavior(self, number: str) -> TextBehavior:
        """What becomes of this text to `number`."""
        behaviors = self._text_behaviors.get(number, (TextBehavior(),))
        nth = self._times_texted[number]
        self._times_texted[number] += 1
        return behaviors[min(nth, len(behaviors) - 1)]

    def next_behavior(self, number: str) -> ProducerBehavior | None:
        """How whoever has `number` takes this call; None where nobody has it."""
        behaviors = self._people.get(number)
        if not behaviors:
            return None
        nth = self._times_called[number]
        self._times_called[number] += 1
        return behaviors[min(nth, len(behaviors) - 1)]
