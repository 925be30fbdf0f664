"""Campaigns with their numbers, teams and settings; vendors and their trunks."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, select, update

from app.domain import agency_hours
from app.domain import policy as policies
from app.domain import vendor_terms as terms_of_trade
from app.domain.lines import Requirement
from app.domain.policy import Policy
from app.domain.vendor_terms import VendorTerms
from app.storage.agency_hours import newest
from app.storage.models.base import table_of
from app.storage.models.campaigns import (
    CampaignNumberRow,
    CampaignRow,
    SettingChangeRow,
    TeamMemberRow,
    VendorNumberRow,
    VendorRow,
)

_campaigns, _numbers, _team = table_of(CampaignRow), table_of(CampaignNumberRow), table_of(TeamMemberRow)
_vendors, _trunks, _changes = table_of(VendorRow), table_of(VendorNumberRow), table_of(SettingChangeRow)


@dataclass(frozen=True)
class Campaign:
    """`team` holds producer ids, None where everybody is on it. `number_state` is the state a called number was given for."""

    campaign_id: int
    number: str
    name: str
    requirement: Requirement
    vendor_id: int | None
    policy: Policy
    settings: dict[str, str]
    team: frozenset[int] | None
    last_offered_id: int | None
    number_state: str | None = None
    lent_to: int | None = None
    lent_until: datetime | None = None


@dataclass(frozen=True)
class Vendor:
    vendor_id: int
    slug: str
    name: str
    trunks: tuple[str, ...]


@dataclass(frozen=True)
class TeamMember:
    producer_id: int
    priority: int = 0
    weight: int = 1
    cap: int | None = None
    language: str | None = None


@dataclass(frozen=True)
class SettingChange:
    at: datetime
    actor: str
    key: str
    before: str | None
    after: str


_columns = (_campaigns, newest().label("agency_hours"))
_reached_by = (
    select(*_columns, _numbers.c.state, _numbers.c.lent_to, _numbers.c.lent_until)
    .join(_numbers, _numbers.c.campaign_id == _campaigns.c.id)
    .where(_numbers.c.number == bindparam("number"))
)
_by_id = select(*_columns).where(_campaigns.c.id == bindparam("campaign_id"))
_team_of = select(_team.c.producer_id).where(_team.c.campaign_id == bindparam("campaign_id"))


def reached_by(tx: Connection, number: str) -> Campaign | None:
    """The campaign that a called number (E.164) belongs to."""
    row = tx.execute(_reached_by, {"number": number}).mappings().first()
    return None if row is None else _campaign(tx, row)


def by_id(tx: Connection, campaign_id: int) -> Campaign:
    return _campaign(tx, tx.execute(_by_id, {"campaign_id": campaign_id}).mappings().one())


def find(tx: Connection, campaign_id: int) -> Campaign | None:
    row = tx.execute(_by_id, {"campaign_id": campaign_id}).mappings().first()
    return None if row is None else _campaign(tx, row)


def everything(tx: Connection) -> list[Campaign]:
    return [_campaign(tx, row) for row in tx.execute(select(*_columns).order_by(_campaigns.c.number)).mappings().all()]


def _campaign(tx: Connection, row: RowMapping) -> Campaign:
    settings: dict[str, str] = json.loads(row["settings"])
    team = frozenset(member[0] for member in tx.execute(_team_of, {"campaign_id": row["id"]}))
    return Campaign(
        campaign_id=row["id"],
        number=row["number"],
        name=row["name"],
        requirement=Requirement.parse(row["requirement"]),
        vendor_id=row["vendor_id"],
        policy=replace(policies.from_settings(settings), agency_hours=agency_hours.read(row["agency_hours"])),
        settings=settings,
        team=team or None,
        last_offered_id=row["last_offered_id"],
        number_state=row.get("state"),
        lent_to=row.get("lent_to"),
        lent_until=row.get("lent_until"),
    )


_remember = (
    update(_campaigns).where(_campaigns.c.id == bindparam("campaign")).values(last_offered_id=bindparam("producer"))
)


def remember_offered(tx: Connection, campaign_id: int, producer_id: int) -> None:
    """Whom the campaign rang last: round robin goes on after them."""
    tx.execute(_remember, {"campaign": campaign_id, "producer": producer_id})


def add(tx: Connection, *, number: str, name: str, requirement: Requirement, vendor_id: int | None) -> int | None:
    """A new campaign with its own number; None where the number is taken."""
    if tx.execute(select(_numbers.c.number).where(_numbers.c.number == number)).first() is not None:
        return None
    written = tx.execute(
        insert(_campaigns).values(
            number=number, name=name, requirement=str(requirement), vendor_id=vendor_id, settings="{}"
        )
    )
    assert written.inserted_primary_key is not None
    campaign_id = int(written.inserted_primary_key[0])
    add_number(tx, number=number, campaign_id=campaign_id, pool=False, state=None)
    return campaign_id


def add_number(tx: Connection, *, number: str, campaign_id: int, pool: bool, state: str | None) -> bool:
    """A further number that reaches the campaign; False where it is taken."""
    if tx.execute(select(_numbers.c.number).where(_numbers.c.number == number)).first() is not None:
        return False
    tx.execute(insert(_numbers).values(number=number, campaign_id=campaign_id, pool=pool, state=state))
    return True


def numbers_of(tx: Connection, campaign_id: int) -> list[tuple[str, bool, str | None]]:
    """(number, pool, state) of every number that reaches a campaign."""
    rows = tx.execute(
        select(_numbers.c.number, _numbers.c.pool, _numbers.c.state)
        .where(_numbers.c.campaign_id == campaign_id)
        .order_by(_numbers.c.number)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def change_settings(
    tx: Connection, campaign: Campaign, texts: Mapping[str, str], *, actor: str, now: datetime
) -> Policy:
    """Set what `texts` says (key to text) and keep who changed it. Raises BadSetting; nothing is set then."""
    changed = campaign.policy
    for key, text in texts.items():
        changed = policies.apply(changed, key, text)
    after = policies.spelled(changed)
    _store(tx, campaign, {**campaign.settings, **{key: after[key] for key in texts}}, texts, actor=actor, now=now)
    return changed


def reset_settings(tx: Connection, campaign: Campaign, keys: Collection[str], *, actor: str, now: datetime) -> Policy:
    """Have these settings follow their defaults again, as if they had never been set."""
    stored = {key: text for key, text in campaign.settings.items() if key not in keys}
    _store(tx, campaign, stored, keys, actor=actor, now=now)
    return policies.from_settings(stored)


def _store(
    tx: Connection, campaign: Campaign, stored: Mapping[str, str], keys: Collection[str], *, actor: str, now: datetime
) -> None:
    before, after = policies.spelled(campaign.policy), policies.spelled(policies.from_settings(stored))
    tx.execute(
        update(_campaigns)
        .where(_campaigns.c.id == campaign.campaign_id)
        .values(settings=json.dumps(stored, sort_keys=True))
    )
    for key in keys:
        if after[key] != before[key]:
            tx.execute(
                insert(_changes).values(
                    campaign_id=campaign.campaign_id,
                    at=now,
                    actor=actor,
                    key=key,
                    before=before[key],
                    after=after[key],
                )
            )


def lock(tx: Connection, campaign_id: int) -> Campaign | None:
    """The campaign, which nobody else changes until this transaction ends; None where there is none."""
    tx.execute(select(_campaigns.c.id).where(_campaigns.c.id == campaign_id).with_for_update())
    return find(tx, campaign_id)


def last_changes(tx: Connection, campaign_id: int) -> dict[str, SettingChange]:
    """The newest change of each setting."""
    rows = tx.execute(
        select(_changes.c.at, _changes.c.actor, _changes.c.key, _changes.c.before, _changes.c.after)
        .where(_changes.c.campaign_id == campaign_id)
        .order_by(_changes.c.id)
    )
    return {row.key: SettingChange(**row._mapping) for row in rows}


def team(tx: Connection, campaign_id: int) -> list[TeamMember]:
    rows = tx.execute(
        select(_team.c.producer_id, _team.c.priority, _team.c.weight, _team.c.cap, _team.c.language).where(
            _team.c.campaign_id == campaign_id
        )
    )
    return [TeamMember(**row._mapping) for row in rows]


def put_on_team(tx: Connection, campaign_id: int, member: TeamMember) -> None:
    """Add a producer to the team, or replace how they stand on it."""
    take_off_team(tx, campaign_id, member.producer_id)
    tx.execute(
        insert(_team).values(
            campaign_id=campaign_id,
            producer_id=member.producer_id,
            priority=member.priority,
            weight=member.weight,
            cap=member.cap,
            language=member.language,
        )
    )


def take_off_team(tx: Connection, campaign_id: int, producer_id: int) -> bool:
    """True where the producer was on it."""
    gone = tx.execute(delete(_team).where(_team.c.campaign_id == campaign_id, _team.c.producer_id == producer_id))
    return gone.rowcount == 1


def add_vendor(tx: Connection, *, slug: str, name: str, trunks: list[str]) -> int:
    """A new vendor, or the same one with its name and trunks brought up to date. Returns its id."""
    vendor_id: int | None = tx.execute(select(_vendors.c.id).where(_vendors.c.slug == slug)).scalar()
    if vendor_id is None:
        written = tx.execute(insert(_vendors).values(slug=slug, name=name))
        assert written.inserted_primary_key is not None
        vendor_id = int(written.inserted_primary_key[0])
    else:
        tx.execute(update(_vendors).where(_vendors.c.id == vendor_id).values(name=name))
    tx.execute(delete(_trunks).where(_trunks.c.vendor_id == vendor_id))
    for number in dict.fromkeys(trunks):
        tx.execute(insert(_trunks).values(number=number, vendor_id=vendor_id))
    return vendor_id


def vendor(tx: Connection, slug: str) -> Vendor | None:
    row = tx.execute(select(_vendors).where(_vendors.c.slug == slug)).first()
    if row is None:
        return None
    trunks = tx.execute(select(_trunks.c.number).where(_trunks.c.vendor_id == row.id)).all()
    return Vendor(row.id, row.slug, row.name, tuple(sorted(trunk[0] for trunk in trunks)))


def vendor_terms(tx: Connection, vendor_id: int) -> VendorTerms:
    """What was agreed with a vendor, defaults for all the rest."""
    return terms_of_trade.from_agreed(agreed_with(tx, vendor_id))


def agreed_with(tx: Connection, vendor_id: int) -> dict[str, str]:
    """Only what was set, key to text."""
    agreed: dict[str, str] = json.loads(tx.execute(_terms_of, {"vendor": vendor_id}).scalar_one())
    return agreed


_terms_of = select(_vendors.c.terms).where(_vendors.c.id == bindparam("vendor"))


def set_terms(tx: Connection, vendor_id: int, agreed: Mapping[str, str]) -> None:
    """Replace what was agreed with a vendor."""
    tx.execute(update(_vendors).where(_vendors.c.id == vendor_id).values(terms=json.dumps(agreed, sort_keys=True)))


def lock_vendor(tx: Connection, slug: str) -> Vendor | None:
    """The vendor, whom nobody else changes until this transaction ends; None where there is none."""
    tx.execute(select(_vendors.c.id).where(_vendors.c.slug == slug).with_for_update())
    return vendor(tx, slug)


def vendors(tx: Connection) -> list[Vendor]:
    """Everybody who sells us calls, by slug."""
    trunks: dict[int, list[str]] = {}
    for number, vendor_id in tx.execute(select(_trunks.c.number, _trunks.c.vendor_id).order_by(_trunks.c.number)):
        trunks.setdefault(vendor_id, []).append(number)
    rows = tx.execute(select(_vendors).order_by(_vendors.c.slug))
    return [Vendor(row.id, row.slug, row.name, tuple(trunks.get(row.id, ()))) for row in rows]


_trunk_owner = select(_trunks.c.vendor_id).where(_trunks.c.number == bindparam("number"))


def vendor_of_trunk(tx: Connection, number: str) -> int | None:
    """The vendor who transfers from this number; it is nobody's own and is never texted or called back."""
    found: int | None = tx.execute(_trunk_owner, {"number": number}).scalar()
    return found
