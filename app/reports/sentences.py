"""What a look back found, in plain sentences: for the page, and for the terminal.

A sentence never says more than the numbers do: where a caller's state was not settled it gives both ends of the range.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain import mismatch
from app.domain.lookback.report import Range, Report, SinglePoint
from app.reports import wording
from app.reports.wording import counted, dollars, ranged

__all__ = ["Finding", "dollars", "findings", "headline", "money_ranges", "ranged", "single_point", "sure"]

SURVEYED = f"{mismatch.LOW_PERCENT} to {mismatch.HIGH_PERCENT} in 100"

_WEIGHTS = ("bad", "watch", "good")


@dataclass(frozen=True)
class Finding:
    """One thing to know. `weight` is "bad", "watch" or "good"; `told` is one to three sentences of plain text."""

    key: str
    title: str
    told: str
    weight: str


def findings(report: Report) -> list[Finding]:
    """Every finding, worst first; what is sound is said too. Never empty."""
    if not report.calls:
        return [Finding("no_calls", "No call was read", _no_calls(report), "watch")]
    found = [finding for finding in _each(report) if finding]
    return sorted(found, key=lambda finding: _WEIGHTS.index(finding.weight))


def headline(report: Report) -> str:
    """The whole report in one or two sentences."""
    if not report.calls:
        return "No call was read, so nothing can be said."
    wrong = [
        f"{_said(range_, one)} {'was' if range_.worst == 1 else 'were'} {what}"
        for range_, one, what in (
            (report.without_authority, "call", "taken without authority"),
            (report.lost_licensed, "lead", "lost although somebody licensed existed"),
            (report.outside_hours.outbound, "call", "placed outside the hours of the law"),
        )
        if range_.worst
    ]
    if wrong:
        told = "; ".join(wrong) + "."
        return told[0].upper() + told[1:]
    unsettled = report.not_known_then + report.not_on_roster + report.taken_unnamed
    if unsettled:
        return f"Nothing was found against the calls that could be judged; {counted(unsettled, 'taken call')} could not be."
    return f"Nothing wrong was found in {counted(report.calls, 'call')}."


def sure(range_: Range) -> str:
    """How sure a count of calls is: what is certain, and what hangs on states that little evidence gives."""
    if range_.best == range_.worst:
        return f"{range_.best:,} for certain." if range_.best else "None, even in the worst case."
    certain = f"{range_.best:,} for certain" if range_.best else "None for certain"
    return f"{certain}, up to {range_.worst:,} if every presumed state is right."


def single_point(point: SinglePoint) -> str:
    """What goes when one resident license lapses."""
    license_ = f"{_whose(point.name)} {wording.state(point.home_state)} {wording.lines(point.line)} license"
    told = f"If {license_} lapses, {counted(len(point.states), 'state goes', 'states go')} with it"
    if point.alone_in:
        where = "there" if len(point.states) == 1 else f"in {len(point.alone_in)} of them"
        told += f"; {where} nobody else is licensed."
    elif len(point.states) == 1:
        told += "; somebody else is licensed there too."
    else:
        told += "; in each of them somebody else is licensed too."
    told += f" {counted(point.calls, 'call')} of this log came from there"
    return told + (f", {point.calls_alone:,} of them from where nobody else is." if point.calls_alone else ".")


def money_ranges(report: Report) -> tuple[Range, int, int]:
    """In cents: what was paid for leads lost although somebody licensed existed, for all lost leads; and how many of those
    have no price."""
    licensed = Range(
        sum(line.licensed_cents.best for line in report.money), sum(line.licensed_cents.worst for line in report.money)
    )
    return licensed, sum(line.cents for line in report.money), sum(line.unpriced for line in report.money)


def _each(report: Report) -> Iterator[Finding | None]:
    yield _without_authority(report)
    yield _exposure(report)
    yield _lost(report)
    yield _outside_hours(report)
    yield _sold_not_held(report)
    yield _not_on_roster(report)
    yield _not_known_then(report)
    yield _asked(report)
    yield _elsewhere(report)
    yield _single_points(report)
    yield _unread(report)


def _no_calls(report: Report) -> str:
    unread = sum(entry.rows for entry in report.about.unread)
    if unread:
        return f"{counted(unread, 'row')} could not be read as a call; the reasons stand under How it was judged."
    return "The log holds no rows. Nothing is wrong, and nothing is shown to be right."


def _without_authority(report: Report) -> Finding | None:
    range_ = report.without_authority
    if not report.taken:
        return None
    if not range_.worst:
        told = f"{_of_taken(report)} by somebody whose authority nothing in the log or the roster speaks against."
        return Finding("without_authority", "No call was taken without authority", told, "good")
    told = sure(range_)
    if report.missing:
        first = report.missing[0]
        told += (
            f" The most by one producer in one state: {wording.shown(first.name)}, {wording.state(first.state)}, "
            f"{wording.lines(first.lines)}, {counted(first.calls, 'call')}."
        )
    if report.policy_only:
        told += (
            f" For {report.policy_only:,} only our own policy is against it (the resident license), "
            "which is stricter than some statutes."
        )
    weight = "bad" if range_.best else "watch"
    return Finding("without_authority", f"{_capital(_said(range_, 'call'))} taken without authority", told, weight)


def _of_taken(report: Report) -> str:
    judged = report.taken - report.not_known_then - report.not_on_roster - report.taken_unnamed
    if judged >= report.taken:
        return f"{_all(report.taken, 'call')} taken"
    return f"{counted(max(judged, 0), 'call')} of the {report.taken:,} taken could be judged; each was taken"


def _exposure(report: Report) -> Finding | None:
    risk = report.exposure
    if not risk.high_usd:
        return None
    told = (
        f"Low: {counted(risk.violation_days, 'violation')} (one a producer, state and day, of what is certain) at "
        f"{dollars(risk.penalty_low_usd * 100)}. High: {counted(risk.calls.worst, 'call')} at "
        f"{dollars(risk.penalty_high_usd * 100)} each. It is what a regulator could ask, not a forecast."
    )
    amount = wording.dollars_ranged(risk.low_usd * 100, risk.high_usd * 100)
    return Finding("exposure", f"Exposure of {amount}", told, "bad" if risk.low_usd else "watch")


def _lost(report: Report) -> Finding:
    range_ = report.lost_licensed
    if not report.lost:
        return Finding("lost", "No lead was lost", "Every call of the log was answered.", "good")
    paid, all_cents, unpriced = money_ranges(report)
    if not range_.worst:
        told = f"{_all(report.lost, 'lost lead')} from where nobody was licensed, or nobody can say who was."
        return Finding("lost", "No lead was lost while somebody licensed existed", told, "good")
    told = f"{ranged(range_)} of {counted(report.lost, 'lost lead')} came from a state where a producer was licensed."
    if all_cents:
        told += f" {wording.dollars_ranged(paid.best, paid.worst)} was paid for them"
        told += f"; {counted(unpriced, 'lost lead has', 'lost leads have')} no price." if unpriced else "."
    else:
        told += " What they cost is not known: neither log nor command gives a price."
    title = f"{_capital(_said(range_, 'lead'))} lost although somebody licensed existed"
    return Finding("lost", title, told, "bad" if range_.best else "watch")


def _outside_hours(report: Report) -> Finding:
    hours = report.outside_hours
    if not hours.judged:
        told = "The log's times have no zone. Export it with one, or say which zone it keeps, and this can be judged."
        return Finding("outside_hours", "Calling hours could not be judged", told, "watch")
    if not hours.total.worst:
        return Finding(
            "outside_hours",
            "No call fell outside calling hours",
            f"{_all(report.calls, 'call')} inside the hours of the caller's state.",
            "good",
        )
    parts = (
        (hours.outbound, "placed by the agency"),
        (hours.inbound, "placed by the consumer"),
        (hours.unsaid, "where the log does not say"),
    )
    told = _capital(wording.listed(f"{_said(calls, 'call')} {which}" for calls, which in parts if calls.worst))
    told += ". The limits are on calls to a consumer."
    weight = "bad" if hours.outbound.best else "watch"
    return Finding("outside_hours", f"{_capital(_said(hours.total, 'call'))} outside calling hours", told, weight)


def _sold_not_held(report: Report) -> Finding | None:
    sold = report.sold_not_held
    if not sold:
        return None
    first = sold[0]
    total = Range(sum(row.calls.best for row in sold), sum(row.calls.worst for row in sold))
    told = (
        f"A license is not a line. {wording.shown(first.name)} is licensed in {wording.state(first.state)}, "
        f"but not for {wording.lines(first.line)}: {counted(first.calls, 'call')}."
    )
    title = f"Lines sold but not held, on {counted(total, 'call')}"
    return Finding("sold_not_held", title, told, "bad" if total.best else "watch")


def _not_on_roster(report: Report) -> Finding | None:
    if not report.not_on_roster and not report.taken_unnamed:
        return None
    told = []
    if report.not_on_roster:
        who = wording.listed([wording.shown(stranger.named, 40) for stranger in report.strangers], 3)
        told.append(f"The roster does not have {who or 'them'}. If they sold, nobody here can say with what authority.")
    if report.taken_unnamed:
        told.append(f"{counted(report.taken_unnamed, 'taken call names', 'taken calls name')} nobody at all.")
    title = f"{counted(report.not_on_roster, 'call')} taken by somebody whom the roster does not have"
    if not report.not_on_roster:
        title = f"{counted(report.taken_unnamed, 'taken call names', 'taken calls name')} nobody"
    return Finding("not_on_roster", title, " ".join(told), "watch")


def _not_known_then(report: Report) -> Finding | None:
    if not report.not_known_then:
        return None
    told = "Today's roster cannot say what held on the day of the call. They are counted neither as right nor as wrong."
    title = f"{counted(report.not_known_then, 'taken call')} cannot be judged by today's roster"
    return Finding("not_known_then", title, told, "watch")


def _asked(report: Report) -> Finding | None:
    if not report.asked:
        return Finding("asked", "No caller's state was in doubt", "The log settles where each caller lives.", "good")
    why, number = max(report.asked_because, key=lambda entry: entry[1], default=("", 0))
    told = f"Their state was not settled; {report.asked_taken:,} of them were taken all the same."
    if number:
        told += f" The commonest cause, {number:,} times: {wording.because(why)}."
    title = f"{counted(report.asked, 'caller')} would have been asked for a ZIP"
    return Finding("asked", title, told, "watch")


def _elsewhere(report: Report) -> Finding | None:
    if not report.elsewhere.worst:
        return None
    told = (
        f"{counted(report.presumed_held, 'call was', 'calls were')} taken on the area code alone, by somebody with "
        f"authority in its state. Surveys put {SURVEYED} of such callers in another state. No log shows which."
    )
    title = f"{_capital(_said(report.elsewhere, 'more call'))} may have come from another state"
    return Finding("elsewhere", title, told, "watch")


def _single_points(report: Report) -> Finding | None:
    alone = [point for point in report.single_points if point.alone_in]
    if not alone:
        told = "Wherever one producer's license would lapse, somebody else is licensed."
        return Finding("single_points", "No state rests on one license", told, "good") if report.producers else None
    title = "A resident license carries states that nobody else has"
    if len(alone) > 1:
        title = (
            f"Several resident licenses carry states that nobody else has; the first: {wording.shown(alone[0].name)}'s"
        )
    return Finding("single_points", title, single_point(alone[0]), "watch")


def _unread(report: Report) -> Finding | None:
    rows = sum(entry.rows for entry in report.about.unread)
    if not rows:
        return None
    first = report.about.unread[0]
    told = f"The commonest cause: {wording.shown(first.why, 200).rstrip('.')}, first on line {first.first_line:,}."
    return Finding("unread", f"{counted(rows, 'row')} of the log could not be read", told, "watch")


def _said(range_: Range, one: str) -> str:
    """ "5 calls"; "5 to 7 calls"; "no calls"; "up to 7 calls"."""
    if not range_.worst:
        return f"no {one}s"
    if not range_.best:
        return f"up to {counted(range_.worst, one)}"
    return counted(range_, one)


def _all(number: int, one: str) -> str:
    return f"The one {one} was" if number == 1 else f"All {number:,} {one}s were"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _whose(name: str) -> str:
    said = wording.shown(name) or "one producer"
    return f"{said}'" if said.endswith("s") else f"{said}'s"
