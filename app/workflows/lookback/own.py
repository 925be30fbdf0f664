"""The look back over our own calls. It must read zero: nobody let through without authority, nobody without a proof.

Each talk is judged twice by what was known then: by the look back that judges anybody's call log, over our roster as it
stood at its acceptance; and by the acceptance itself, which must stand in the ledger and be a yes when it is judged again.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.licensing import RULE_VERSION, Producer, judge
from app.domain.lookback.analysis import LookBack
from app.domain.lookback.calls import LoggedCall
from app.domain.lookback.report import About, Evidence, Kind, Report
from app.domain.lookback.roster_then import RosterThen
from app.storage import authority_facts, explain, own_calls
from app.storage.database import Database
from app.storage.ledger import Entry
from app.storage.own_calls import OwnCall, Talk
from app.workflows.authority.explain_decision import question_in

ROSTERS_KEPT = 4
"""Calls come in the order in which they arrived: hardly ever is an older roster asked for again."""

_SPAN = re.compile(r"\s*(?P<count>\d{1,4})\s*(?P<unit>[hdw])\s*")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_AGAINST = (Kind.WITHOUT_AUTHORITY, Kind.DOUBTFUL_STATE, Kind.NOT_ON_ROSTER, Kind.NOT_KNOWN_THEN)


class BadSpan(ValueError):
    """A span of time is a number with a unit: 24h, 30d or 12w."""


def last_span(text: str, now: datetime) -> tuple[datetime, datetime]:
    """From when to when the last `text` (`24h`, `30d`, `12w`) before `now` is. Raises BadSpan."""
    match = _SPAN.fullmatch(text)
    if match is None or int(match["count"]) == 0:
        raise BadSpan(f"{text[:20]!r} is no span of time; write e.g. 24h, 30d or 12w")
    return now - int(match["count"]) * _UNITS[match["unit"]], now


@dataclass(frozen=True)
class Unproved:
    """Two people were let talk, and the ledger does not prove that they might. `decision_id`: the entry that should."""

    call_id: int
    call_sid: str
    npn: str
    at: datetime
    decision_id: int | None
    why: str


@dataclass(frozen=True)
class OwnLookBack:
    """`report` has the talks, and the callers whom nobody took; a caller who was promised a call is among the latter.

    `found`: talks that were without authority by what was known then. `exposed`: talks that were not, but are by today's
    roster: a change reached back. `dialed_outside_hours`: people whom we rang when the law does not let us; one call each.
    In each, `line` is the id of the call.
    """

    since: datetime
    until: datetime
    report: Report
    found: tuple[Evidence, ...]
    unproved: tuple[Unproved, ...]
    exposed: tuple[Evidence, ...]
    dialed: int
    dialed_outside_hours: tuple[Evidence, ...]

    @property
    def is_clean(self) -> bool:
        """Whether we did nothing then that we knew, or had to know, to be wrong. What reached back later is told, no more."""
        return not (self.found or self.unproved or self.dialed_outside_hours)


def look_back_on_own(*, database: Database, since: datetime, until: datetime, now: datetime) -> OwnLookBack:
    """What our calls came to that arrived in [since, until). Read in many short transactions; nothing is written."""
    rosters = _Rosters(database, now)
    with database.read() as tx:
        today = RosterThen(authority_facts.everybody(tx), as_of=now)
    judged = _Judged(rosters, today)
    for own in _own_calls(database, since, until):
        judged.take(own)
    return judged.result(since, until)


class _Judged:
    """All that is found, call by call."""

    def __init__(self, rosters: _Rosters, today: RosterThen) -> None:
        self._rosters = rosters
        self._found: list[Evidence] = []
        self._outside_hours: list[Evidence] = []
        self._exposed: list[Evidence] = []
        self._unproved: list[Unproved] = []
        self._dialed = 0
        self._then = LookBack(lambda call: rosters.at(call.roster_version).then, found=self._note)
        self._today = LookBack(lambda _: today, judges_hours=False, found=self._expose)
        self._call: LoggedCall | None = None

    def take(self, own: OwnCall) -> None:
        call = self._call = own.logged
        outbound = call.direction == "outbound"
        self._dialed += outbound
        against = len(self._found)
        self._then.take(call)
        if own.talk is None:
            return
        why = _why_unproved(own.talk, self._rosters)
        if why is not None:
            self._unproved.append(_unproved(own.talk, why))
        if why is None and len(self._found) == against:
            self._today.take(call)

    def result(self, since: datetime, until: datetime) -> OwnLookBack:
        return OwnLookBack(
            since=since,
            until=until,
            report=self._then.report(_about(since, until)),
            found=tuple(self._found),
            unproved=tuple(self._unproved),
            exposed=tuple(self._exposed),
            dialed=self._dialed,
            dialed_outside_hours=tuple(self._outside_hours),
        )

    def _note(self, evidence: Evidence) -> None:
        assert self._call is not None
        if evidence.kind in _AGAINST:
            self._found.append(evidence)
        elif evidence.kind is Kind.OUTSIDE_HOURS and self._call.direction == "outbound":
            self._outside_hours.append(evidence)

    def _expose(self, evidence: Evidence) -> None:
        # What today's roster cannot tell is no change that reached back.
        if evidence.kind in (Kind.WITHOUT_AUTHORITY, Kind.DOUBTFUL_STATE):
            self._exposed.append(evidence)


def _about(since: datetime, until: datetime) -> About:
    return About(
        calls_name=f"our own calls, {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC",
        calls_format="threegate",
        roster_name="our roster as it was known at each call",
        columns=(),
        unread=(),
        notes=(
            "Each talk is judged at its key press, by the roster as it was known then.",
            "A caller whom nobody took counts as lost here, although they were acknowledged and promised a call.",
        ),
    )


def _own_calls(database: Database, since: datetime, until: datetime) -> Iterator[OwnCall]:
    """A page at a time, each in a transaction of its own."""
    after: int | None = 0
    while after is not None:
        with database.read() as tx:
            page = own_calls.page(tx, since=since, until=until, after=after)
        yield from page.calls
        after = page.next_after


# ---- the roster as it was


@dataclass(frozen=True)
class _Roster:
    then: RosterThen
    producers: Mapping[str, Producer]


class _Rosters:
    """Our roster at each of its versions; the last few are kept."""

    def __init__(self, database: Database, now: datetime) -> None:
        self._database, self._now = database, now
        self._kept: OrderedDict[int, _Roster] = OrderedDict()

    def at(self, version: int) -> _Roster:
        found = self._kept.pop(version, None) or self._read(version)
        self._kept[version] = found
        if len(self._kept) > ROSTERS_KEPT:
            self._kept.popitem(last=False)
        return found

    def _read(self, version: int) -> _Roster:
        with self._database.read() as tx:
            producers = explain.roster_at(tx, version)
        then = RosterThen(producers, as_of=self._now, certain=True)
        return _Roster(then, then.producers)


# ---- the proof


def _why_unproved(talk: Talk, rosters: _Rosters) -> str | None:
    """Why the ledger does not prove that the two might talk; None where it does."""
    entry = talk.acceptance
    if entry is None:
        return "the ledger has no acceptance that let them through"
    if entry.at > talk.at:
        return "the acceptance was written after the bridge"
    why = _why_no_yes(entry, talk, rosters)
    if why is not None or not talk.is_callback:
        return why
    # The person's phone rings after the key press: once they answer, authority is judged a last time.
    last = next((each for each in reversed(talk.acceptances) if each.facts.get("leg") != talk.leg_sid), None)
    if last is None:
        return "authority was not judged again when the person answered"
    return _why_no_yes(last, talk, rosters)


def _why_no_yes(entry: Entry, talk: Talk, rosters: _Rosters) -> str | None:
    """Why the entry is no yes to this producer for this offer, as written and as judged again."""
    facts = entry.facts
    if entry.erased_by is not None:
        return f"the facts of the acceptance were erased (entry {entry.erased_by} says by whom)"
    if (facts.get("npn"), facts.get("offer")) != (talk.npn, talk.offer):
        return "the acceptance is another producer's or another offer's"
    if facts.get("allowed") is not True:
        return "the decision in the ledger is a no"
    producer = rosters.at(entry.roster_version).producers.get(talk.npn)
    if producer is None:
        return f"the producer was not on the roster of version {entry.roster_version}"
    try:
        verdict = judge(producer, question_in(facts), entry.at)
    except (KeyError, TypeError, ValueError, AttributeError):
        return "the facts of the decision cannot be read"
    if verdict.allowed:
        return None
    by = "" if entry.rule_version == RULE_VERSION else f", by rule {RULE_VERSION} instead of {entry.rule_version}"
    return f"judged again it is a no (roster version {entry.roster_version}{by}): {', '.join(verdict.reasons)}"


def _unproved(talk: Talk, why: str) -> Unproved:
    return Unproved(talk.call_id, talk.call_sid, talk.npn, talk.at, talk.acceptance_id, why)
