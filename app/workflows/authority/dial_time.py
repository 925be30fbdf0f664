"""What stands against dialing a number at this moment, whoever dials it: hours, our own list, the registry, the caps.

Authority is the other half of the answer (check_authority.py). No lead is needed: an outside dialer's people are not ours.
"""

from __future__ import annotations

from datetime import datetime

from app.domain import phone
from app.domain.calling_hours import Called, most_per_day, open_at
from app.domain.states import State
from app.storage import access, outbound
from app.storage.database import Transaction
from app.workflows.callbacks.calls_made import calls_made
from app.workflows.leads.escalate_lead import is_number_left_alone
from app.workflows.outbound.do_not_call import judge_number


def against_dialing(
    tx: Transaction, number: str, states: tuple[State, ...], zip_code: str | None, now: datetime
) -> list[str]:
    """Every code that stands against calling `number` (E.164) now: dialing_off, on_the_line, opted_out, dnc_unknown,
    outside_hours, attempt_cap. Two who ask about one number take turns until this transaction ends."""
    access.take_turns(tx, f"dialing:{number}")
    parsed = phone.parse(number)
    called = Called(states, parsed.area_code if parsed else None, zip_code)
    most = most_per_day(called, now)
    found = {
        "dialing_off": not outbound.is_dialing_on(tx),
        "on_the_line": outbound.is_on_a_call(tx, number),
        "opted_out": is_number_left_alone(tx, number),
        "dnc_unknown": judge_number(tx, number, states, now).why is not None,
        "outside_hours": open_at(called, now) is None,
        "attempt_cap": most is not None and calls_made(tx, number, now) >= most,
    }
    return [code for code, stands in found.items() if stands]
