"""The words around a packet's calls: what was asked, the numbers, what cannot be shown and why, and how to check it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.domain import states
from app.reports import wording
from app.reports.packet_about import CHECK, FILES
from app.reports.packet_page import Answer, CallTold, Summary
from app.reports.wording import counted
from app.storage.seals import Head
from app.workflows.packet.asked import Asked
from app.workflows.packet.chain import Chain, KeptHere


@dataclass
class Tally:
    """What a packet counts while it is made. `answers`: by kind and whether it was a yes. `untold`: erased decisions of the
    period of which nobody can say any more whether they belong here."""

    calls: int = 0
    decisions: int = 0
    alone: int = 0
    verdicts: int = 0
    differing: int = 0
    violations: int = 0
    untold: int = 0
    answers: Counter[tuple[str, bool]] = field(default_factory=Counter)

    @property
    def refusals(self) -> int:
        return sum(count for (_, allowed), count in self.answers.items() if not allowed)


def summary(
    asked: Asked,
    tally: Tally,
    chain: Chain,
    kept: KeptHere,
    *,
    calls: Sequence[CallTold],
    answers: Sequence[Answer],
    head: Head | None,
    installation: str,
    made_for: str,
    now: datetime,
) -> Summary:
    return Summary(
        title=_title(asked),
        question=_question(asked),
        period=_period(asked),
        made=f"Made {_instant(now)} for {wording.shown(made_for.removeprefix('user:'))}.",
        installation=f"Installation: {wording.shown(installation, 200)}.",
        counts=_counts(tally),
        headline=_headline(tally),
        calls=tuple(calls),
        calls_left=tally.calls - len(calls),
        answers=tuple(answers),
        answers_left=tally.alone - len(answers),
        cannot=tuple(_cannot(tally, chain, kept)),
        chain=tuple(_chain(chain, kept, head)),
        check=CHECK,
        files=FILES,
    )


def _title(asked: Asked) -> str:
    if asked.state is not None:
        return f"{states.name(asked.state)}: who took its calls, and by what authority"
    if asked.npn is not None:
        return f"NPN {asked.npn}: which calls, and by what authority"
    return f"Call {asked.call_sid}: who took it, and by what authority"


def _question(asked: Asked) -> str:
    if asked.state is not None:
        about = f"Every decision about a caller of {states.name(asked.state)}, and the whole of every call that one was made on."
    elif asked.npn is not None:
        about = (
            f"Every decision that named the producer with NPN {asked.npn}: offers, key presses, checks, refusals; and the "
            "whole of every call that one was made on."
        )
    else:
        about = "Every decision that was made on this call."
    return f"Asked for: {about}"


def _period(asked: Asked) -> str:
    if asked.call_sid is not None:
        return "The whole call."
    zone = asked.zone.replace("_", " ")
    if asked.first and asked.last:
        return f"{wording.span(asked.first, asked.last)}, days of {zone}."
    if asked.first:
        return f"From {wording.day(asked.first)} on, days of {zone}."
    if asked.last:
        return f"Up to {wording.day(asked.last)}, days of {zone}."
    return "From the first entry of the ledger to its head."


def _counts(tally: Tally) -> tuple[tuple[str, str], ...]:
    of = tally.answers
    return (
        ("calls", f"{tally.calls:,}"),
        ("times a producer was rung", f"{of['offer', True]:,}"),
        ("times one was let through", f"{of['acceptance', True]:,}"),
        ("refusals, of a person or of everybody", f"{tally.refusals:,}"),
        ("connections that no decision let through", f"{tally.violations:,}"),
        ("decisions in all", f"{tally.decisions:,}"),
    )


def _headline(tally: Tally) -> str:
    if not tally.decisions:
        return "There was nothing: no decision of the ledger is about what was asked for."
    told = f"{counted(tally.calls, 'call')}, {counted(tally.decisions, 'decision')}. "
    if tally.violations or tally.differing:
        return told + (
            f"{counted(tally.violations, 'connection')} without a decision, and {counted(tally.differing, 'decision')} that "
            "comes out differently when it is judged again."
        )
    return (
        told + "Nobody was connected without a decision, and every answer that can be judged again comes out the same."
    )


def _cannot(tally: Tally, chain: Chain, kept: KeptHere) -> Iterator[str]:
    yield (
        "Callers’ names are left out and their numbers masked: they decide nothing. ZIP codes and area codes are here where a "
        "decision rested on them."
    )
    yield (
        "Who was considered beside the one who was chosen was not written down with each decision; it is judged again from the "
        "roster as it was, by the same rule, and marked so."
    )
    if chain.erased:
        erased = counted(chain.erased, "decision")
        yield f"The facts of {erased} were erased at a person’s request; its place in the chain still stands."
    if tally.untold:
        untold = counted(tally.untold, "decision")
        yield f"The facts of {untold} of the period were erased, so nobody can say whether they belong here."
    if chain.withheld:
        withheld = counted(chain.withheld, "decision holds", "decisions hold")
        yield f"The facts of {withheld} somebody’s telephone number: shown masked, so only their digest can be checked."
    if tally.differing:
        yield f"{counted(tally.differing, 'decision')} comes out differently when it is judged again; decisions.jsonl marks each."
    if not chain.to_head:
        yield f"The chain in this packet ends at link {chain.last:,} and not at the head: more would not fit."
    if not kept.kept:
        yield "No anchor that was kept elsewhere covers these decisions; only the head of today stands here."
    if not kept.signed:
        yield "The head is not signed: this installation has no key, or it could not be read."
    if kept.trouble:
        yield kept.trouble


def _chain(chain: Chain, kept: KeptHere, head: Head | None) -> Iterator[str]:
    if head is None:
        yield "The ledger is empty."
        return
    yield (
        f"Every decision was sealed into a chain of hashes within seconds of being made. Its head, when this was made, is link "
        f"{head.seq:,}: {head.hash}."
    )
    if kept.kept:
        yield f"{counted(kept.kept, 'anchor')} that left this installation since then: see anchors/."


def _instant(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f"{wording.day(utc.date())}, {utc:%H:%M} UTC"
