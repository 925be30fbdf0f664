"""The drawings of a service report, as inline SVG: bars that say their number, a target line, hatches where something misses.

No meaning hangs on color alone: what misses the target is hatched, every part has a title, every drawing a table beside it.
Colors are classes of static/console/reports.css. Each drawing exists wide and narrow, so that its words stay readable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from app.domain.service_report.definitions import Reached
from app.domain.service_report.report import ServiceReport
from app.domain.service_report.tally import Tally
from app.reports import wording
from app.reports.service_wording import hour as hour_told
from app.reports.service_wording import percent

EDGES = (5, 10, 20, 30, 45, 60, 90, 120)
"""Seconds at which the bars of the speed of answer end; the threshold is one more."""


@dataclass(frozen=True)
class Canvas:
    """`key` sets the ids of two drawings of one thing apart."""

    key: str
    wide: int
    high: int


WIDE, NARROW = Canvas("wide", 900, 236), Canvas("narrow", 380, 250)
_LEFT, _RIGHT, _TOP = 46, 4, 12


def hours_drawn(report: ServiceReport) -> list[int]:
    """The business day, and every hour in which somebody called."""
    called = [int(hour) for hour, tally in report.by_hour.items() if tally.offered]
    return list(range(min([8, *called]), max([19, *called]) + 1))


def hours_chart(report: ServiceReport, canvas: Canvas) -> Markup:
    """Service level by hour against the target; beneath it how many called, the darker the more."""
    hours, target, within = hours_drawn(report), report.asked.target_percent, report.asked.within_seconds
    step = (canvas.wide - _LEFT - _RIGHT) / len(hours)
    strip = 26
    floor = canvas.high - strip - 26
    scale = (floor - _TOP) / 100
    most = max((report.hour(each).offered for each in hours), default=0)
    inside = _levels(canvas, floor, scale)
    for nth, each in enumerate(hours):
        tally, x = report.hour(each), _LEFT + nth * step
        inside += _level_bar(tally, x=x, step=step, floor=floor, scale=scale, target=target, within=within, hour=each)
        inside += _heat_cell(tally.offered, most, x=x, y=floor + 5, wide=step, high=strip, said=hour_told(each))
        if nth % (2 if step < 34 else 1) == 0:
            inside += _word(x + step / 2, canvas.high - 4, _short_hour(each), "tick", "middle")
    y = floor - target * scale
    inside += Markup('<line class="target" x1="{}" x2="{}" y1="{y:.1f}" y2="{y:.1f}"/>').format(
        _LEFT, canvas.wide - _RIGHT, y=y
    )
    title = f"Service level by hour, target {target} % within {within} seconds"
    return _drawing(f"hours-{canvas.key}", canvas, title, "Below each hour: how many callers.", inside)


def _level_bar(
    tally: Tally, *, x: float, step: float, floor: float, scale: float, target: int, within: int, hour: int
) -> Markup:
    level = tally.service_level(within)
    if level is None:
        return Markup("")
    misses = level < target
    said = (
        f"{hour_told(hour)}: {percent(level)} within {within} s, {tally.within(within):,} of {tally.counted:,} callers"
    )
    high, gap = max(level * scale, 2.0), min(step * 0.24, 10)
    box = Markup('x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"').format(
        x + gap / 2, floor - high, step - gap, high
    )
    hatch = Markup('<rect class="hatch" {}/>').format(box) if misses else Markup("")
    return Markup('<g class="bar {}"><title>{}</title><rect {}/>{}</g>').format(
        "missed" if misses else "met", said, box, hatch
    )


def _heat_cell(calls: int, most: int, *, x: float, y: float, wide: float, high: float, said: str) -> Markup:
    shade = 0 if not calls else 1 + min(3, 4 * (calls - 1) // max(most, 1))
    number = f"{calls:,}" if calls < 1000 else f"{calls / 1000:.0f}k"
    return Markup(
        '<g class="heat heat-{}"><title>{}</title><rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" rx="3"/>{}</g>'
    ).format(
        shade,
        f"{said}: {wording.counted(calls, 'caller')}",
        x + 1,
        y,
        wide - 2,
        high,
        _word(x + wide / 2, y + high / 2 + 4.5, number if calls else "", "cell", "middle"),
    )


def _short_hour(hour: int) -> str:
    return f"{hour % 12 or 12}{'a' if hour < 12 else 'p'}"


# ---- days


@dataclass(frozen=True)
class Part:
    """One part of a day's bar, from the bottom up."""

    key: str
    said: str
    tiers: tuple[Reached, ...]


PARTS = (
    Part("answered", "answered", (Reached.ANSWERED, Reached.ANSWERED_AFTER_HOLD)),
    Part("acked", "promised a call or put on the list", (Reached.PROMISED, Reached.ESCALATED)),
    Part(
        "left",
        "left, returned or still on the line",
        (
            Reached.ABANDONED,
            Reached.SHORT_ABANDON,
            Reached.RETURNED,
            Reached.OPTED_OUT,
            Reached.SET_ASIDE,
            Reached.ON_THE_LINE,
        ),
    ),
)


def days_chart(report: ServiceReport, canvas: Canvas) -> Markup:
    """Calls day by day, in the three ways they came out."""
    days = sorted(report.by_day)
    if len(days) < 2:
        return Markup("")
    first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    count = (last - first).days + 1
    step = (canvas.wide - _LEFT - _RIGHT) / count
    floor = canvas.high - 26
    most = max(tally.offered for tally in report.by_day.values())
    top = _nice(most)
    scale = (floor - _TOP) / top
    inside = Markup("")
    for nth in range(5):
        value = top * nth / 4
        if value == int(value):
            inside += _rule(canvas, floor - value * scale, f"{int(value):,}")
    every = -(-count // (10 if canvas is WIDE else 5))
    for on in days:
        nth = (date.fromisoformat(on) - first).days
        inside += _day_bar(report.by_day[on], on, _LEFT + nth * step, step, floor, scale)
    for nth in range(0, count, every):
        on_day = date.fromordinal(first.toordinal() + nth)
        inside += _word(_LEFT + (nth + 0.5) * step, canvas.high - 6, wording.short_day(on_day), "tick", "middle")
    return _drawing(f"days-{canvas.key}", canvas, "Calls by day", "How each day's calls came out.", inside)


def _day_bar(tally: Tally, on: str, x: float, step: float, floor: float, scale: float) -> Markup:
    gap, y = min(step * 0.24, 12), floor
    drawn = Markup("")
    for part in PARTS:
        calls = sum(tally.of_tier(tier) for tier in part.tiers)
        if not calls:
            continue
        high = max(calls * scale, 1.5)
        y -= high
        box = Markup('x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"').format(x + gap / 2, y, step - gap, high)
        hatch = Markup('<rect class="hatch" {}/>').format(box) if part.key == "left" else Markup("")
        said = f"{wording.day(date.fromisoformat(on))}: {calls:,} {part.said}"
        drawn += Markup('<g class="part {}"><title>{}</title><rect {}/>{}</g>').format(part.key, said, box, hatch)
    return drawn


# ---- speed of answer


def speed_bars(report: ServiceReport) -> list[tuple[str, int, bool]]:
    """(label, calls, within the threshold) of each bar; the last has no end."""
    threshold, speeds = report.asked.within_seconds, report.total.speeds
    edges = sorted({*EDGES, threshold})
    found, begin = [], 0
    for edge in edges:
        calls = sum(count for waited, count in speeds.items() if (begin < waited or not begin) and waited <= edge)
        found.append((f"{begin}–{edge}", calls, edge <= threshold))
        begin = edge
    found.append((f"over {begin}", sum(count for waited, count in speeds.items() if waited > begin), False))
    return found


def speed_chart(report: ServiceReport) -> Markup:
    """How long callers waited until a producer took the call; what is over the threshold is hatched."""
    bars = speed_bars(report)
    canvas = Canvas("speed", 460, 236)
    most = max(calls for _, calls, _ in bars)
    step = (canvas.wide - 8) / len(bars)
    floor = canvas.high - 26
    scale = (floor - _TOP - 14) / max(most, 1)
    inside = Markup('<line class="axis" x1="0" x2="{}" y1="{y}" y2="{y}"/>').format(canvas.wide, y=floor)
    for nth, (label, calls, is_within) in enumerate(bars):
        x, high = 4 + nth * step, max(calls * scale, 2.0 if calls else 0)
        box = Markup('x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"').format(x + 2, floor - high, step - 4, high)
        hatch = Markup("") if is_within else Markup('<rect class="hatch" {}/>').format(box)
        said = f"{label} seconds: {wording.counted(calls, 'call')}"
        inside += Markup('<g class="bar {}"><title>{}</title><rect {}/>{}</g>').format(
            "met" if is_within else "missed", said, box, hatch
        )
        inside += _word(x + step / 2, floor - high - 5, f"{calls:,}" if calls else "", "cell", "middle")
        inside += _word(x + step / 2, canvas.high - 6, label.replace("over ", ">"), "tick", "middle")
    title = f"Seconds from arrival to a producer's acceptance; {report.asked.within_seconds} are wanted"
    return _drawing("speed", canvas, title, "One bar for each span of seconds.", inside)


# ---- a bar in a table's row


def row_bar(parts: Sequence[tuple[str, int]], most: int) -> Markup:
    """A thin bar for a cell: `parts` are (class, how many), `most` is the whole width. It says nothing its row does not."""
    x, drawn = 0.0, Markup("")
    for key, many in parts:
        wide = 100 * many / max(most, 1)
        if wide:
            drawn += Markup('<rect class="{}" x="{:.2f}" y="0" width="{:.2f}" height="8"/>').format(key, x, wide)
        x += wide
    return Markup(
        '<svg class="row-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(drawn)


# ---- all of them


def _levels(canvas: Canvas, floor: float, scale: float) -> Markup:
    drawn = Markup("")
    for value in (0, 50, 100):
        drawn += _rule(canvas, floor - value * scale, f"{value} %")
    return drawn


def _rule(canvas: Canvas, y: float, said: str) -> Markup:
    return Markup('<line class="grid" x1="{}" x2="{}" y1="{y:.1f}" y2="{y:.1f}"/>').format(
        _LEFT, canvas.wide - _RIGHT, y=y
    ) + _word(_LEFT - 6, y + 4, said, "tick", "end")


def _word(x: float, y: float, said: str, key: str, anchor: str) -> Markup:
    if not said:
        return Markup("")
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(key, x, y, anchor, said)


def _nice(most: int) -> int:
    """A round number not under `most`, with four equal steps below it."""
    size = 1
    while True:
        for times in (4, 8, 12, 20, 28, 40):
            if times * size >= most:
                return times * size
        size *= 10


def _drawing(key: str, canvas: Canvas, title: str, told: str, inside: Markup) -> Markup:
    return Markup(
        '<svg class="chart chart-{size}" viewBox="0 0 {wide} {high}" role="img" aria-labelledby="{key}-title {key}-told">'
        '<title id="{key}-title">{title}</title><desc id="{key}-told">{told} The table beside it says the same.</desc>'
        '<defs><pattern id="{key}-hatch" class="hatching" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6"/></pattern></defs>{inside}</svg>'
    ).format(
        size=canvas.key,
        wide=canvas.wide,
        high=canvas.high,
        key=key,
        title=title,
        told=told,
        inside=Markup(str(inside).replace('class="hatch"', f'class="hatch" fill="url(#{key}-hatch)"')),
    )
