"""What the producer's pages show of a call, a license, a move: codes turned into words of the producer's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from app.domain import phone, states
from app.domain.call import Phase
from app.domain.lead import Custody
from app.domain.licensing import Producer
from app.domain.promises import DISPOSITION_WITHIN
from app.domain.residency import Residence
from app.domain.talk_word import TalkWord
from app.storage.my_desk import Card, Now, Promised
from app.web.console.producer_words import day_words, time_words, word
from app.web.console.words import duration, masked
from app.workflows.licenses.my_licenses import HeldLine, HeldState, LinesThere, lines_there
from app.workflows.presence.extend_wrap_up import LONGEST

WORDS_ON_A_TALK = (
    TalkWord.SERVED,
    TalkWord.NOT_SERVED,
    TalkWord.NOT_INTERESTED,
    TalkWord.WRONG_NUMBER,
    TalkWord.OPTED_OUT,
)

TONES = {
    "available": ("●", "good"),
    "ringing": ("◐", "busy"),
    "on_call": ("■", "busy"),
    "wrap_up": ("▲", "rest"),
    "not_now": ("▲", "rest"),
    "away": ("‖", "rest"),
    "missed": ("!", "warn"),
    "offline": ("○", "rest"),
    "suspended": ("⊘", "bad"),
}
"""Shape and tone of a state (CONSOLE.md section 1)."""


class Speech:
    """The words of one language, at one instant. Templates ask it for everything that they say."""

    def __init__(self, language: str, zone: ZoneInfo, now: datetime) -> None:
        self.language, self.zone, self.now = language, zone, now
        self.word = partial(word, language=language)

    def __call__(self, key: str, **values: object) -> str:
        return word(key, self.language, **values)

    def day(self, on: date) -> str:
        return day_words(on, self.language)

    def time(self, at: datetime, zone: ZoneInfo | None = None) -> str:
        return time_words(at, self.language, zone=zone or self.zone, now=self.now)

    def states(self, codes: Sequence[str]) -> str:
        """Ohio and Kentucky."""
        names = [states.name(code) for code in codes if states.is_state(code)]
        return f" {self('and')} ".join(names) if names else self("state_not_known")

    def lines(self, lines: Sequence[str]) -> str:
        return ", ".join(self(f"line_{line}") for line in lines) or self("nothing")

    def reasons(self, codes: Sequence[str]) -> str:
        return ", ".join(self(f"reason_{code}") for code in codes)

    # ---- presence

    def state_of(self, mine: Now) -> str:
        """A suspended producer is told that, whatever else is so, unless they are on the phone."""
        return "suspended" if mine.suspended and mine.state not in ("ringing", "on_call") else mine.state

    def extendable(self, mine: Now) -> bool:
        talk = mine.last_talk
        return (
            mine.state == "wrap_up"
            and talk is not None
            and talk.ended_at is not None
            and mine.seat.free_at < talk.ended_at + LONGEST
        )

    # ---- licenses

    def ends(self, line: HeldLine) -> str:
        """When a line ends, as one says it."""
        license_, days = line.license, line.days_left
        if license_.perpetual:
            return self("perpetual")
        if license_.expires_on is None:
            return self("end_unknown")
        if days is not None and days < 0:
            return self("ended", days=-days, day=self.day(license_.expires_on))
        return self("ends_on", day=self.day(license_.expires_on))

    def days_left(self, days: int) -> str:
        return self("last_day") if days == 0 else self("day_left") if days == 1 else self("days_left", days=days)

    def education(self, held: HeldState) -> str:
        known = held.education
        if known is None:
            return ""
        if known.credits_needed and known.compliant is not True:
            by = known.renewal_on
            more = {"credits": known.credits_needed}
            return (
                self("education_left_by", day=self.day(by), **more)
                if by is not None
                else self("education_left", **more)
            )
        if known.compliant is None:
            return ""
        return self("education_done" if known.compliant else "education_missing")

    # ---- promises

    def their_time(self, promised: Promised) -> str:
        """The person's own time, where it is another than the agency's; empty where it is the same or not known."""
        if not promised.states or not states.is_state(promised.states[0]):
            return ""
        there = states.zones(promised.states[0])[0]
        if promised.due_at.astimezone(there).utcoffset() == promised.due_at.astimezone(self.zone).utcoffset():
            return ""
        return self("their_time", time=self.time(promised.due_at, there))


@dataclass(frozen=True)
class CardShown:
    """The call card in words. `name` is empty, and `vendor_sent` too, until the producer has taken the call."""

    card: Card
    title: str
    name: str
    number: str
    product: str
    lives_in: str
    sure: str
    sure_tone: str
    why: str
    lines: tuple[LinesThere, ...]
    vendor_sent: tuple[tuple[str, str], ...]
    standing: str
    say_until: datetime | None
    may_say: bool
    may_report_state: bool


_SURE_TONES = {"confirmed": "good", "verified": "good", "likely": "rest", "shared": "rest"}


def shown(card: Card | None, producer: Producer, say: Speech) -> CardShown | None:
    """The card as `producer` may see it now."""
    if card is None:
        return None
    lead, residence = card.lead, card.call.residence
    taken = not card.rings
    name = f"{lead.first_name} {lead.last_name}".strip() if lead and taken else ""
    number = lead.phone if lead and lead.phone else card.call.from_number
    ended = not card.attempt.open
    campaign = card.campaign
    say_until = card.attempt.ended_at + DISPOSITION_WITHIN if card.attempt.ended_at and card.said is None else None
    waits = card.custody is Custody.PROMISED or card.call.phase is not Phase.ENDED
    return CardShown(
        card=card,
        title=say("card_ringing" if card.rings else "card_talking" if card.talks else "card_last"),
        name=name or say("nameless"),
        number=(masked(number) if phone.parse(number) else say("number_withheld")) if taken else "",
        product=f"{campaign.name} ({say.lines(sorted(campaign.requirement.lines))})" if campaign else "",
        lives_in=say.states(residence.states if residence else ()),
        sure=say(f"sure_{residence.confidence}") if residence else say("sure_unknown"),
        sure_tone=_SURE_TONES.get(residence.confidence, "warn") if residence else "warn",
        why=_why(residence, say),
        lines=tuple(lines_there(producer, residence.states, campaign.requirement, say.now))
        if residence and campaign
        else (),
        vendor_sent=_vendor_sent(card, say) if taken else (),
        standing=_standing(card, say) if ended else "",
        say_until=say_until if say_until and say_until > say.now and ended and waits else None,
        may_say=taken and not card.wrong_states and card.custody is not Custody.CLOSED,
        may_report_state=taken and not card.wrong_states and card.custody is not Custody.CLOSED,
    )


def _why(residence: Residence | None, say: Speech) -> str:
    if residence is None:
        return say("source_none")
    why = say(f"source_{residence.source}", zip=residence.zip or "")
    return f"{why} {say('each_required')}" if len(residence.states) > 1 else why


def _vendor_sent(card: Card, say: Speech) -> tuple[tuple[str, str], ...]:
    lead = card.lead
    if lead is None or not lead.posted:
        return ()
    found: list[tuple[str, Any]] = [
        (say("vendor"), card.vendor),
        (say("address"), ", ".join(part for part in (lead.address, lead.state, lead.zip_code) if part)),
        (say("consent"), say("consent_kept") if lead.consent else say("consent_none")),
        (say("their_id"), lead.external_id),
    ]
    return tuple((label, value) for label, value in found if value)


def _standing(card: Card, say: Speech) -> str:
    """What becomes of the person as things stand, once the talk is over."""
    if card.wrong_states:
        return say("you_reported", state=say.states(card.wrong_states))
    said = say("you_said", word=say(f"word_{card.said}")) if card.said else ""
    if card.custody is Custody.PROMISED and card.promise is not None:
        if card.said is None:
            return say("called_back_at", time=say.time(card.promise.due_at))
        return f"{said} {say('due_at', time=say.time(card.promise.due_at), until=say.time(card.promise.promised_by))}."
    if card.custody is Custody.SERVED and card.said is None:
        return say("counted_served", talk=duration(card.call.served_seconds))
    by_custody = {Custody.SERVED: "is_served", Custody.CLOSED: "is_closed", Custody.ESCALATED: "on_supervisors_list"}
    key = by_custody.get(card.custody) if card.custody else None
    return f"{said} {say(key) if key else ''}".strip()
