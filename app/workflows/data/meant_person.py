"""Who is meant: by their number, or by a lead of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain import phone
from app.storage import people
from app.storage.database import Transaction
from app.storage.people import Person
from app.workflows.leads.asked_campaign import Unmet


@dataclass(frozen=True)
class Meant:
    """One of the two. `number` is E.164; a lead with a number means everybody's rows with that number."""

    number: str | None
    lead_id: int | None = None

    @property
    def shown(self) -> str:
        """Fit for a list: the number masked."""
        return phone.PhoneNumber(self.number).masked if self.number else f"lead {self.lead_id}"

    @property
    def confirmation(self) -> str:
        """What somebody types who means it."""
        return self.number or str(self.lead_id)


def meant_by(asked: Mapping[str, Any]) -> Meant | None:
    """As `asked` of a request has it; None where the number was erased since."""
    number, lead_id = phone.parse(asked.get("phone")), asked.get("lead_id")
    return None if number is None and lead_id is None else Meant(number.e164 if number else None, lead_id)


def known(tx: Transaction, meant: Meant, *, everywhere: bool = True) -> Person | Unmet:
    """Their rows; `everywhere` as in people.find. Unmet where it is no person's number, or there is no such lead."""
    number = meant.number
    if number is None and meant.lead_id is not None:
        is_there, number = people.number_of_lead(tx, meant.lead_id)
        if not is_there:
            return Unmet("lead_id", f"there is no lead {meant.lead_id}")
    if number is not None and (whose := people.whose(tx, number)) is not None:
        return Unmet("phone" if meant.number else "lead_id", f"is {whose}")
    return people.find(tx, number, meant.lead_id, everywhere=everywhere)
