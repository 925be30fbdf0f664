"""What pages call things: every code in words, every instant in the agency's time, every status with a shape of its own."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import Flask, url_for
from flask_security import current_user
from flask_wtf.csrf import generate_csrf

from app.domain import phone, states
from app.web.console.menu import menu_of
from app.web.console.rights import RIGHTS
from app.wiring import Tools

_STATIC = Path(__file__).parent.parent / "static"


class Chip(NamedTuple):
    """A status: word, shape, and tone (good, busy, warn, bad, rest). Never the tone alone (WCAG 1.4.1)."""

    word: str
    shape: str
    tone: str


CHIPS = {
    # A producer's availability (CONSOLE.md section 1).
    "available": Chip("Ready", "●", "good"),
    "ringing": Chip("Ringing", "◐", "busy"),
    "held": Chip("On call", "■", "busy"),
    "wrap_up": Chip("Wrap-up", "▲", "rest"),
    "away": Chip("Break", "‖", "rest"),
    "missed": Chip("Missed", "!", "warn"),
    "offline": Chip("Offline", "○", "rest"),
    "blocked": Chip("Blocked", "⊘", "bad"),
    # A lead's custody.
    "in_call": Chip("In a call", "■", "busy"),
    "promised": Chip("Callback due", "◷", "rest"),
    "escalated": Chip("Waiting", "!", "warn"),
    "served": Chip("Served", "✓", "good"),
    "closed": Chip("Closed", "–", "rest"),
    # A call's phase and disposition.
    "received": Chip("Arriving", "◐", "busy"),
    "locating": Chip("Asking for the ZIP", "◐", "busy"),
    "offering": Chip("Ringing", "◐", "busy"),
    "connected": Chip("Connected", "■", "good"),
    "acknowledging": Chip("Acknowledging", "◐", "busy"),
    "holding": Chip("On hold", "!", "warn"),
    "ended": Chip("Ended", "–", "rest"),
    "callback_scheduled": Chip("Callback", "◷", "rest"),
    "returned": Chip("Returned to vendor", "↩", "rest"),
    "abandoned": Chip("Hung up", "–", "rest"),
    "opted_out": Chip("Opted out", "⊘", "rest"),
    "wrong_number": Chip("Wrong number", "–", "rest"),
    # A callback, an escalation.
    "dialing": Chip("Dialing", "◐", "busy"),
    "done": Chip("Done", "✓", "good"),
    "cancelled": Chip("Cancelled", "–", "rest"),
    "open": Chip("Open", "!", "warn"),
    "claimed": Chip("Claimed", "◐", "busy"),
    "assigned": Chip("Assigned", "◐", "busy"),
    "resolved": Chip("Resolved", "✓", "good"),
    # How an attempt ended.
    "accepted": Chip("Accepted", "✓", "good"),
    "no_answer": Chip("No answer", "!", "warn"),
    "busy": Chip("Busy", "–", "rest"),
    "failed": Chip("Failed", "✕", "bad"),
    "declined": Chip("Not now", "–", "rest"),
    "authority_lost": Chip("Authority lost", "⊘", "bad"),
    "caller_hung_up": Chip("Caller hung up", "–", "rest"),
    # A license.
    "active": Chip("Active", "✓", "good"),
    "renewal_pending": Chip("Renewal pending", "◷", "warn"),
    "inactive": Chip("Inactive", "⊘", "bad"),
    "pending": Chip("Pending", "◷", "rest"),
    "suspended": Chip("Suspended", "⊘", "bad"),
    "revoked": Chip("Revoked", "⊘", "bad"),
    "expired": Chip("Expired", "⊘", "bad"),
    # A text.
    "queued": Chip("Queued", "◷", "rest"),
    "sent": Chip("Sent", "→", "rest"),
    "delivered": Chip("Delivered", "✓", "good"),
    "unknown": Chip("Not known", "?", "warn"),
    # Requested work, states of the gate.
    "waiting": Chip("Waiting", "◷", "rest"),
    "running": Chip("Running", "◐", "busy"),
    "pilot": Chip("Pilot", "◑", "busy"),
}

REASONS = {
    "no_license": "no license there",
    "license_not_active": "license not active",
    "license_not_yet_effective": "license not yet in effect",
    "license_expired": "license expired",
    "loa_missing": "line of authority not held",
    "expiration_unknown": "expiration date not known",
    "resident_license_invalid": "resident license not in force",
    "resident_loa_missing": "line not held at home",
    "domicile_change_pending": "has moved, not restored yet",
    "producer_suspended": "suspended",
    "appointment_missing": "no appointment with the carrier",
    "roster_stale": "license not verified lately",
    "state_not_open": "state not open",
    "state_unknown": "caller's state not known",
    "agency_license_expired": "agency license expired",
    "not_on_team": "not on the team",
    "outside_hours": "outside legal hours",
    "opted_out": "opted out",
    "dnc_unknown": "do-not-call standing not known",
    "attempt_cap": "called often enough for today",
    "nobody_licensed": "nobody is licensed there",
    "hold_ran_out": "hold ran out",
    "promise_passed": "a promised call did not happen",
    "callbacks_used_up": "did not answer our calls",
    "no_number": "no number to call",
    "text_failed": "our text did not arrive",
    "short_talk": "talked too shortly to be served",
    "wrong_state": "was in another state than we thought",
    "not_available": "not available",
}


def spoken(code: str) -> str:
    """A code in words; one that has none yet is at least readable."""
    return REASONS.get(code) or code.replace("_", " ")


@cache
def _digest(path: str) -> str:
    return hashlib.sha256((_STATIC / path).read_bytes()).hexdigest()[:12]


def asset(path: str) -> str:
    """The address of a file of ours, another one whenever the file changes: the browser may keep it forever."""
    return url_for("static", filename=path, v=_digest(path))


def duration(seconds: float) -> str:
    """4 s, 3 min 20 s, 2 h 5 min, 3 d 4 h: never more than two units."""
    left = max(0, int(seconds))
    units = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
    for at, (size, unit) in enumerate(units):
        if left >= size:
            rest = left % size // units[at + 1][0] if at + 1 < len(units) else 0
            return f"{left // size} {unit}" + (f" {rest} {units[at + 1][1]}" if rest else "")
    return "0 s"


def masked(number: str | None) -> str:
    parsed = phone.parse(number) if number else None
    return parsed.masked if parsed else "withheld"


def state_name(code: str | None) -> str:
    """Ohio; "Ohio or Kentucky" where several may govern."""
    names = [states.name(each) if states.is_state(each) else each for each in (code or "").split("|") if each]
    return " or ".join(names) if names else "state not known"


def add_words(app: Flask, tools: Tools) -> None:
    """Filters and names for every template of the pages."""
    zone = ZoneInfo(tools.settings.time_zone)

    def local(at: datetime) -> datetime:
        return at.astimezone(zone)

    def clock_time(at: datetime, now: datetime | None = None) -> str:
        here, today = local(at), local(now or tools.clock.now()).date()
        time = here.strftime("%I:%M %p").lstrip("0").lower()
        if here.date() == today:
            return time
        if abs(here.date() - today) <= timedelta(days=6):
            return f"{here:%a} {time}"
        return f"{here:%b} {here.day}{f', {here.year}' if here.year != today.year else ''}, {time}"

    def day(on: date | datetime | None) -> str:
        if on is None:
            return "not known"
        on = local(on).date() if isinstance(on, datetime) else on
        return f"{on:%b} {on.day}, {on.year}"

    def full_time(at: datetime) -> str:
        return local(at).strftime("%A, %B %d, %Y, %H:%M:%S %Z")

    app.jinja_env.filters.update(
        masked=masked,
        state_name=state_name,
        duration=duration,
        spoken=spoken,
        thousands=lambda number: f"{number:,}",
        dollars=lambda amount: f"${amount:,.0f}" if amount == int(amount) else f"${amount:,.2f}",
        clock_time=clock_time,
        full_time=full_time,
        day=day,
        iso=lambda at: at.isoformat(),
    )
    # Imported macros see globals only.
    app.jinja_env.globals.update(
        asset=asset, chip_of=_chip_of, may=_may, csrf_token_value=generate_csrf, server_now=tools.clock.now
    )

    @app.context_processor
    def _given() -> dict[str, Any]:
        return {
            "now": tools.clock.now(),
            "speed": tools.clock.speed,
            "env": tools.settings.env,
            "public_base_url": tools.settings.public_base_url,
            "zone_key": tools.settings.time_zone,
            "menu_of": menu_of,
        }


def _chip_of(status: str) -> Chip:
    return CHIPS.get(status) or Chip(status.replace("_", " ").capitalize(), "·", "rest")


def _may(endpoint: str) -> bool:
    """Whether who is signed in may open it: pages link to nothing else."""
    return bool(RIGHTS[endpoint] & current_user.roles) if current_user.is_authenticated else False
