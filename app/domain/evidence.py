"""What is known of where a caller lives, raw, and what each piece of it says. residency.py judges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from app.domain import area_codes, phone, states, zip_codes
from app.domain.states import State
from app.domain.zip_codes import Zip


@dataclass(frozen=True)
class Evidence:
    """Everything known about where a caller lives, raw.

    `stated_states` are what producers reported through *wrong state*, each once. `silent`: the caller was asked and
    keyed nothing. `asks_made` counts the questions already put on this call.
    """

    keyed_zip: str | None = None
    vendor_state: str | None = None
    vendor_zip: str | None = None
    phone: str | None = None
    stated_states: tuple[State, ...] = ()
    silent: bool = False
    asks_made: int = 0


@dataclass(frozen=True)
class Facts:
    """The evidence, read. What is empty, malformed or does not exist is None: it counts as not given.

    `keyed` and `vendor` are what keyed_zip and vendor_zip are; they are None together. `keyed_unusable` is
    what the caller gave instead of a ZIP in use. `elsewhere` is a sentence on what in the vendor's record
    no state of ours governs, and empty where nothing does.
    """

    keyed_zip: str | None
    keyed: Zip | None
    keyed_unusable: str
    vendor_zip: str | None
    vendor: Zip | None
    vendor_state: State | None
    stated_states: tuple[State, ...]
    area_code: str | None
    area_code_state: State | None
    elsewhere: str

    @property
    def named(self) -> tuple[State, ...]:
        """Every state that the vendor's record or the area code names, sorted."""
        of_zip = self.vendor.states if self.vendor else ()
        return together(*of_zip, self.vendor_state, self.area_code_state)

    @property
    def undisputed_vendor_state(self) -> State | None:
        """The vendor's state, where nothing else in the vendor's record speaks against it."""
        disputed = self.vendor is not None and self.vendor_state not in self.vendor.states
        return None if disputed or self.elsewhere else self.vendor_state

    def noted_against(self, governing: tuple[State, ...]) -> str:
        """A sentence for each weaker piece of evidence that names another state; empty where none does."""
        others = []
        if self.vendor and not set(self.vendor.states) & set(governing):
            place = listed(self.vendor.states) or "no state of ours"
            others.append(f"the vendor's ZIP {self.vendor_zip} is in {place}")
        if self.vendor_state and self.vendor_state not in governing:
            others.append(f"the vendor's state is {states.name(self.vendor_state)}")
        if self.area_code_state and self.area_code_state not in governing:
            others.append(f"area code {self.area_code} is {states.name(self.area_code_state)}'s")
        return f" Noted, not obeyed: {'; '.join(others)}." if others else ""


@lru_cache(maxsize=1)  # what asks is settled next, on the same evidence
def read(evidence: Evidence) -> Facts:
    """What each piece of `evidence` says."""
    typed = (evidence.keyed_zip or "").strip(" *#\t\r\n")
    keyed_zip, keyed = _in_use(zip_codes.normalize_keyed(typed))
    vendor_zip, vendor = _in_use(zip_codes.normalize(evidence.vendor_zip))
    number = phone.parse(evidence.phone)
    return Facts(
        keyed_zip=keyed_zip,
        keyed=keyed,
        keyed_unusable="" if keyed else typed[:40],
        vendor_zip=vendor_zip,
        vendor=vendor,
        vendor_state=states.parse(evidence.vendor_state),
        stated_states=together(*(states.parse(stated) for stated in evidence.stated_states)),
        area_code=number.area_code if number else None,
        area_code_state=area_codes.state_of(number),
        elsewhere=_elsewhere(evidence, vendor_zip, vendor),
    )


def ungoverned(whose: str, zip5: str | None, found: Zip) -> str:
    """A sentence on a ZIP that lies in no licensing jurisdiction."""
    military = found.kind is zip_codes.Kind.MILITARY
    place = "a military address" if military else "in a freely associated state (FM, MH or PW)"
    return f"{whose} ZIP {zip5} is {place}: no state of ours governs it."


def together(*named: State | None) -> tuple[State, ...]:
    """The states named, each once, sorted."""
    return tuple(sorted({state for state in named if state}))


def listed(several: tuple[State, ...]) -> str:
    """Full names for a sentence: "Idaho and Oregon"."""
    return " and ".join(states.name(state) for state in several)


def _in_use(zip5: str | None) -> tuple[str | None, Zip | None]:
    found = zip_codes.lookup(zip5 or "")
    return (None, None) if found.kind is zip_codes.Kind.UNKNOWN else (zip5, found)


def _elsewhere(evidence: Evidence, vendor_zip: str | None, vendor: Zip | None) -> str:
    if vendor is not None and not vendor.states:
        return ungoverned("The vendor's", vendor_zip, vendor)
    if zip_codes.is_canadian(evidence.vendor_zip):
        return "The vendor's postal code is Canadian: no state of ours governs it."
    if evidence.vendor_state and states.is_elsewhere(evidence.vendor_state):
        return f"The vendor's state is {evidence.vendor_state.strip()}, which is none of ours."
    return ""
