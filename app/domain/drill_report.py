"""What a drill found: what every pretended caller would have experienced, and whether that kept our promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.lookback.plain import plain as as_json
from app.domain.states import State


@dataclass(frozen=True)
class Told:
    """One line of a caller's story; `second` counts from their arrival. `kind` is speech, phone, bridge, no or text."""

    second: float
    who: str
    text: str
    kind: str = "phone"


@dataclass(frozen=True)
class Rung:
    """A producer whose phone rang, and how that ended, in words."""

    npn: str
    name: str
    second: float
    outcome: str


@dataclass(frozen=True)
class NotRung:
    """A producer whose phone did not ring, and why; `codes` are the reasons of INTERFACE.md section 5."""

    npn: str
    name: str
    why: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Experience:
    """What one caller would have experienced. `wrong` says against which promise; empty where all is well.

    `at` is the instant of the call. `person_after_seconds`: until somebody licensed spoke to them, callbacks included;
    `promise_after_seconds`: until a call back was promised, `promised_by` the instant by which. None: it never came to that.
    `outcome` is one sentence.
    """

    key: str
    title: str
    at: datetime
    caller: str
    outcome: str
    wrong: tuple[str, ...]
    told: tuple[Told, ...] = ()
    rung: tuple[Rung, ...] = ()
    not_rung: tuple[NotRung, ...] = ()
    custody: str = ""
    person_after_seconds: float | None = None
    promise_after_seconds: float | None = None
    promised_by: datetime | None = None

    @property
    def passed(self) -> bool:
        return not self.wrong


@dataclass(frozen=True)
class Skipped:
    """A path that could not be drilled, and why: the roster has nobody for it."""

    key: str
    title: str
    why: str


@dataclass(frozen=True)
class Covered:
    """One state with one campaign. `as_if_open`: the state is not open, and was drilled as if it were.

    `licensed` and `refused` are as they were judged at `at`; `refused_total` counts all, of whom `refused` names the first.
    """

    state: State
    campaign: str
    name: str
    requirement: str
    at: datetime
    zip_code: str
    as_if_open: bool
    licensed: tuple[str, ...]
    refused: tuple[NotRung, ...]
    refused_total: int
    gaps: tuple[str, ...]
    experiences: tuple[Experience, ...]
    skipped: tuple[Skipped, ...] = ()

    @property
    def passed(self) -> bool:
        return all(experience.passed for experience in self.experiences)


@dataclass(frozen=True)
class DrillReport:
    """A whole drill. `seconds` is how long it took; `only_campaigns` the numbers asked for, empty for all."""

    at: datetime
    run_by: str
    roster_version: int
    seconds: float
    covered: tuple[Covered, ...]
    only_campaigns: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return all(one.passed for one in self.covered)

    @property
    def experiences(self) -> Sequence[Experience]:
        return [experience for one in self.covered for experience in one.experiences]


def plain(report: DrillReport) -> dict[str, Any]:
    """The report as JSON: instants RFC 3339 in UTC, `passed` at each level."""
    told: dict[str, Any] = as_json(report)
    told["passed"] = report.passed
    for covered, said in zip(report.covered, told["covered"], strict=True):
        said["passed"] = covered.passed
        for experience, one in zip(covered.experiences, said["experiences"], strict=True):
            one["passed"] = experience.passed
    return told
