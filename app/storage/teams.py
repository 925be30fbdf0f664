"""Teams of campaigns as a person reads them, and who could be put on one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from app.storage.campaigns import TeamMember
from app.storage.models.base import table_of
from app.storage.models.campaigns import TeamMemberRow
from app.storage.models.roster import ProducerRow

_team, _producers = table_of(TeamMemberRow), table_of(ProducerRow)


@dataclass(frozen=True)
class NamedMember:
    """A member of a team as a person reads them."""

    member: TeamMember
    npn: str
    name: str
    suspended: bool


def named(tx: Connection, campaign_id: int, *, limit: int) -> list[NamedMember]:
    """Who is on the team, by priority (none last) and name."""
    rows = tx.execute(
        select(_team, _producers.c.npn, _producers.c.first_name, _producers.c.last_name, _producers.c.suspended)
        .join(_producers, _producers.c.id == _team.c.producer_id)
        .where(_team.c.campaign_id == campaign_id)
        .order_by(_team.c.priority == 0, _team.c.priority, _producers.c.last_name, _producers.c.npn)
        .limit(limit)
    )
    return [
        NamedMember(
            TeamMember(row.producer_id, row.priority, row.weight, row.cap, row.language),
            row.npn,
            f"{row.first_name} {row.last_name}",
            row.suspended,
        )
        for row in rows
    ]


def find_producers(tx: Connection, words: str, *, not_on: int, limit: int) -> list[tuple[str, str, str]]:
    """(NPN, name, resident state) of those not on the campaign's team whose NPN or name has every one of `words`."""
    query = select(_producers.c.npn, _producers.c.first_name, _producers.c.last_name, _producers.c.resident_state)
    there = select(_team.c.producer_id).where(_team.c.campaign_id == not_on)
    query = query.where(_producers.c.id.not_in(there))
    name = _producers.c.first_name + " " + _producers.c.last_name
    for word in words.lower().split()[:5]:
        holds = func.lower(name).contains(word, autoescape=True)
        query = query.where(or_(holds, _producers.c.npn.startswith(word, autoescape=True)))
    rows = tx.execute(query.order_by(_producers.c.last_name, _producers.c.npn).limit(limit))
    return [(row.npn, f"{row.first_name} {row.last_name}", row.resident_state) for row in rows]
