"""What a person asks of a report, as it stands in an address: days, campaign, vendor, threshold and target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.service_report.days import LONGEST, Choice, Days, chosen
from app.domain.service_report.definitions import TARGET_PERCENT, WITHIN_SECONDS
from app.domain.service_report.report import Asked
from app.reports import wording

CHOICES = {
    Choice.TODAY: "Today",
    Choice.YESTERDAY: "Yesterday",
    Choice.LAST_7_DAYS: "7 days",
    Choice.LAST_30_DAYS: "30 days",
    Choice.THIS_MONTH: "This month",
    Choice.LAST_MONTH: "Last month",
}
_SAID = {
    Choice.TODAY: "Today",
    Choice.YESTERDAY: "Yesterday",
    Choice.LAST_7_DAYS: "In the last 7 days",
    Choice.LAST_30_DAYS: "In the last 30 days",
    Choice.THIS_MONTH: "This month",
    Choice.LAST_MONTH: "Last month",
}
LONGEST_WITHIN = 3600


@dataclass(frozen=True)
class Question:
    """`asked` is what a report answers; `wrong` says by field what could not be taken as it was typed."""

    choice: Choice
    asked: Asked
    wrong: Mapping[str, str]

    @property
    def when(self) -> str:
        """ "Today", "In the last 7 days", "Nov 3 to Nov 9, 2026"."""
        days = self.asked.days
        return _SAID.get(self.choice) or wording.span(days.first, days.last)

    def parameters(self, **other: str) -> dict[str, Any]:
        """The same question as an address has it, with `other` in place of its own; defaults are left out."""
        days, asked = self.asked.days, self.asked
        found = {"range": self.choice.value}
        if self.choice is Choice.CUSTOM:
            found |= {"from": days.first.isoformat(), "to": days.last.isoformat()}
        if "range" in other and other["range"] != Choice.CUSTOM:
            found = {}
        found |= {"campaign": asked.campaign or "", "vendor": asked.vendor or ""}
        if asked.within_seconds != WITHIN_SECONDS:
            found["within"] = str(asked.within_seconds)
        if asked.target_percent != TARGET_PERCENT:
            found["target"] = str(asked.target_percent)
        return {name: value for name, value in (found | other).items() if value}


def question_of(typed: Mapping[str, str], *, zone: ZoneInfo, now: datetime) -> Question:
    """What an address asks; what cannot be read is said in `wrong`, and the usual stands in its place."""
    wrong: dict[str, str] = {}
    today = now.astimezone(zone).date()
    choice, days = _days(typed, today, wrong)
    asked = Asked(
        days=days,
        zone=zone,
        campaign=typed.get("campaign", "").strip()[:20] or None,
        vendor=typed.get("vendor", "").strip()[:60] or None,
        within_seconds=_number(typed, "within", WITHIN_SECONDS, 1, LONGEST_WITHIN, wrong),
        target_percent=_number(typed, "target", TARGET_PERCENT, 1, 100, wrong),
    )
    return Question(choice, asked, wrong)


def _days(typed: Mapping[str, str], today: date, wrong: dict[str, str]) -> tuple[Choice, Days]:
    named = typed.get("range", "")
    if named in CHOICES:
        choice = Choice(named)
        return choice, chosen(choice, today)
    if not typed.get("from") and not typed.get("to"):
        return Choice.TODAY, chosen(Choice.TODAY, today)
    first, last = _day(typed, "from", wrong), _day(typed, "to", wrong)
    if not wrong:
        first, last = first or last or today, last or first or today
        try:
            return Choice.CUSTOM, Days(first, last)
        except ValueError:
            order = "The first day is after the last."
            wrong["to"] = order if first > last else f"A report covers at most {LONGEST} days."
    return Choice.TODAY, chosen(Choice.TODAY, today)


def _day(typed: Mapping[str, str], name: str, wrong: dict[str, str]) -> date | None:
    text = typed.get(name, "").strip()
    if not text:
        return None
    try:
        on = date.fromisoformat(text)
        # A day near the ends of the calendar has no day before it, or no midnight after it.
        if not 2000 <= on.year <= 2200:
            raise ValueError(text)
    except ValueError:
        wrong[name] = "A day looks like 2026-11-18."
        return None
    return on


def _number(typed: Mapping[str, str], name: str, usual: int, low: int, high: int, wrong: dict[str, str]) -> int:
    text = typed.get(name, "").strip()
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 6 and low <= int(text) <= high):
        wrong[name] = f"A whole number from {low} to {high:,}."
        return usual
    return int(text)
