"""A packet made: read in short transactions, written to a file as it is read, bounded in all that it holds.

The same question at the same head of the ledger, made at the same instant, is the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from itertools import islice
from typing import IO, Any

from app.domain.licensing import RULE_VERSION
from app.reports import packet_page
from app.reports.packet_page import Answer, CallTold
from app.reports.safe_csv import csv_lines
from app.storage import attempts, calls, campaigns, ledger, packet_facts, seals
from app.storage.campaigns import Campaign
from app.storage.database import Database
from app.storage.own_calls import VIOLATION
from app.storage.seals import Head
from app.workflows.authority.keep_anchors import Anchoring
from app.workflows.authority.verify_ledger import seal_ledger
from app.workflows.packet import rows, story
from app.workflows.packet.archive import Archive, Member
from app.workflows.packet.asked import Asked
from app.workflows.packet.chain import Chain, KeptHere, write_anchors, write_chain
from app.workflows.packet.errors import TooLarge
from app.workflows.packet.judged_again import Judged, judged_again
from app.workflows.packet.roster_then import Rosters
from app.workflows.packet.story import CallThen
from app.workflows.packet.summary import Tally, summary


@dataclass(frozen=True)
class Limits:
    """What one packet holds at most; of calls and of decisions without one so many stand in the summary, and all in the files."""

    decisions: int = 100_000
    verdicts: int = 3_000_000
    calls_told: int = 500
    answers_told: int = 200


_LIMITS = Limits()
_CALLS_AT_ONCE = 100


@dataclass(frozen=True)
class Made:
    """What a packet came to. `sha256` is the manifest's: whoever has it knows every other file by it."""

    decisions: int
    calls: int
    head: int | None
    manifest_sha256: str


@dataclass
class _Chosen:
    """What the question is about: calls and entries without one by id; `untold`: erased, so nobody can say."""

    calls: list[int] = field(default_factory=list)
    alone: list[int] = field(default_factory=list)
    untold: int = 0


@dataclass
class _Work:
    """One packet while it is made."""

    asked: Asked
    database: Database
    head: Head | None
    rosters: Rosters
    limits: Limits
    tally: Tally = field(default_factory=Tally)
    cited: set[int] = field(default_factory=set)
    rules: set[int] = field(default_factory=set)
    told: list[CallTold] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    call_rows: list[list[object]] = field(default_factory=list)


def make_packet(
    file: IO[bytes],
    asked: Asked,
    *,
    anchoring: Anchoring,
    made_for: str,
    database: Database,
    now: datetime,
    limits: Limits = _LIMITS,
) -> Made:
    """Write the ZIP to `file`. That it was made is in the ledger. Raises TooLarge, with nothing usable in `file`."""
    seal_ledger(database=database)
    with database.read() as tx:
        head = seals.head(tx)
        known = {each.campaign_id: each for each in campaigns.everything(tx)}
    work = _Work(asked, database, head, Rosters(database), limits)
    chosen = _choose(work)
    work.tally.untold = chosen.untold
    with Archive(file) as archive:
        with archive.member("decisions.jsonl") as lines:
            _write_calls(work, chosen.calls, known, lines)
            _write_alone(work, chosen.alone, lines)
        _write_rows(work, archive)
        chain = write_chain(archive, work.cited, head=head, database=database)
        kept = write_anchors(archive, chain, head=head, anchoring=anchoring, now=now)
        _write_words(work, archive, chain, kept, anchoring=anchoring, made_for=made_for, now=now)
        archive.add("verify.py", files("app").joinpath("data", "packet", "verify.py").read_bytes())
        _write_manifest(work, archive, chain, anchoring=anchoring, made_for=made_for, now=now)
    made = Made(
        work.tally.decisions, work.tally.calls, head.seq if head else None, archive.members["manifest.json"]["sha256"]
    )
    with database.begin() as tx:
        facts = {**asked.facts, "decisions": made.decisions, "head": made.head, "manifest_sha256": made.manifest_sha256}
        ledger.write(tx, kind="packet_made", now=now, actor=made_for, facts=facts)
    return made


# ---- what it is about


def _choose(work: _Work) -> _Chosen:
    asked, chosen = work.asked, _Chosen()
    if work.head is None:
        return chosen
    if asked.call_sid is not None:
        with work.database.read() as tx:
            call = calls.read(tx, asked.call_sid)
        chosen.calls = [call.id] if call else []
        return chosen
    found_calls: set[int] = set()
    alone: set[int] = set()
    found = packet_facts.about(
        work.database, state=asked.state, npn=asked.npn, since=asked.since, until=asked.until, up_to=work.head.seq
    )
    for one in found:
        if one.is_erased:
            chosen.untold += 1
        elif one.call_id is not None:
            found_calls.add(one.call_id)
        else:
            alone.add(one.entry_id)
        _hold(len(found_calls) + len(alone), work.limits.decisions, "decisions")
    chosen.calls, chosen.alone = sorted(found_calls), sorted(alone)
    return chosen


# ---- decisions


def _write_calls(work: _Work, call_ids: Sequence[int], known: dict[int, Campaign], lines: Member) -> None:
    up_to = work.head.seq if work.head else 0
    for batch in _batches(call_ids):
        with work.database.read() as tx:
            found = packet_facts.calls_by_id(tx, batch)
            entries = packet_facts.of_calls(tx, batch, up_to)
            rung = attempts.of_calls(tx, batch)
        for call in found.values():
            judged = [
                judged_again(entry, rosters=work.rosters, database=work.database)
                for entry in entries
                if entry.call_id == call.id
            ]
            then = CallThen(
                call,
                known.get(call.campaign_id) if call.campaign_id is not None else None,
                rung.get(call.id, ()),
                judged,
            )
            for one in judged:
                _write_decision(work, one, call.call_sid, lines)
            work.tally.calls += 1
            work.call_rows.append(rows.call(then))
            if len(work.told) < work.limits.calls_told:
                work.told.append(story.told(then))


def _write_alone(work: _Work, entry_ids: Sequence[int], lines: Member) -> None:
    for batch in _batches(entry_ids):
        with work.database.read() as tx:
            entries = ledger.entries(tx, batch)
        for entry_id in batch:
            one = judged_again(entries[entry_id], rosters=work.rosters, database=work.database)
            _write_decision(work, one, None, lines)
            work.tally.alone += 1
            if len(work.answers) < work.limits.answers_told:
                work.answers.append(story.answer(one))


def _write_decision(work: _Work, one: Judged, call_sid: str | None, lines: Member) -> None:
    entry, tally = one.entry, work.tally
    lines.line(rows.decision(one, call_sid))
    assert entry.seq is not None
    work.cited.add(entry.seq)
    work.rules.add(entry.rule_version)
    tally.decisions += 1
    tally.verdicts += len(one.producers or ())
    tally.differing += one.agrees is False
    tally.violations += entry.kind == VIOLATION
    if entry.kind != VIOLATION and entry.erased_by is None:
        tally.answers[entry.kind, bool(entry.facts.get("allowed"))] += 1
    _hold(tally.decisions, work.limits.decisions, "decisions")
    _hold(tally.verdicts, work.limits.verdicts, "verdicts on producers")


def _hold(count: int, most: int, what: str) -> None:
    if count > most:
        raise TooLarge(f"more than {most:,} {what} would stand in it")


def _batches(ids: Sequence[int]) -> Iterator[list[int]]:
    left = iter(ids)
    while batch := list(islice(left, _CALLS_AT_ONCE)):
        yield batch


# ---- the other files


def _write_rows(work: _Work, archive: Archive) -> None:
    with archive.member("calls.csv") as file:
        file.write(csv_lines([rows.CALL_COLUMNS, *work.call_rows]).encode("utf-8", "replace"))
    with work.database.read() as tx:
        versions = packet_facts.versions(tx, sorted(work.rosters.versions))
    with archive.member("licenses.csv") as file:
        file.write(csv_lines([rows.LICENSE_COLUMNS]).encode())
        for interval in work.rosters.intervals():
            file.write(csv_lines([rows.license_row(interval, versions)]).encode("utf-8", "replace"))


def _write_words(
    work: _Work, archive: Archive, chain: Chain, kept: KeptHere, *, anchoring: Anchoring, made_for: str, now: datetime
) -> None:
    told = summary(
        work.asked,
        work.tally,
        chain,
        kept,
        calls=work.told,
        answers=work.answers,
        head=work.head,
        installation=anchoring.installation,
        made_for=made_for,
        now=now,
    )
    archive.add("summary.html", packet_page.page(told).encode("utf-8", "replace"))
    archive.add("summary.txt", packet_page.text(told).encode("utf-8", "replace"))
    archive.add("README.txt", packet_page.readme(told).encode("utf-8", "replace"))


def _write_manifest(
    work: _Work, archive: Archive, chain: Chain, *, anchoring: Anchoring, made_for: str, now: datetime
) -> None:
    manifest: dict[str, Any] = {
        "packet": 1,
        "asked": work.asked.facts,
        "made": {"at": _spelled(now), "for": made_for, "installation": anchoring.installation},
        "program_version": version("threegate"),
        "rule_versions": {"of_decisions": sorted(work.rules), "re_derived_by": RULE_VERSION},
        "roster_versions": sorted(work.rosters.versions),
        "head": {"seq": work.head.seq, "hash": work.head.hash, "at": _spelled(work.head.at)} if work.head else None,
        "chain": {"from": chain.first, "to": chain.last, "to_head": chain.to_head, "cited": sorted(work.cited)},
        "files": dict(sorted(archive.members.items())),
    }
    archive.add("manifest.json", json.dumps(manifest, indent=2, sort_keys=True).encode() + b"\n")


def _spelled(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
