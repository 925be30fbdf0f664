"""What there is to drill: states and campaigns of a copied roster."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from app.commands.drill_copy import CopiedProduct
from app.domain import phone
from app.domain.licensing import Opening, Producer, Question
from app.domain.lines import Requirement
from app.domain.states import State
from app.simulator.drill_people import Pair, zip_in
from app.storage import authority_facts, campaigns, copying, desk, openings
from app.storage.campaigns import Campaign
from app.storage.database import Database
from app.storage.openings import StateOpening

DAYS_SEEN = 7
"""Over so many days it is looked who was on duty at which hour."""

Seen = list[tuple[datetime, set[int]]]


class NothingToDrill(Exception):
    """No state is open, or no campaign is there: nobody could call."""


def pairs_of(
    copied: CopiedProduct,
    source: Database,
    asked: Sequence[State],
    numbers: Sequence[str],
    requirement: Requirement | None,
    now: datetime,
) -> list[Pair]:
    """Each state asked for (or open) with each campaign asked for (or known). Raises NothingToDrill."""
    with copied.database.read() as tx:
        found = campaigns.everything(tx)
        opened = {opening.state: opening for opening in openings.everywhere(tx)}
        producers, phones = tuple(authority_facts.everybody(tx)), copying.phones(tx)
        taken = copying.numbers_in_use(tx)
    chosen = _chosen(found, numbers)
    wanted = list(dict.fromkeys(asked)) or [state for state, opening in opened.items() if opening.is_open]
    if not wanted:
        raise NothingToDrill("no state is open; name one with --state OH to drill it as if it were")
    seen = _seen_on_duty(source, now)
    return [
        _pair(state, campaign, requirement, opened.get(state), producers, phones, taken, seen)
        for state in wanted
        for campaign in chosen
    ]


def _chosen(found: list[Campaign], numbers: Sequence[str]) -> list[Campaign]:
    if not found:
        raise NothingToDrill("there is no campaign yet: threegate campaign add")
    by_number = {campaign.number: campaign for campaign in found}
    chosen = []
    for text in dict.fromkeys(numbers):
        number = phone.parse(text)
        campaign = by_number.get(number.e164) if number else None
        if campaign is None:
            raise NothingToDrill(f"no campaign has the number {text}")
        chosen.append(campaign)
    return chosen or found


def _pair(
    state: State,
    campaign: Campaign,
    requirement: Requirement | None,
    opening: StateOpening | None,
    producers: tuple[Producer, ...],
    phones: dict[int, str],
    taken: frozenset[str],
    seen: Seen,
) -> Pair:
    is_open = opening is not None and opening.is_open
    territory = opening.zips if opening is not None and is_open else None
    zip_code = zip_in(state, territory)
    stands = Opening(
        is_open=True,
        zips=None if territory is None else frozenset(territory),
        agency_until=opening.agency_until if opening else None,
    )
    return Pair(
        state=state,
        number=campaign.number,
        name=campaign.name,
        policy=campaign.policy,
        question=Question(
            states=(state,),
            requirement=requirement or campaign.requirement,
            openings={state: stands},
            zip_code=zip_code,
            carrier=campaign.policy.carrier,
            team=campaign.team,
        ),
        zip_code=zip_code,
        producers=producers,
        phones=phones,
        taken=taken,
        as_if_open=not is_open,
        territory=None if territory is None else len(territory),
        on_duty=_by_hour(seen, campaign),
    )


def _seen_on_duty(source: Database, now: datetime) -> Seen:
    """Who was on duty in the middle of each hour of the last days."""
    hour = now.astimezone(UTC).replace(minute=30, second=0, microsecond=0)
    found: Seen = []
    for back in range(1, DAYS_SEEN * 24 + 1):
        at = hour - timedelta(hours=back)
        with source.read() as tx:
            found.append((at, desk.present_at(tx, at)))
    return found


def _by_hour(seen: Seen, campaign: Campaign) -> dict[int, set[int]] | None:
    """By the hour of the campaign's zone; None where nobody was seen at all."""
    if not any(present for _, present in seen):
        return None
    hours: dict[int, set[int]] = {}
    for at, present in seen:
        hours.setdefault(at.astimezone(campaign.policy.zone).hour, set()).update(present)
    return hours
