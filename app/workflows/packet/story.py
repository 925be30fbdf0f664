"""A call of a packet in words: who called from where, who was offered, who was refused and why, who took it on which license."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.domain import phone, states
from app.reports import packet_words as words
from app.reports import wording
from app.reports.packet_page import Answer, CallTold, LicenseTold, Person, Taken, Without
from app.storage.attempts import Attempt
from app.storage.calls import Call
from app.storage.campaigns import Campaign
from app.storage.ledger import Entry
from app.storage.own_calls import VIOLATION
from app.storage.own_residences import CALLBACK
from app.workflows.packet.judged_again import Judged
from app.workflows.packet.roster_then import RosterThen

NAMED = 12
"""So many of those without authority are named for one reason; decisions.jsonl names all."""


@dataclass(frozen=True)
class CallThen:
    """A call with everything that was decided on it, oldest first."""

    call: Call
    campaign: Campaign | None
    attempts: Sequence[Attempt]
    judged: Sequence[Judged]


def told(then: CallThen) -> CallTold:
    """The call as the summary has it."""
    call = then.call
    governing = _states(then)
    return CallTold(
        call_sid=call.call_sid,
        at=local(call.arrived_at, governing),
        caller=caller(call),
        kind="Call to" if call.direction == CALLBACK else "Call from",
        line=f"about {wording.lines(str(then.campaign.requirement))} insurance" if then.campaign else "to no campaign",
        state=wording.listed(map(states.name, governing)) or "Not known",
        known=_known(then),
        offered=tuple(_offered(then)),
        refused=tuple(_refused(then)),
        without=tuple(_without(then)),
        taken=tuple(_taken(then, governing)),
        end=words.end(call.disposition),
        alarms=tuple(_alarms(then)),
        cited=cited(one.entry for one in then.judged),
    )


def caller(call: Call) -> str:
    """The person's number, masked."""
    number = phone.parse(call.to_number if call.direction == CALLBACK else call.from_number)
    return number.masked if number else "a withheld number"


def local(at: datetime, governing: Sequence[str]) -> str:
    """In the state's own time; UTC where no state is known."""
    zone = states.zones(governing[0])[0] if governing else UTC
    here = at.astimezone(zone)
    return f"{wording.day(here.date())}, {here:%H:%M:%S} {here.tzname()}"


def cited(entries: Iterable[Entry]) -> str:
    """ "entries 12, 14 (links 12, 14)"."""
    found = list(entries)
    ids = ", ".join(str(entry.entry_id) for entry in found)
    links = ", ".join(str(entry.seq) for entry in found)
    return f"{'entry' if len(found) == 1 else 'entries'} {ids}; {'link' if len(found) == 1 else 'links'} {links} of the chain"


def answer(one: Judged) -> Answer:
    """A decision without a call."""
    entry, facts = one.entry, one.entry.facts
    governing = [state for state in facts.get("states", ()) if states.is_state(state)]
    if entry.erased_by is not None:
        return Answer(local(entry.at, ()), words.kind(entry.kind), "erased", cited([entry]))
    where = wording.listed(map(states.name, governing)) or "no known state"
    asked = f"{words.kind(entry.kind)}, {wording.lines(str(facts.get('loa', '')))} in {where}"
    if facts.get("npn"):
        asked += f", NPN {facts['npn']}"
    return Answer(local(entry.at, governing), asked, _decided(facts), cited([entry]))


def _decided(facts: Mapping[str, Any]) -> str:
    if facts.get("allowed"):
        return "Yes"
    if facts.get("reasons"):
        return f"No: {words.reasons([str(code) for code in facts['reasons']])}"
    lack = facts.get("lack") or facts.get("reason")
    return f"No: {words.lack(str(lack))}" if lack else "No"


# ---- where the caller lives


def _states(then: CallThen) -> list[str]:
    """Those that governed when somebody was let through, else at the last decision, else as the call stands."""
    facts = [one.entry.facts for one in then.judged if one.entry.erased_by is None]
    through = [each for each in facts if each.get("allowed") and each.get("states")]
    asked = through or [each for each in facts if each.get("states")]
    found = asked[-1]["states"] if asked else then.call.residence.states if then.call.residence else ()
    return [state for state in found if states.is_state(state)]


def _known(then: CallThen) -> str:
    facts = next((one.entry.facts for one in reversed(then.judged) if one.entry.facts.get("residence")), None)
    if facts is not None:
        residence = facts["residence"]
        return f"{words.confidence(residence['confidence']).capitalize()}. {residence['why']}"
    if then.call.residence is not None:
        return f"{words.confidence(then.call.residence.confidence).capitalize()}. {then.call.residence.why}"
    return "No decision that can be shown says how it was known."


# ---- who


def _name(npn: str, rosters: Iterable[RosterThen | None]) -> str:
    return next((each.by_npn[npn].name for each in rosters if each and npn in each.by_npn), "") or "A producer"


def _rosters(then: CallThen) -> list[RosterThen | None]:
    return [one.roster for one in then.judged]


def _offered(then: CallThen) -> Iterable[Person]:
    rosters = _rosters(then)
    for attempt in then.attempts:
        yield Person(_name(attempt.npn, rosters), attempt.npn, words.outcome(attempt.outcome))


def _refused(then: CallThen) -> Iterable[Person]:
    """Every no: of a producer who was offered and pressed 1, of an assignment, and where nobody could be offered."""
    last: Person | None = None
    for one in then.judged:
        facts = one.entry.facts
        if facts.get("allowed") is not False:
            continue
        npn = str(facts.get("npn") or "")
        what = {"acceptance": "pressed 1; ", "assignment": "was to be assigned; ", "dial": "was to call; "}
        how = what.get(one.entry.kind, "") + _decided(facts).removeprefix("No: ")
        person = Person(_name(npn, [one.roster]), npn, how) if npn else Person("Nobody could be rung", "", how)
        # A caller on hold is asked about every few seconds, with the same answer.
        if person != last:
            yield person
        last = person


def _without(then: CallThen) -> Iterable[Without]:
    """Those without authority when the call was first offered, by all the reasons against them, the fewest reasons first."""
    first = next((one for one in then.judged if one.entry.kind == "offer" and one.producers is not None), None)
    grouped: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for one in (first.producers or ()) if first else ():
        if one.verdict == "refused":
            grouped[tuple(map(str, one.reasons))].append(one.name or f"NPN {one.npn}")
    for codes, names in sorted(grouped.items(), key=lambda group: (len(group[0]), group[0])):
        yield Without(words.reasons(list(codes)), len(names), tuple(sorted(names)[:NAMED]))


def _taken(then: CallThen, governing: Sequence[str]) -> Iterable[Taken]:
    """Everybody who was connected, on the acceptance that the attempt names."""
    by_id = {one.entry.entry_id: one for one in then.judged}
    for attempt in then.attempts:
        if attempt.accepted_at is None:
            continue
        one = by_id.get(attempt.acceptance_id) if attempt.acceptance_id is not None else None
        rests_on = one.entry.facts.get("rests_on", ()) if one else ()
        yield Taken(
            _name(attempt.npn, _rosters(then)),
            attempt.npn,
            local(attempt.accepted_at, governing),
            tuple(_license(attempt.npn, held, one.roster if one else None) for held in rests_on),
        )


def _license(npn: str, held: Mapping[str, Any], roster: RosterThen | None) -> LicenseTold:
    """As the sealed decision has it; days and source from the roster's own row of then."""
    row = roster.rows.get(f"{npn}/{held['state']}/{held['loa']}", {}) if roster else {}
    effective, expires = row.get("effective_on"), row.get("expires_on")
    verified = datetime.fromisoformat(held["verified_at"])
    return LicenseTold(
        state=states.name(held["state"]) if states.is_state(held["state"]) else held["state"],
        line=wording.lines(held["loa"]),
        number=wording.shown(held["license_number"]) or "none on the roster",
        status=words.plain(held["status"]),
        effective=wording.day(effective) if effective else "not known",
        expires="no end" if row.get("perpetual") else wording.day(expires) if expires else "not known",
        verified=f"{wording.day(verified.date())}, {verified.astimezone(UTC):%H:%M} UTC",
        source=words.source(str(row.get("source") or "a source that is not known")),
    )


def _alarms(then: CallThen) -> Iterable[str]:
    """What speaks against us: nothing of it is left out."""
    for one in then.judged:
        if one.entry.kind == VIOLATION:
            yield "The carrier reported a connection that no decision let through."
        if one.agrees is False:
            yield f"Judged again, the decision in entry {one.entry.entry_id} comes out differently."
    known = {one.entry.entry_id for one in then.judged}
    for attempt in then.attempts:
        if attempt.accepted_at is not None and attempt.acceptance_id not in known:
            yield f"The ledger has no decision that let NPN {attempt.npn} through."
