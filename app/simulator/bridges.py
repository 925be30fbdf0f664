"""Who is who on a bridge: on a callback the producer is rung first, and the consumer is the one who is dialed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.simulator.legs import Leg
    from app.simulator.record import Bridge


def is_producer_leg(leg: Leg) -> bool:
    """Whether a producer is on `leg`: rung by REST, or dialed from a consumer's leg.

    A consumer calls in, or is dialed from the leg of a producer whom REST has rung.
    """
    if leg.direction == "outbound-api":
        return True
    return leg.parent is not None and leg.parent.direction != "outbound-api"


def producer_leg_of(bridge: Bridge) -> Leg:
    """The leg of the two that is the producer's: the parent where REST rang them, otherwise the child."""
    return bridge.parent if is_producer_leg(bridge.parent) else bridge.child


def consumer_leg_of(bridge: Bridge) -> Leg:
    """The other one."""
    return bridge.child if is_producer_leg(bridge.parent) else bridge.parent


def pressed_before(bridge: Bridge) -> str:
    """The keys that the producer had pressed when the bridge came about; those of a menu afterwards do not count."""
    return "".join(key.key for key in producer_leg_of(bridge).keys if key.at <= bridge.since)
