"""Add a campaign: what is sold at which number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.domain import phone, policy
from app.domain.lines import BadRequirement, Requirement
from app.domain.policy import BadSetting, Policy
from app.storage import campaigns, ledger
from app.storage.campaigns import Campaign
from app.storage.database import Database
from app.workflows.admin.refused import Refused, is_line, refused

LONGEST_NAME = 200
LONGEST_REQUIREMENT = 200


def add_campaign(
    *,
    number: str,
    name: str,
    loa: str,
    vendor: str | None,
    settings: Mapping[str, str],
    actor: str,
    database: Database,
    now: datetime,
) -> Campaign | Refused:
    """The new campaign. `loa` as in `property+casualty`; `vendor` is a slug; `settings` are texts by key."""
    called, needed = phone.parse(number), _requirement(loa)
    errors = dict(_wrong_settings(settings))
    if called is None:
        errors["number"] = f"{number[:40]!r}: not a telephone number"
    if not is_line(name, LONGEST_NAME):
        errors["name"] = f"one line of 1 to {LONGEST_NAME} characters"
    if isinstance(needed, str):
        errors["loa"] = needed
    if errors or called is None or isinstance(needed, str):
        return Refused(errors)
    with database.begin() as tx:
        seller = None if vendor is None else campaigns.vendor(tx, vendor)
        if vendor is not None and seller is None:
            return refused("vendor", f"no vendor {vendor!r}; add the vendor first")
        vendor_id = None if seller is None else seller.vendor_id
        campaign_id = campaigns.add(tx, number=called.e164, name=name, requirement=needed, vendor_id=vendor_id)
        if campaign_id is None:
            return refused("number", f"{called}: there is a campaign at it already")
        campaigns.change_settings(tx, campaigns.by_id(tx, campaign_id), settings, actor=actor, now=now)
        facts = {"number": called.e164, "name": name, "loa": str(needed), "vendor": vendor, "settings": dict(settings)}
        ledger.write(tx, kind="campaign_added", now=now, actor=actor, facts=facts)
        return campaigns.by_id(tx, campaign_id)


def _requirement(loa: str) -> Requirement | str:
    try:
        needed = Requirement.parse(loa)
    except BadRequirement as error:
        return str(error)
    return needed if len(str(needed)) <= LONGEST_REQUIREMENT else "too many alternatives"


def _wrong_settings(settings: Mapping[str, str]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for key, text in settings.items():
        try:
            policy.apply(Policy(), key, text)
        except BadSetting as error:
            wrong[key] = error.why
    return wrong
