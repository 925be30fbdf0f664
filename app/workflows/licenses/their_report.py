"""The other side of an audit: a NIPR report, or a file in our roster's format, each producer's lines by NPN."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.discrepancies import HeldLine
from app.domain.licensing import IN_FORCE
from app.rosters import csv_roster, nipr_csr, nipr_detail
from app.rosters.errors import Refusal
from app.rosters.nipr_authority import Answers
from app.rosters.nipr_values import Report, Unmapped, of_producer

CSV, DETAIL, CSR = "csv", "nipr-detail", "nipr-csr"
FORMATS = (CSV, DETAIL, CSR)

_READERS = {DETAIL: nipr_detail.read, CSR: nipr_csr.read}
_LOOKED_AT_BYTES = 4096
_DETAIL_ROOT = re.compile(rb"<\s*PDB\b")


@dataclass(frozen=True)
class NotAudited:
    """Nothing was compared, and why."""

    why: str


@dataclass(frozen=True)
class Theirs:
    """What the report says of each producer, by NPN. `unmapped` is in force there, and nobody knows for sure what it is."""

    lines: Mapping[str, Sequence[HeldLine]]
    unmapped: Mapping[str, Sequence[Unmapped]]
    as_of: date | None


def format_of(content: bytes) -> str:
    """Which of FORMATS the file is in, by its first bytes."""
    begins = content[:_LOOKED_AT_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not begins.startswith(b"<"):
        return CSV
    return DETAIL if _DETAIL_ROOT.search(begins) else CSR


def read(content: bytes, file_format: str, *, npn: str | None, answers: Answers) -> Theirs | NotAudited | Refusal:
    """The report; `npn` is whose it is where the file does not say."""
    if file_format == CSV:
        return _from_csv(content) if npn is None else NotAudited("a roster file says itself whose licenses it lists")
    report = _READERS[file_format](content, answers)
    return report if isinstance(report, Refusal) else _from_nipr(report, npn)


def _from_csv(content: bytes) -> Theirs | Refusal:
    roster = csv_roster.read(content)
    if isinstance(roster, Refusal):
        return roster
    lines: dict[str, list[HeldLine]] = {person.npn: [] for person in roster.people}
    for listed in roster.licenses:
        lines[listed.npn].append(listed)
    return Theirs(lines, {}, None)


def _from_nipr(report: Report, npn: str | None) -> Theirs | NotAudited:
    nameless = sum(not producer.npn for producer in report.producers)
    if npn is None and nameless:
        return NotAudited("the report does not say whose it is; give the NPN")
    if npn is not None:
        if nameless != 1:
            return NotAudited("an NPN is for the one person whom a report does not number; this one has no such person")
        if any(producer.npn == npn for producer in report.producers):
            return NotAudited(f"NPN {npn} is another person in this report")
        report = of_producer(report, npn)
    if not report.producers:
        # With everybody held against it, it would say that nobody holds anything.
        return NotAudited("there is no person in this report")
    return Theirs(
        lines={producer.npn: producer.licenses for producer in report.producers},
        unmapped={
            producer.npn: [line for line in producer.unmapped if line.status in IN_FORCE]
            for producer in report.producers
        },
        as_of=report.as_of,
    )
