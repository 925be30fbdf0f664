"""Each bridge was accepted, by a key and in writing, by somebody licensed there by the roster files themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.simulator.bridges import consumer_leg_of, pressed_before, producer_leg_of
from app.simulator.exchange import Exchange
from app.simulator.legs import Leg
from app.simulator.record import Bridge
from tests.kills.nobody_lost import Found
from tests.kills.rosters import Rosters, is_licensed
from tests.kills.rows import Row, Rows, states_of


def unauthorized_bridges(rows: Rows, exchange: Exchange, rosters: Rosters, *, zip_states: Mapping[str, str]) -> Found:
    """`zip_states`: the state of each ZIP that somebody may have keyed."""
    attempts = {row["leg_sid"]: row for row in rows.attempts if row["leg_sid"]}
    wrong = []
    for bridge in exchange.record.bridges:
        producer, consumer = producer_leg_of(bridge), consumer_leg_of(bridge)
        for why in _unauthorized(rows, bridge, attempts.get(producer.sid), rosters, zip_states):
            wrong.append(f"{producer.number} and {consumer.number} at {bridge.since:%H:%M:%S}: {why}")
    return Found(len(exchange.record.bridges), wrong)


def _unauthorized(
    rows: Rows, bridge: Bridge, attempt: Row | None, rosters: Rosters, zip_states: Mapping[str, str]
) -> Iterator[str]:
    if attempt is None or attempt["acceptance_id"] is None or attempt["accepted_at"] is None:
        yield "nothing was accepted"
        return
    if attempt["accepted_at"] > bridge.since:
        yield f"accepted only at {attempt['accepted_at']:%H:%M:%S}"
    if not pressed_before(bridge).endswith("1"):
        yield f"pressed {pressed_before(bridge) or 'nothing'}"
    call = next(row for row in rows.calls if row["id"] == attempt["call_id"])
    judged_by = states_of(call)
    if not judged_by:
        yield "no state was known"
    keyed = _keyed_state(bridge, zip_states)
    at, npn = attempt["accepted_at"], rows.npn(attempt["producer_id"])
    files = rosters.licenses_at(at)
    for state in {*judged_by, *([keyed] if keyed else [])}:
        if not any(is_licensed(licenses, npn, state, at.date()) for licenses in files):
            yield f"{npn} held no license in {state} when they accepted at {at:%H:%M:%S}"
    phone = producer_leg_of(bridge).number
    if not any(row["npn"] == npn and row["phone"] == phone for row in files[0]):
        yield f"{phone} is not the phone of {npn}"


def _keyed_state(bridge: Bridge, zip_states: Mapping[str, str]) -> str | None:
    """The state of the last ZIP that the caller keyed on this call, before the bridge, and that was listened to."""
    caller: Leg = consumer_leg_of(bridge)
    keyed = [offer.digits for offer in caller.gathers if offer.digits and offer.at <= bridge.since]
    heard = [zip_states[digits] for digits in keyed if digits in zip_states]
    return heard[-1] if heard else None
