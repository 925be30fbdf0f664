"""Rosters as Hypothesis makes them: what a file says, and the file that says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st

from app.domain import states
from app.domain.licensing import Residency, Status
from app.domain.lines import Line
from tests.rosters.files import roster_csv

_DAYS = st.dates(date(1900, 1, 1), date(9999, 12, 31))
_NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), min_size=1, max_size=12
)


@dataclass(frozen=True)
class HeldLicense:
    """One license that a roster says somebody holds."""

    state: str
    line: Line
    number: str
    residency: Residency
    status: Status
    effective_on: date | None
    expires_on: date | None
    perpetual: bool


@dataclass(frozen=True)
class Holder:
    """One producer of a roster."""

    npn: str
    first_name: str
    last_name: str
    email: str
    phone: str
    resident_state: str
    licenses: tuple[HeldLicense, ...]


@st.composite
def held_licenses(draw: st.DrawFn, state: str, line: Line) -> HeldLicense:
    effective_on = draw(st.none() | _DAYS)
    expires_on = draw(st.none() | st.dates(effective_on or date(1900, 1, 1), date(9999, 12, 31)))
    return HeldLicense(
        state=state,
        line=line,
        number=draw(st.from_regex(r"[A-Z0-9]{1,8}", fullmatch=True)),
        residency=draw(st.sampled_from(Residency)),
        status=draw(st.sampled_from(Status)),
        effective_on=effective_on,
        expires_on=expires_on,
        perpetual=expires_on is None and draw(st.booleans()),
    )


@st.composite
def holders(draw: st.DrawFn, npn: int, phone: int) -> Holder:
    keys = st.tuples(st.sampled_from(states.ALL), st.sampled_from(Line))
    licenses = [draw(held_licenses(*key)) for key in draw(st.lists(keys, min_size=1, max_size=3, unique=True))]
    return Holder(
        npn=str(npn),
        first_name=draw(_NAMES),
        last_name=draw(_NAMES),
        email=f"p{npn}@agency.example",
        phone=f"+1614555{phone:04}",
        resident_state=draw(st.sampled_from(states.ALL)),
        licenses=tuple(licenses),
    )


@st.composite
def rosters(draw: st.DrawFn) -> list[Holder]:
    """One to three producers, each with an NPN and a phone of their own."""
    count = draw(st.integers(1, 3))
    npns = draw(st.lists(st.integers(1, 9_999_999_999), min_size=count, max_size=count, unique=True))
    phones = draw(st.lists(st.integers(100, 199), min_size=count, max_size=count, unique=True))
    return [draw(holders(npn, phone)) for npn, phone in zip(npns, phones, strict=True)]


def file_rows(roster: list[Holder]) -> list[dict[str, str]]:
    """The rows of the file that says so; the first stands on line 2."""
    return [
        {
            "npn": holder.npn,
            "first_name": holder.first_name,
            "last_name": holder.last_name,
            "email": holder.email,
            "phone": holder.phone,
            "resident_state": holder.resident_state,
            "state": held.state,
            "license_number": held.number,
            "residency": held.residency,
            "loa": held.line,
            "status": held.status,
            "effective_date": held.effective_on.isoformat() if held.effective_on else "",
            "expiration_date": "perpetual"
            if held.perpetual
            else held.expires_on.isoformat()
            if held.expires_on
            else "",
        }
        for holder in roster
        for held in holder.licenses
    ]


def file_of(roster: list[Holder]) -> bytes:
    return roster_csv(*file_rows(roster))
