"""Change settings of a campaign, or have them follow their defaults again: all of them or none."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain import policy
from app.domain.policy import BadSetting, Policy
from app.storage import campaigns, ledger
from app.storage.database import Database
from app.workflows.admin.refused import Refused, refused


@dataclass(frozen=True)
class SettingsChanged:
    """`before` and `after` hold what was asked for, by key, as text; a value may be what it was."""

    number: str
    before: Mapping[str, str]
    after: Mapping[str, str]

    @property
    def changed(self) -> tuple[str, ...]:
        return tuple(key for key in self.after if self.after[key] != self.before[key])


def change_settings(
    campaign_id: int,
    texts: Mapping[str, str],
    *,
    actor: str,
    database: Database,
    now: datetime,
    expected: Mapping[str, str] | None = None,
) -> SettingsChanged | Refused | None:
    """Set `texts` by key; None where there is no such campaign.

    With `expected`, what each setting was when the person looked at it: one that somebody else changed meanwhile is
    refused, and the person looks again.
    """
    with database.begin() as tx:
        campaign = campaigns.lock(tx, campaign_id)
        if campaign is None:
            return None
        before, wrong = policy.spelled(campaign.policy), {}
        for key, text in texts.items():
            try:
                wanted = policy.spelled(policy.apply(campaign.policy, key, text))[key]
            except BadSetting as error:
                wrong[key] = error.why
                continue
            if expected is not None and before[key] not in (expected.get(key), wanted):
                wrong[key] = f"somebody else has set it to {before[key]} meanwhile; look again before you change it"
        if wrong:
            return Refused(wrong)
        after = policy.spelled(campaigns.change_settings(tx, campaign, texts, actor=actor, now=now))
        facts = {"campaign": campaign.number, "settings": {key: after[key] for key in texts}}
        ledger.write(tx, kind="campaign_set", now=now, actor=actor, facts=facts)
        return SettingsChanged(campaign.number, {key: before[key] for key in texts}, {key: after[key] for key in texts})


def reset_settings(
    campaign_id: int, keys: Collection[str], *, actor: str, database: Database, now: datetime
) -> SettingsChanged | Refused | None:
    """Have these settings follow their defaults; None where there is no such campaign."""
    defaults = policy.spelled(Policy())
    if unknown := [key for key in keys if key not in defaults]:
        return refused(unknown[0][:60], "no such setting")
    with database.begin() as tx:
        campaign = campaigns.lock(tx, campaign_id)
        if campaign is None:
            return None
        before = policy.spelled(campaign.policy)
        campaigns.reset_settings(tx, campaign, keys, actor=actor, now=now)
        facts = {"campaign": campaign.number, "settings": {key: defaults[key] for key in keys}, "to_default": True}
        ledger.write(tx, kind="campaign_set", now=now, actor=actor, facts=facts)
        return SettingsChanged(
            campaign.number, {key: before[key] for key in keys}, {key: defaults[key] for key in keys}
        )
