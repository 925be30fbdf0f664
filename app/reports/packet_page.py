"""A packet's summary as a page and as plain text: what a regulator reads first, in words, without a script or a link outside."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from app.reports.templating import templates

_WIDE = 100


@dataclass(frozen=True)
class LicenseTold:
    """A license as it stood then. Everything is text already; empty where it was not known."""

    state: str
    line: str
    number: str
    status: str
    effective: str
    expires: str
    verified: str
    source: str


@dataclass(frozen=True)
class Person:
    """A producer of ours, `how` in a sentence: how the offer went, or why not."""

    name: str
    npn: str
    how: str


@dataclass(frozen=True)
class Without:
    """Producers against whom the same reasons stood: `names` are at most a few of the `count`."""

    why: str
    count: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Taken:
    """Who was connected, when, and the licenses that this rested on."""

    name: str
    npn: str
    at: str
    licenses: tuple[LicenseTold, ...]


@dataclass(frozen=True)
class CallTold:
    """One call. `at` is in the caller's state's own time; `cited` names the entries of the ledger."""

    call_sid: str
    at: str
    caller: str
    kind: str
    line: str
    state: str
    known: str
    offered: tuple[Person, ...]
    refused: tuple[Person, ...]
    without: tuple[Without, ...]
    taken: tuple[Taken, ...]
    end: str
    alarms: tuple[str, ...]
    cited: str


@dataclass(frozen=True)
class Answer:
    """A decision without a call: a question from outside, a vendor's ping, a call that was about to be placed."""

    at: str
    asked: str
    answer: str
    cited: str


@dataclass(frozen=True)
class Summary:
    """The packet in words. `calls_left`, `answers_left`: so many more stand in the files only. `cannot`: what is not shown."""

    title: str
    question: str
    period: str
    made: str
    installation: str
    counts: tuple[tuple[str, str], ...]
    headline: str
    calls: tuple[CallTold, ...]
    calls_left: int
    answers: tuple[Answer, ...]
    answers_left: int
    cannot: tuple[str, ...]
    chain: tuple[str, ...]
    check: tuple[str, ...]
    files: tuple[tuple[str, str], ...]


def page(summary: Summary) -> str:
    """A complete HTML document."""
    return templates().get_template("packet.html.jinja").render(packet=summary)


def text(summary: Summary) -> str:
    """The same for a terminal, or for whoever opens no page from outside."""
    return "\n".join(_lines(summary)) + "\n"


def _lines(summary: Summary) -> Iterator[str]:
    yield summary.title
    yield "=" * len(summary.title)
    yield from _wrapped(summary.question, summary.period, summary.made, summary.headline)
    yield ""
    yield from (f"{value:>9}  {label}" for label, value in summary.counts)
    for call in summary.calls:
        yield from ("", "")
        yield f"{call.at}  {call.call_sid}"
        yield "-" * 40
        yield from _call(call)
    if summary.calls_left:
        yield from ("", f"{summary.calls_left:,} more calls stand in calls.csv and decisions.jsonl.")
    if summary.answers:
        yield from ("", "", "Decisions without a call", "------------------------")
        for answer in summary.answers:
            yield from _wrapped(f"{answer.at}: {answer.asked}: {answer.answer} ({answer.cited})")
    if summary.answers_left:
        yield from ("", f"{summary.answers_left:,} more stand in decisions.jsonl.")
    for heading, paragraphs in (
        ("What cannot be shown", summary.cannot),
        ("The ledger", summary.chain),
        ("How to check this packet", summary.check),
        ("What is in it", tuple(f"{name}: {told}" for name, told in summary.files)),
    ):
        yield from ("", "", heading, "-" * len(heading))
        yield from _wrapped(*paragraphs)


def _call(call: CallTold) -> Iterator[str]:
    yield from _wrapped(f"{call.kind} {call.caller}, {call.line}.", f"State: {call.state}. {call.known}")
    for taken in call.taken:
        yield from _wrapped(f"Taken by {taken.name} (NPN {taken.npn}) at {taken.at}, on:")
        for held in taken.licenses:
            yield from _wrapped(
                f"  {held.state}, {held.line}: number {held.number}, {held.status}, {held.effective} to {held.expires}; "
                f"verified {held.verified}, from {held.source}"
            )
    for heading, people in (("Offered", call.offered), ("Refused", call.refused)):
        for person in people:
            npn = f" (NPN {person.npn})" if person.npn else ""
            yield from _wrapped(f"{heading}: {person.name}{npn}: {person.how}")
    for group in call.without:
        yield from _wrapped(f"Without authority: {group.count:,}, because {group.why}: {', '.join(group.names)}")
    yield from _wrapped(*call.alarms, call.end, call.cited)


def _wrapped(*paragraphs: str) -> Iterator[str]:
    for paragraph in paragraphs:
        if paragraph:
            yield from textwrap.wrap(paragraph, _WIDE, subsequent_indent="  ", break_long_words=False) or [""]


def readme(summary: Summary) -> str:
    """What the packet is, what is in it, and how to check it."""
    lines = [summary.title, "=" * len(summary.title)]
    lines += _wrapped(summary.question, summary.period, summary.made, summary.installation)
    for heading, paragraphs in (
        ("What is in it", tuple(f"{name}: {told}" for name, told in summary.files)),
        ("How to check it", summary.check),
        ("The ledger", summary.chain),
        ("What cannot be shown", summary.cannot),
    ):
        lines += ["", heading, "-" * len(heading), *_wrapped(*paragraphs)]
    return "\n".join(lines) + "\n"
