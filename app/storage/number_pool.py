"""Numbers of a campaign that are lent to one lead at a time, so that the number called tells whose call it is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select, update

from app.storage.models.base import table_of
from app.storage.models.campaigns import CampaignNumberRow

_numbers = table_of(CampaignNumberRow)

_rested = or_(_numbers.c.lent_until.is_(None), _numbers.c.lent_until <= bindparam("rested_since"))
_free = (
    select(_numbers.c.number)
    .where(
        _numbers.c.campaign_id == bindparam("campaign"),
        _numbers.c.pool,
        # A number that stands for a state would speak for a lead from elsewhere.
        or_(_numbers.c.state.is_(None), _numbers.c.state == bindparam("of_state")),
        _rested,
    )
    .order_by(_numbers.c.lent_until.nulls_first(), _numbers.c.number)
    .limit(1)
    # PostgreSQL: two leads at once take two numbers. SQLite has one writer, and leaves this out.
    .with_for_update(skip_locked=True)
)
_lend = (
    update(_numbers)
    .where(_numbers.c.number == _free.scalar_subquery(), _rested)
    .values(lent_to=bindparam("lead"), lent_until=bindparam("until"))
    .returning(_numbers.c.number)
)
_lend_on = (
    update(_numbers)
    .where(
        _numbers.c.campaign_id == bindparam("campaign"),
        _numbers.c.lent_to == bindparam("lead"),
        _numbers.c.lent_until > bindparam("now"),
    )
    .values(lent_until=bindparam("until"))
    .returning(_numbers.c.number)
)


def lend(
    tx: Connection, campaign_id: int, lead_id: int, *, state: str | None, until: datetime, now: datetime
) -> str | None:
    """Lend the lead a number until `until`; the one it has, where it has one. None where none is free.

    A number rests for as long as it was lent, counted from `now`, before it is lent again: a call that comes late must not
    join somebody else's lead. `state`: the one state that the lead is from, where that is known.
    """
    had = tx.execute(_lend_on, {"campaign": campaign_id, "lead": lead_id, "now": now, "until": until}).scalar()
    if had is not None:
        return str(had)
    lent: str | None = tx.execute(
        _lend,
        {
            "campaign": campaign_id,
            "lead": lead_id,
            "of_state": state,
            "rested_since": now - (until - now),
            "until": until,
        },
    ).scalar()
    return lent
