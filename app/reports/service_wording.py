"""A service report in sentences: the answer first, then what changed, then what every number means."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain import states
from app.domain.service_report.days import Days
from app.domain.service_report.definitions import Kept, Reached, Standing
from app.domain.service_report.report import SEVERAL, UNKNOWN, ServiceReport, avoided
from app.domain.service_report.tally import Tally
from app.reports import wording
from app.reports.wording import counted

TIERS = {
    Reached.ANSWERED: "Answered by a licensed producer",
    Reached.ANSWERED_AFTER_HOLD: "Answered after waiting on hold",
    Reached.PROMISED: "Promised a call back",
    Reached.ESCALATED: "Put on the supervisors' list",
    Reached.RETURNED: "Returned to the vendor",
    Reached.OPTED_OUT: "Said STOP",
    Reached.ABANDONED: "Hung up before anything was said",
    Reached.SHORT_ABANDON: "Hung up within 5 seconds",
    Reached.SET_ASIDE: "Wrong or blocked number",
    Reached.ON_THE_LINE: "Still on the line",
}
STANDINGS = {
    Standing.SERVED: "Served on a call",
    Standing.SERVED_BY_CALLBACK: "Served by a callback",
    Standing.PROMISED: "A call is promised",
    Standing.ESCALATED: "On the supervisors' list",
    Standing.ON_THE_LINE: "On the line now",
    Standing.LATE: "Late: the promised step is overdue",
    Standing.RETURNED: "Returned to the vendor",
    Standing.OPTED_OUT: "Said STOP",
    Standing.UNREACHABLE: "Could not be reached",
    Standing.LEFT_ALONE: "Hung up within 5 seconds: left alone",
    Standing.SET_ASIDE: "Duplicate, wrong or blocked number",
}
PROMISES = {
    Kept.KEPT: "Kept: we called by the promised time",
    Kept.SLIPPED: "Slipped",
    Kept.TO_KEEP: "Still to keep",
    Kept.NOT_NEEDED: "Not needed any more",
}


def percent(value: float | None) -> str:
    """ "79 %": never 100 where one is missing, never 0 where there is one."""
    if value is None:
        return "–"
    shown = round(value)
    if shown == 100 and value < 100:
        shown = 99
    if shown == 0 and value > 0:
        shown = 1
    return f"{shown} %"


def seconds(value: float | None) -> str:
    if value is None:
        return "–"
    if value < 99.5:
        return f"{value:.0f} s"
    return f"{value // 60:.0f} min {value % 60:02.0f} s"


def long_time(value: int) -> str:
    """Minutes where there are many: "14 h 05 min"."""
    if value < 60:
        return f"{value} s"
    hours, minutes = divmod(value // 60, 60)
    return f"{hours:,} h {minutes:02} min" if hours else f"{minutes} min"


def hour(of: int) -> str:
    """ "7 am", "noon", "1 pm"."""
    if of in (0, 12):
        return "noon" if of else "12 am"
    return f"{of % 12} {'am' if of < 12 else 'pm'}"


def state(code: str) -> str:
    return wording.state(code) if code in (SEVERAL, UNKNOWN) or states.is_state(code) else code


def answer(report: ServiceReport, when: str) -> str:
    """The one sentence: "Today 84 of 97 callers reached a licensed producer; 79 % within 20 seconds, target 80 %."."""
    total, asked = report.total, report.asked
    if not total.offered:
        return f"{when} nobody has called." if when == "Today" else f"{when} nobody called."
    level = total.service_level(asked.within_seconds)
    counted_calls = total.offered - total.short
    first = f"{when} {total.answered:,} of {counted(counted_calls, 'caller')} reached a licensed producer"
    if level is None:
        return f"{first}."
    return f"{first}; {percent(level)} within {asked.within_seconds} seconds, target {asked.target_percent} %."


def what_became(report: ServiceReport) -> str:
    """What became of those who did not: nobody falls between two tiers, and this says so."""
    total = report.total
    parts = [
        (total.of_tier(Reached.PROMISED), "promised a call back"),
        (total.of_tier(Reached.ESCALATED), "put on the supervisors' list"),
        (total.of_tier(Reached.RETURNED), "returned to the vendor"),
        (total.of_tier(Reached.OPTED_OUT), "told us to stop"),
        (total.abandoned, "hung up first"),
        (total.of_tier(Reached.ON_THE_LINE), "still on the line"),
    ]
    told = wording.listed(f"{calls:,} {what}" for calls, what in parts if calls)
    sentence = f"Of the others {told}." if told else ""
    if total.short:
        sentence += f" {counted(total.short, 'caller')} who hung up within 5 seconds {_was(total.short)} left out."
    late = total.of_standing(Standing.LATE)
    lost = total.lost
    if total.leads_total:
        sentence += f" {_lost(lost)}"
        sentence += f" {counted(late, 'lead is', 'leads are')} past the promised time." if late else ""
    return sentence.strip()


def compared(days: Days, *, is_open: bool) -> str:
    """What a change is a change against."""
    if days.count == 1:
        return "yesterday by this time" if is_open else "the day before"
    return f"the {days.count} days before"


def _lost(leads: int) -> str:
    return "No lead is lost." if not leads else f"{counted(leads, 'lead')} ended without being served."


def _was(number: int) -> str:
    return "is" if number == 1 else "are"


@dataclass(frozen=True)
class Headline:
    """A tile: `change` against the span before ("+3 points"), `better` None where it is neither."""

    label: str
    value: str
    hint: str
    change: str = ""
    better: bool | None = None
    tone: str = ""


def headlines(report: ServiceReport) -> list[Headline]:
    total, before, asked = report.total, report.before, report.asked
    level = total.service_level(asked.within_seconds)
    missed = level is not None and level < asked.target_percent
    due, due_before = _kept_percent(total), _kept_percent(before)
    return [
        Headline(
            "Service level",
            percent(level),
            f"within {asked.within_seconds} s; target {asked.target_percent} %",
            *_points(level, before.service_level(asked.within_seconds), more_is_better=True),
            tone="warn" if missed else "",
        ),
        Headline(
            "Calls offered",
            f"{total.offered:,}",
            f"{total.answered:,} answered by a producer",
            *_relative(total.offered, before.offered),
        ),
        Headline(
            "Speed of answer",
            seconds(total.mean_speed),
            f"median {seconds(total.speed_of(50))}; 90 % by {seconds(total.speed_of(90))}",
            *_faster(total.mean_speed, before.mean_speed),
        ),
        Headline(
            "Abandoned",
            percent(total.abandonment),
            f"{counted(total.abandoned, 'caller')} left untold",
            *_points(total.abandonment, before.abandonment, more_is_better=False),
        ),
        Headline(
            "Promises kept",
            percent(due),
            f"{total.promises[Kept.KEPT]:,} of {total.promises_due:,} that were due",
            *_points(due, due_before, more_is_better=True),
            tone="warn" if total.promises[Kept.SLIPPED] else "",
        ),
        Headline(
            "Leads lost",
            f"{total.lost:,}",
            f"{total.owed:,} not served yet",
            *_fewer(total.lost, before.lost),
            tone="bad" if total.of_standing(Standing.LATE) else "",
        ),
    ]


def _kept_percent(tally: Tally) -> float | None:
    return 100 * tally.promises[Kept.KEPT] / tally.promises_due if tally.promises_due else None


def _points(now: float | None, then: float | None, *, more_is_better: bool) -> tuple[str, bool | None]:
    if now is None or then is None:
        return "", None
    by = round(now) - round(then)
    if not by:
        return "no change", None
    return f"{by:+d} {'point' if abs(by) == 1 else 'points'}".replace("-", "−"), (by > 0) is more_is_better


def _relative(now: int, then: int) -> tuple[str, bool | None]:
    if not then:
        return "", None
    by = round(100 * (now - then) / then)
    return (f"{by:+,d} %".replace("-", "−") if by else "no change"), None


def _faster(now: float | None, then: float | None) -> tuple[str, bool | None]:
    if now is None or then is None:
        return "", None
    by = round(now - then)
    return (f"{by:+d} s".replace("-", "−"), by < 0) if by else ("no change", None)


def _fewer(now: int, then: int) -> tuple[str, bool | None]:
    by = now - then
    return (f"{by:+,d}".replace("-", "−"), by < 0) if by else ("no change", None)


def avoided_told(report: ServiceReport) -> str:
    """What the gate's refusals may have avoided, as the estimate that it is."""
    estimate = avoided(report)
    each = wording.dollars_ranged(estimate.penalty.low_usd * 100, estimate.penalty.high_usd * 100)
    return (
        f"{counted(estimate.refusals, 'refusal')} × {each}: what a regulator could ask for each, not a forecast and not"
        f" legal advice. Source: {estimate.penalty.source}."
    )


DEFINITIONS = (
    ("Offered", "A call of somebody who is, or becomes, a lead. Producers' own calls and blocked numbers are not."),
    ("Answered", "A licensed producer pressed 1 and was bridged. A greeting or a question of ours is no answer."),
    (
        "Service level",
        "Accepted by a producer within the threshold, counted from arrival, divided by calls offered less short abandons. "
        "A call that still rings and has not waited that long is not counted yet. The definition is the common one "
        "(Twilio Flex, Service Level Preferences and SLA Metrics), short abandons left out.",
    ),
    ("Short abandon", "The caller hung up within 5 seconds, before we answered."),
    ("Abandoned", "The caller left before a producer took the call and before they were told what happens next."),
    ("Promised, on the list", "Tier 2: the caller was told that we call back, and when; or that a person takes it up."),
    ("On hold", "Tier 3: the caller chose to stay on the line."),
    ("Promise kept", "Our call left by the promised time. Not needed: the person was served, or said STOP, before."),
    ("Lost", "The lead is closed and nobody served it: it said STOP, or could not be reached."),
    (
        "Money",
        "The campaign's price as it is set now, for each lead that the vendor's own clock makes payable: answered, and longer "
        "than the campaign's buffer. Billable time runs from answer to the end of the call.",
    ),
    ("Hours and days", "Hours are of the campaign's time zone, days of the agency's."),
)
