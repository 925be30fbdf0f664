"""How the differences that a listing makes are told: what a person reads, and what a program does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.commands.output import SHOWN, instant
from app.workflows.licenses.exposure import Exposed
from app.workflows.licenses.merge_listing import Difference


def difference_lines(differences: Sequence[Difference], total: int) -> Iterator[str]:
    """The first hundred, and how many there are."""
    for each in differences[:SHOWN]:
        where = f" {each.state} {each.line}" if each.state else ""
        became = f"{each.before} -> {each.after}" if each.before else each.after
        yield f"NPN {each.npn}{where} {each.what}: {became}"
    if total > SHOWN:
        yield f"… {total} differences, the first {SHOWN} shown"


def difference_objects(differences: Sequence[Difference]) -> list[dict[str, Any]]:
    return [
        {
            "npn": each.npn,
            "subject": each.subject,
            "state": each.state,
            "loa": None if each.line is None else str(each.line),
            "what": each.what,
            "before": each.before,
            "after": each.after,
        }
        for each in differences
    ]


def exposed_lines(exposed: Sequence[Exposed]) -> Iterator[str]:
    """The calls that rested on what was not there; nothing where there are none."""
    if exposed:
        yield f"Exposure: {len(exposed)} calls were bridged under authority that was not there; the ledger lists them."
    for each in exposed[:SHOWN]:
        states = "|".join(each.states) or "state not known"
        yield f"  {instant(each.at)}  {each.call_sid}  NPN {each.npn}  {states}  {each.why}"
    if len(exposed) > SHOWN:
        yield f"  and {len(exposed) - SHOWN} more; --json has them all"


def exposed_objects(exposed: Sequence[Exposed]) -> list[dict[str, Any]]:
    return [
        {
            "call_sid": each.call_sid,
            "at": instant(each.at),
            "states": list(each.states),
            "npn": each.npn,
            "decision_id": each.decision_id,
            "why": each.why,
        }
        for each in exposed
    ]
