"""One path of a drill while it is played: who is on duty, who calls, what goes on meanwhile, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from app.domain.licensing import Producer
from app.domain.states import State
from app.simulator.bridges import is_producer_leg
from app.simulator.calls import Call
from app.simulator.drill_people import Pair
from app.simulator.exchange import Exchange
from app.simulator.facts import Json, gather
from app.simulator.legs import Leg
from app.simulator.parties import CallerBehavior, ProducerBehavior, accepts, talks
from app.simulator.replies import Reply
from app.simulator.storyline import Story

LOOK_SECONDS = 15.0
"""Simulated seconds between two ticks of the scheduler once a call is over."""

TEXT_SECONDS = 30.0
"""As long as a text may take to leave and to arrive."""


ZIP_ASKED = ("ZIP", "código postal")
"""What is heard where a ZIP is asked for."""


class Stage(Protocol):
    """A product on a copy of the roster, with the simulated carrier and nobody else."""

    @property
    def exchange(self) -> Exchange: ...

    @property
    def exceptions(self) -> Sequence[Exception]:
        """What escaped the product's doors since `begin`."""
        ...

    def get(self, path: str, /) -> Json:
        """GET /api/v1{path}."""
        ...

    def begin(self, pair: Pair, at: datetime) -> None:
        """The copy as it was taken, at that instant, with nobody on duty; a carrier that has seen nothing yet."""
        ...

    def put_on_duty(self, producers: Sequence[Producer]) -> None: ...

    def suspend(self, producer: Producer, state: State) -> None:
        """Compliance suspends whatever the producer holds in `state`, now."""
        ...

    def take_authority_away(self, state: State) -> None:
        """Nobody holds a license in `state` that is in force."""
        ...

    def tick(self) -> None:
        """One look of the scheduler at what is due."""
        ...


@dataclass
class Playing:
    """A path under way. `lost` says from when on whose authority is gone, by phone; `nth` makes callers differ."""

    stage: Stage
    pair: Pair
    at: datetime
    nth: int
    lost: dict[str, datetime] = field(default_factory=dict)
    call: Call | None = None
    contact: str = ""
    """The number at which the caller may be reached: their own, or one that they keyed."""

    def begin(self) -> None:
        self.stage.begin(self.pair, self.at)
        for phone in self.pair.people:
            self.exchange.add_producer(phone, accepts())
        self.contact = self.pair.caller(self.nth)

    @property
    def exchange(self) -> Exchange:
        return self.stage.exchange

    @property
    def licensed(self) -> list[Producer]:
        return self.pair.licensed(self.at)

    # ---- who is there

    def everybody_on_duty(self) -> None:
        """Those without authority, too: no call may find them."""
        self.stage.put_on_duty(self.pair.producers)

    def only_on_duty(self, producers: Sequence[Producer]) -> None:
        """`producers`, and all those without authority."""
        licensed = {producer.producer_id for producer in self.licensed}
        wanted = {producer.producer_id for producer in producers}
        self.stage.put_on_duty(
            [one for one in self.pair.producers if one.producer_id in wanted or one.producer_id not in licensed]
        )

    def rings(self, *behaviors: ProducerBehavior) -> None:
        """How producers take it, in the order in which they are rung; the last one ever after."""
        rung: list[Leg] = []

        def take(leg: Leg) -> None:
            if is_producer_leg(leg):
                self.exchange.set_behavior(leg.number, behaviors[min(len(rung), len(behaviors) - 1)])
                rung.append(leg)

        self.exchange.on("initiated", take)

    def at_first_ring(self, deed: Callable[[Producer], object]) -> None:
        """`deed` to the first producer whose phone rings, while it rings."""
        rung: list[Leg] = []

        def came(leg: Leg) -> None:
            if is_producer_leg(leg) and not rung:
                rung.append(leg)
                deed(self.pair.by_phone[leg.number])

        self.exchange.on("ringing", came)

    def suspend(self, producer: Producer, state: State) -> None:
        self.stage.suspend(producer, state)
        self.lost[self.pair.phones[producer.producer_id]] = self.exchange.now

    # ---- the caller

    def caller(
        self,
        replies: Mapping[str, Reply | Sequence[Reply]] | None = None,
        *,
        hang_up_after_ringing: float | None = None,
    ) -> CallerBehavior:
        """Keys a ZIP of the state, answers by what is heard, and talks for as long as a talk takes."""
        answers: dict[str, Reply | Sequence[Reply]] = {
            **{asked: [self.pair.zip_code] for asked in ZIP_ASKED},
            **(replies or {}),
        }
        return CallerBehavior(
            answers=answers,
            barge_in=True,
            press_after_seconds=4.0,
            talk_seconds=self._talk_seconds,
            hang_up_after_ringing=hang_up_after_ringing,
        )

    def place(
        self, behavior: CallerBehavior, *, caller: str | None = None, extra: Mapping[str, str] | None = None
    ) -> Call:
        """The call, played to its end, and the texts after it."""
        caller = caller or self.pair.caller(self.nth)
        for number in {caller, self.contact}:
            self.exchange.add_person(number, talks(self._talk_seconds, after=5))
        self.call = self.exchange.call(caller, self.pair.number, behavior, extra)
        self.exchange.run()
        self.let_go_by(TEXT_SECONDS)
        self.end()
        return self.call

    def let_go_by(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Time in which the scheduler does what is due, `until` nothing more is waited for."""
        gone = 0.0
        while gone < seconds and not until():
            self.stage.tick()
            self.exchange.run(LOOK_SECONDS)
            gone += LOOK_SECONDS

    def end(self) -> None:
        """Whoever still talks finishes, and what follows from that is done."""
        self.exchange.run()
        self.stage.tick()
        self.exchange.run()

    @property
    def _talk_seconds(self) -> float:
        return self.pair.policy.served_seconds + 5.0

    # ---- what came of it

    def story(self) -> Story:
        """The call, and those that the product placed because of it."""
        assert self.call is not None, "nobody has called"
        first = gather(self.call, self.stage.get, decided={})
        known = first.lead["calls"] if first.lead else []
        later = [call for call in self.exchange.placed_calls() if call.sid in known]
        return Story(first, [replace(gather(call, self.stage.get, decided={}), texts=()) for call in later])

    def custody(self) -> str:
        """Where the lead is now; empty where there is none."""
        assert self.call is not None, "nobody has called"
        lead_id = self.stage.get(f"/calls/{self.call.sid}")["lead_id"]
        return "" if lead_id is None else str(self.stage.get(f"/leads/{lead_id}")["custody"])
