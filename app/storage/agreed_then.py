"""Settings of campaigns and open states as they were: read once, asked for any moment."""

from __future__ import annotations

import json
from collections import defaultdict

from sqlalchemy import Connection, select

from app.domain.billing.then import AGREED_KEYS, Change, Opening, OpeningsThen, SettingsThen
from app.domain.states import State
from app.storage.models.base import table_of
from app.storage.models.campaigns import CampaignRow, SettingChangeRow
from app.storage.models.roster import RosterHistoryRow, RosterVersionRow
from app.storage.roster_changes import Subject, read_back

_campaigns, _changes = table_of(CampaignRow), table_of(SettingChangeRow)
_history, _versions = table_of(RosterHistoryRow), table_of(RosterVersionRow)


def settings_then(tx: Connection) -> SettingsThen:
    """The settings that bills are judged by, of every campaign, with every change of them."""
    now = {row.id: json.loads(row.settings) for row in tx.execute(select(_campaigns.c.id, _campaigns.c.settings))}
    changes = defaultdict[int, list[Change]](list)
    query = (
        select(_changes.c.campaign_id, _changes.c.at, _changes.c.key, _changes.c.before)
        .where(_changes.c.key.in_(AGREED_KEYS))
        .order_by(_changes.c.id)
    )
    for row in tx.execute(query):
        changes[row.campaign_id].append(Change(row.at, row.key, row.before or "none"))
    return SettingsThen(now, changes)


def openings_then(tx: Connection) -> OpeningsThen:
    """Every state that was ever opened, with each change: openings have a history, so nothing has to be guessed back."""
    by_state = defaultdict[State, list[Opening]](list)
    query = (
        select(_history.c.key, _history.c.after, _versions.c.at)
        .join(_versions, _versions.c.version == _history.c.version)
        .where(_history.c.subject == Subject.OPENING)
        .order_by(_history.c.version, _history.c.id)
    )
    for row in tx.execute(query):
        after = read_back(row.after)
        is_open = after is not None and after["is_open"]
        zips = frozenset(after["zips"]) if after is not None and after["zips"] is not None else None
        by_state[row.key].append(Opening(row.at, is_open, zips))
    return OpeningsThen(by_state)
