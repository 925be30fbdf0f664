"""A call as the people on it know it: the leg it began with and all legs that it dialed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.simulator.legs import Leg
    from app.simulator.record import Bridge, Happening, Webhook


class Call:
    """Questions to the ground truth about one call."""

    def __init__(self, leg: Leg) -> None:
        self.leg = leg

    def __repr__(self) -> str:
        return f"<Call {self.sid} {self.leg.from_number} -> {self.leg.to_number} {self.status}>"

    @property
    def sid(self) -> str:
        return self.leg.sid

    @property
    def legs(self) -> list[Leg]:
        """The first leg and every leg below it, in the order they were dialed."""
        found, waiting = [], [self.leg]
        while waiting:
            leg = waiting.pop(0)
            found.append(leg)
            waiting.extend(leg.children)
        return found

    @property
    def children(self) -> list[Leg]:
        return self.legs[1:]

    @property
    def status(self) -> str:
        return self.leg.status

    @property
    def was_placed(self) -> bool:
        """Whether REST asked for it: its first leg is whoever was rung first, a producer."""
        return self.leg.direction == "outbound-api"

    @property
    def called_legs(self) -> list[Leg]:
        """The legs of those who were rung, in order: all of them on a placed call, all but the caller's otherwise."""
        return self.legs if self.was_placed else self.children

    @property
    def ended(self) -> bool:
        return self.leg.ended_at is not None

    @property
    def answered_at(self) -> datetime | None:
        return self.leg.answered_at

    @property
    def ended_at(self) -> datetime | None:
        return self.leg.ended_at

    @property
    def was_rejected(self) -> bool:
        """Whether a Reject ended it before it was answered."""
        return any(line.what == "is rejected" for line in self.leg.happenings)

    def heard(self, text: str) -> bool:
        """Whether the caller was played something that contains `text` (a sentence, a fragment, an audio address).

        On a placed call: whether whoever was rung first was.
        """
        return self.leg.has_heard(text)

    @property
    def spoken(self) -> list[str]:
        """Everything that was said or played to the caller, in order."""
        return [heard.text for heard in self.leg.heard if heard.kind != "pause"]

    def rang(self, number: str) -> bool:
        """Whether a leg to `number` really rang."""
        return any(leg.number == number and leg.rang_at is not None for leg in self.called_legs)

    @property
    def rung(self) -> list[str]:
        """The numbers that rang, in order."""
        return [leg.number for leg in self.called_legs if leg.rang_at is not None]

    def leg_to(self, number: str) -> Leg:
        """The last leg to `number`. Raises LookupError where there is none."""
        for leg in reversed(self.called_legs):
            if leg.number == number:
                return leg
        raise LookupError(f"{number} was never dialed on {self.sid}; dialed were {self.rung}")

    @property
    def bridges(self) -> list[Bridge]:
        return [bridge for bridge in self.leg.exchange.record.bridges if bridge.parent in self.legs]

    @property
    def bridged_to(self) -> list[str]:
        """The numbers that this call was connected to, in order."""
        return [bridge.child.number for bridge in self.bridges]

    @property
    def webhooks(self) -> list[Webhook]:
        sids = {leg.sid for leg in self.legs}
        return [webhook for webhook in self.leg.exchange.record.webhooks if webhook.sid in sids]

    def transcript(self) -> list[Happening]:
        """The whole story, by time."""
        return sorted((line for leg in self.legs for line in leg.happenings), key=lambda line: line.order)

    def press(self, keys: str) -> None:
        """The caller (of a placed call: whoever was rung first) presses `keys` now."""
        self.leg.press(keys)

    def hang_up(self) -> None:
        """The caller (of a placed call: whoever was rung first) hangs up now."""
        self.leg.hang_up()
