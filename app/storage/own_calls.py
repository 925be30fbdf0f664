"""Our own calls, read back for a look back: each talk, each caller whom nobody took, each callback that rang somebody."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from app.domain.call import Disposition, Happening, Outcome
from app.domain.evidence import Evidence
from app.domain.lead import ClosedAs
from app.domain.lookback.calls import LoggedCall
from app.storage import campaigns
from app.storage.campaigns import Campaign
from app.storage.ledger import Entry
from app.storage.models.base import table_of
from app.storage.models.calls import AttemptRow, CallEventRow, CallRow, LeadRow
from app.storage.models.ledger import LedgerRow
from app.storage.models.roster import ProducerRow, RosterVersionRow
from app.storage.own_residences import CALLBACK, evidence_now, evidence_then, persons_number

_calls, _leads, _events = table_of(CallRow), table_of(LeadRow), table_of(CallEventRow)
_attempts, _producers = table_of(AttemptRow), table_of(ProducerRow)
_ledger, _versions = table_of(LedgerRow), table_of(RosterVersionRow)

PAGE = 1000
"""So many calls are read in one transaction."""

VIOLATION = "bridged_without_acceptance"
"""The ledger's kind for a bridge that the carrier reported and no acceptance let through."""

_NOT_OURS_TO_TAKE = (Disposition.BLOCKED, Disposition.RETURNED, Disposition.WRONG_NUMBER)
_NEVER_A_LEAD = (ClosedAs.BLOCKED, ClosedAs.DUPLICATE, ClosedAs.RETURNED, ClosedAs.WRONG_NUMBER)


@dataclass(frozen=True)
class Talk:
    """A producer and a person who were let talk. `acceptances` are all that the ledger has of the call, oldest first.

    `at` is the key press (on a callback the person is rung then). `acceptance_id` is what the attempt says it rests on.
    """

    call_id: int
    call_sid: str
    npn: str
    offer: int
    leg_sid: str | None
    at: datetime
    acceptance_id: int | None
    is_callback: bool
    acceptances: tuple[Entry, ...]

    @property
    def acceptance(self) -> Entry | None:
        """The entry that the attempt names, if the ledger has it for this call."""
        return next((entry for entry in self.acceptances if entry.entry_id == self.acceptance_id), None)


@dataclass(frozen=True)
class OwnCall:
    """One talk (`talk`), or one call that came to none. `logged.line` is the id of the call."""

    logged: LoggedCall
    talk: Talk | None


@dataclass(frozen=True)
class Page:
    """Some of our calls in the order of their ids; `next_after` None: there are no more."""

    calls: tuple[OwnCall, ...]
    next_after: int | None


_page = (
    select(
        _calls,
        _leads.c.residence.label("lead_residence"),
        _leads.c.state.label("lead_state"),
        _leads.c.zip_code.label("lead_zip"),
        _leads.c.phone.label("lead_phone"),
        _leads.c.closed_as,
    )
    .outerjoin(_leads, _leads.c.id == _calls.c.lead_id)
    .where(
        _calls.c.id > bindparam("after"),
        _calls.c.arrived_at >= bindparam("since", type_=_calls.c.arrived_at.type),
        _calls.c.arrived_at < bindparam("until", type_=_calls.c.arrived_at.type),
    )
    .order_by(_calls.c.id)
    .limit(bindparam("most"))
)


def page(tx: Connection, *, since: datetime, until: datetime, after: int = 0, most: int = PAGE) -> Page:
    """What our calls came to that arrived in [since, until), `most` calls with ids above `after`.

    A caller with whom two producers talked is there twice; a call whose end is not known yet only where somebody talks.
    A call to a number without a campaign is left out: nobody knows what license it takes.
    """
    rows = tx.execute(_page, {"after": after, "since": since, "until": until, "most": most}).mappings().all()
    if not rows:
        return Page((), None)
    facts = _facts_of(tx, rows)
    found = [own for row in rows if row["campaign_id"] is not None for own in facts.told(row)]
    return Page(tuple(found), rows[-1]["id"] if len(rows) == most else None)


def oldest(tx: Connection) -> datetime | None:
    """When the first call of all arrived."""
    found: datetime | None = tx.execute(select(_calls.c.arrived_at).order_by(_calls.c.id).limit(1)).scalar()
    return found


def call_sids(tx: Connection, call_ids: Collection[int]) -> dict[int, str]:
    """What the carrier calls them, by our ids."""
    found: dict[int, str] = {}
    ordered = sorted(set(call_ids))
    for start in range(0, len(ordered), PAGE):
        query = select(_calls.c.id, _calls.c.call_sid).where(_calls.c.id.in_(ordered[start : start + PAGE]))
        found.update({row[0]: row[1] for row in tx.execute(query)})
    return found


# ---- what is known of the calls of one page


@dataclass(frozen=True)
class _Facts:
    campaigns: Mapping[int, Campaign]
    attempts: Mapping[int, Sequence[RowMapping]]
    acceptances: Mapping[int, Sequence[Entry]]
    violations: Mapping[int, Collection[int]]
    """The offers of a call that were bridged without an acceptance, by the carrier's own word."""
    dials: Mapping[int, Sequence[RowMapping]]
    """What a callback's events say of the person's phone."""
    versions: _Versions

    def told(self, row: RowMapping) -> Iterator[OwnCall]:
        if row["direction"] == CALLBACK:
            yield from self._callback(row)
            return
        talks = [attempt for attempt in self.attempts[row["id"]] if self._bridged(attempt)]
        for attempt in talks:
            yield self._talk(row, attempt, at=attempt["accepted_at"] or attempt["started_at"], alone=len(talks) == 1)
        if not talks and _lost(row):
            yield OwnCall(self._logged(row, row["arrived_at"], evidence=evidence_now(row)), None)

    def _bridged(self, attempt: RowMapping) -> bool:
        """Let through and not called off since; or let through by nobody, as the carrier says."""
        if attempt["number"] in self.violations[attempt["call_id"]]:
            return True
        standing = attempt["outcome"] is None and attempt["accepted_at"] is not None
        return standing or attempt["outcome"] == Outcome.ACCEPTED

    def _callback(self, row: RowMapping) -> Iterator[OwnCall]:
        """Nothing where only a producer was rung; the person's phone rings after the key press."""
        events = self.dials[row["id"]]
        dialed_at = next((event["at"] for event in events if event["happening"] == Happening.CALLER_DIALED), None)
        rung = self.attempts[row["id"]]
        facts = [json.loads(event["facts"]) for event in events]
        bridged = any(told.get("bridged") for told in facts)
        answered = any(told.get("status") == "answered" and "decision" in told for told in facts)
        # Where the carrier says that they were bridged, it is a talk, whatever became of the attempt.
        attempt = next((each for each in rung if bridged or self._bridged(each)), None)
        if attempt is not None and (bridged or answered or row["served_seconds"] > 0):
            yield self._talk(row, attempt, at=dialed_at or attempt["accepted_at"] or attempt["started_at"], alone=True)
        elif dialed_at is not None:
            yield OwnCall(self._logged(row, dialed_at, evidence=evidence_now(row)), None)

    def _talk(self, row: RowMapping, attempt: RowMapping, *, at: datetime, alone: bool) -> OwnCall:
        talk = Talk(
            call_id=row["id"],
            call_sid=row["call_sid"],
            npn=attempt["npn"],
            offer=attempt["number"],
            leg_sid=attempt["leg_sid"],
            at=at,
            acceptance_id=attempt["acceptance_id"],
            is_callback=row["direction"] == CALLBACK,
            acceptances=tuple(self.acceptances[row["id"]]),
        )
        entry = talk.acceptance
        logged = self._logged(row, at, evidence=evidence_now(row) if entry is None else evidence_then(row, entry))
        logged = logged._replace(producer=talk.npn, answered_seconds=_talk_seconds(row, attempt, alone=alone))
        return OwnCall(logged if entry is None else logged._replace(roster_version=entry.roster_version), talk)

    def _logged(self, row: RowMapping, at: datetime, *, evidence: Evidence) -> LoggedCall:
        campaign = self.campaigns[row["campaign_id"]]
        dialed = row["direction"] == CALLBACK
        price = campaign.policy.price
        return LoggedCall(
            line=row["id"],
            at=at,
            caller=persons_number(row),
            producer="",
            loa=str(campaign.requirement),
            answered_seconds=0,
            direction="outbound" if dialed else "inbound",
            # Its own call has paid for the lead; calling back costs nothing more.
            price_cents=None if price is None or dialed else int(Decimal(price) * 100),
            evidence=evidence,
            roster_version=self.versions.at(at),
        )


def _lost(row: RowMapping) -> bool:
    """A caller who went away unserved. A call without a lead is a producer's own, or one that was refused."""
    if row["ended_at"] is None or row["lead_id"] is None:
        return False
    return row["disposition"] not in _NOT_OURS_TO_TAKE and row["closed_as"] not in _NEVER_A_LEAD


def _talk_seconds(row: RowMapping, attempt: RowMapping, *, alone: bool) -> int:
    """The carrier's own count where it stands for this talk only; at least one, for it was a talk."""
    if alone and row["served_seconds"]:
        return int(row["served_seconds"])
    if attempt["accepted_at"] is None or attempt["ended_at"] is None:
        return 1
    return max(1, int((attempt["ended_at"] - attempt["accepted_at"]).total_seconds()))


# ---- reading


_attempts_of = (
    select(_attempts, _producers.c.npn)
    .join(_producers, _producers.c.id == _attempts.c.producer_id)
    .where(_attempts.c.call_id.in_(bindparam("ids", expanding=True)))
    .order_by(_attempts.c.call_id, _attempts.c.number)
)
_entries_of = (
    select(_ledger)
    .where(_ledger.c.call_id.in_(bindparam("ids", expanding=True)), _ledger.c.kind.in_(("acceptance", VIOLATION)))
    .order_by(_ledger.c.id)
)
_dials_of = (
    select(_events.c.call_id, _events.c.happening, _events.c.at, _events.c.facts)
    .where(_events.c.call_id.in_(bindparam("ids", expanding=True)))
    .order_by(_events.c.id)
)


def _facts_of(tx: Connection, rows: Sequence[RowMapping]) -> _Facts:
    ids = [row["id"] for row in rows]
    dialed = [row["id"] for row in rows if row["direction"] == CALLBACK]
    attempts, dials = defaultdict[int, list[RowMapping]](list), defaultdict[int, list[RowMapping]](list)
    acceptances, violations = defaultdict[int, list[Entry]](list), defaultdict[int, set[int]](set)
    for row in tx.execute(_attempts_of, {"ids": ids}).mappings():
        attempts[row["call_id"]].append(row)
    for row in tx.execute(_dials_of, {"ids": dialed}).mappings() if dialed else ():
        dials[row["call_id"]].append(row)
    for row in tx.execute(_entries_of, {"ids": ids}).mappings():
        entry = _entry(row)
        if entry.kind == VIOLATION:
            violations[row["call_id"]].add(entry.facts.get("offer", 0))
        else:
            acceptances[row["call_id"]].append(entry)
    return _Facts(
        campaigns={campaign.campaign_id: campaign for campaign in campaigns.everything(tx)},
        attempts=attempts,
        acceptances=acceptances,
        violations=violations,
        dials=dials,
        versions=_versions_from(tx, min(row["arrived_at"] for row in rows)),
    )


def _entry(row: RowMapping) -> Entry:
    """An entry whose facts nobody can read has none: it proves nothing, and the look back goes on."""
    columns = {name: row[name] for name in Entry.__dataclass_fields__ if name in row}
    try:
        facts = json.loads(row["facts"])
    except ValueError:
        facts = {}
    return Entry(entry_id=row["id"], **{**columns, "facts": facts if isinstance(facts, dict) else {}})


@dataclass(frozen=True)
class _Versions:
    """Which version of the roster was the newest at an instant."""

    before: int
    instants: Sequence[datetime]
    numbers: Sequence[int]

    def at(self, instant: datetime) -> int:
        index = bisect_right(self.instants, instant)
        return self.numbers[index - 1] if index else self.before


def _versions_from(tx: Connection, first: datetime) -> _Versions:
    older = select(func.coalesce(func.max(_versions.c.version), 0)).where(_versions.c.at <= first)
    newer = select(_versions.c.at, _versions.c.version).where(_versions.c.at > first).order_by(_versions.c.at)
    rows = tx.execute(newer).all()
    return _Versions(int(tx.execute(older).scalar_one()), [row[0] for row in rows], [row[1] for row in rows])


def last_look_back(tx: Connection, kind: str) -> Entry | None:
    """The newest entry of the ledger that is of this kind."""
    newest = select(_ledger).where(_ledger.c.kind == kind).order_by(_ledger.c.at.desc(), _ledger.c.id.desc()).limit(1)
    row = tx.execute(newest).mappings().first()
    return None if row is None else _entry(row)
