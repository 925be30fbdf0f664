"""A resident license has ended: what rested on it is listed in the ledger, and compliance is told, once.

No decision waits for this: the gate reads the dates themselves. Nothing is lifted here, either; an import that shows the
license in force again does that (FLOWS.md, Licenses).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain import cascade
from app.domain.cascade import Going
from app.domain.licensing import Producer
from app.domain.lines import Line
from app.domain.states import State
from app.outside.notices import Notice, Notices
from app.storage import authority_facts, lapses, ledger, work
from app.storage import notices as told
from app.storage.database import Database, Transaction
from app.storage.lapses import Ended
from app.storage.ledger import Entry
from app.workflows.leads.notify_overdue import MOST_NAMED
from app.workflows.licenses.calls_at_stake import MustMove, Promises, must_move, promises_of
from app.workflows.tell_once import tell_once

ACTOR = "scheduler"
LOOK = "lapses"
"""The heartbeat that says how far the watch has come."""

LONGEST_CHANGE = timedelta(hours=1)
"""A change of the roster that began before the last look may be committed after it: looks overlap by so much."""

STILL_TOLD = timedelta(days=7)
"""A lapse that nobody could be told of for so long is on the list, and no news."""

_TOLD = "told"


@dataclass(frozen=True)
class Lapse:
    """What ended together: the lines of one producer in one state, and all that went with them."""

    producer: Producer
    state: State
    lines: tuple[Line, ...]
    ended: Ended
    going: tuple[Going, ...]
    callbacks: tuple[MustMove, ...]


def watch_lapses(*, database: Database, notices: Notices, now: datetime) -> int:
    """Note each lapse since the last look, once, and tell of it in one notice. Returns how many the notice names.

    The very first look only remembers when it was. A lapse that an import has undone meanwhile is passed over.
    """
    with database.read() as tx:
        last = work.last_beat(tx, LOOK)
        # A clock that was set back must not skip what lies between.
        found = [] if last is None else _lapses(tx, min(last, now) - LONGEST_CHANGE, now)
    for lapse in found:
        with database.begin() as tx:
            if told.claim(tx, subject_of(lapse.producer.npn, lapse.state), threshold_of(lapse.ended), now):
                ledger.write(tx, kind=lapses.KIND, now=now, actor=ACTOR, facts=_facts(lapse))
    with database.begin() as tx:
        work.beat(tx, LOOK, now)
    return tell_once(
        lambda tx: _written(tx, now), named=_named, notice=_notice, database=database, notices=notices, now=now
    )


def subject_of(npn: str, state: State) -> str:
    return f"lapse:{npn}/{state}"


def threshold_of(ended: Ended) -> str:
    """Names one end of a license: a later one, after it came back, is another."""
    return f"{ended.at.astimezone(UTC):%Y%m%dT%H%M%SZ}" if ended.version is None else f"version {ended.version}"


def _lapses(tx: Transaction, since: datetime, now: datetime) -> list[Lapse]:
    ended = _last_ends([*lapses.by_date(tx, since, now), *lapses.by_change(tx, since)])
    back = lapses.in_force_at_home(tx, {each.npn for each in ended}, now)
    together: dict[tuple[str, State, str], list[Ended]] = {}
    for each in ended:
        if (each.npn, each.license.state, each.license.line) not in back:
            together.setdefault((each.npn, each.license.state, threshold_of(each)), []).append(each)
    new = [group for group in together.values() if not _is_known(tx, group[0])]
    promises = promises_of(tx) if new else None
    return [_lapse(tx, group, promises, now) for group in new if promises is not None]


def _last_ends(ended: Iterable[Ended]) -> list[Ended]:
    """Of each line the end that no import has undone since."""
    last: dict[tuple[str, State, Line], Ended] = {}
    for each in sorted(ended, key=lambda each: (each.at, each.version or 0)):
        last[each.npn, each.license.state, each.license.line] = each
    return list(last.values())


def _is_known(tx: Transaction, ended: Ended) -> bool:
    return told.is_claimed(tx, subject_of(ended.npn, ended.license.state), threshold_of(ended))


def _lapse(tx: Transaction, group: Sequence[Ended], promises: Promises, now: datetime) -> Lapse:
    """Judged at the last moment at which the license was in force, by the rest of the roster as it is now."""
    first = group[0]
    producer = authority_facts.producer(tx, first.producer_id)
    assert producer is not None
    state, lines = first.license.state, tuple(sorted(each.license.line for each in group))
    at = first.at - timedelta(microseconds=1)
    before = cascade.putting_back(producer, (each.license for each in group))
    after = cascade.without(before, [state], lines)
    going = cascade.cascade(before, after, at)
    callbacks = must_move(tx, promises, going, before, after, at=at, now=now) if going else ()
    return Lapse(producer, state, lines, first, going, callbacks)


def _facts(lapse: Lapse) -> dict[str, Any]:
    return {
        "npn": lapse.producer.npn,
        "name": lapse.producer.name,
        "state": lapse.state,
        "lines": [str(line) for line in lapse.lines],
        "ended_at": lapse.ended.at.isoformat(),
        "how": lapse.ended.how,
        "version": lapse.ended.version,
        "threshold": threshold_of(lapse.ended),
        "going": [[each.license.state, str(each.license.line)] for each in lapse.going],
        "callbacks": [
            {
                "callback": each.callback_id,
                "lead": each.lead_id,
                "states": list(each.states),
                "due_at": each.due_at.isoformat(),
            }
            for each in lapse.callbacks
        ],
    }


# ---- who hears of it


def _written(tx: Transaction, now: datetime) -> Iterable[Entry]:
    """What took authority away; a license that gave none when it ended is no news."""
    return (entry for entry in lapses.written(tx, now - STILL_TOLD) if entry.facts["going"])


def _named(entry: Entry) -> tuple[str, str]:
    return f"lapsed:{entry.entry_id}", _TOLD


def _notice(lapsed: Sequence[Entry]) -> Notice:
    """Producers by name, never a consumer."""
    most_first = sorted(lapsed, key=lambda entry: (-len(entry.facts["going"]), entry.entry_id))
    lines = [_line(entry.facts) for entry in most_first[:MOST_NAMED]]
    if len(most_first) > MOST_NAMED:
        lines.append(f"and {len(most_first) - MOST_NAMED} more")
    return Notice(
        title=f"Resident licenses lapsed: {len(most_first)}",
        body="\n".join(
            [*lines, "What went: threegate license lapses. An import that shows them active brings them back."]
        ),
    )


def _line(facts: dict[str, Any]) -> str:
    states, lines = len({state for state, _ in facts["going"]}), len(facts["going"])
    callbacks = len(facts["callbacks"])
    how = "expired" if facts["how"] == lapses.BY_DATE else f"not in force any more ({facts['how']})"
    return (
        f"{facts['name']} (NPN {facts['npn']}), {facts['state']} {'+'.join(facts['lines'])}: {how}; "
        f"{_counted(states, 'state')}, {_counted(lines, 'line')} and {_counted(callbacks, 'promised call')} went with it"
    )


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"
