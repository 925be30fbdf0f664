"""POST /authority/check: for any outside dialer, at dial time."""

from __future__ import annotations

from typing import Annotated, Self

from apiflask import APIBlueprint
from pydantic import AfterValidator, model_validator

from app.domain import phone as phones
from app.domain.lines import Requirement
from app.web.api.bodies import takes
from app.web.api.fields import E164, Answer, Body, Instant, Loa, Npn, StateText, Text, example, one_of
from app.web.api.keys import key, needs, tools
from app.web.api.routes import REFUSES_BODIES, add
from app.workflows.authority.check_authority import AuthorityAnswer, AuthorityQuestion, check_authority


def _dialable(number: str) -> str:
    if not phones.is_dialable_us(phones.parse(number)):
        raise ValueError("no fixed or mobile number of a US state or territory")
    return number


class AuthorityCheck(Body):
    """Where the person is: one of `state`, `phone`, `zip`. Without `at`: now.

    `dialing` is the number that is about to be called, at this moment: the hours, our own do-not-call list, the registry
    and the caps are asked, too, and a yes counts as a call. Where the person is may then be left to that number.
    """

    model_config = example(npn="90000001", loa="life", state="OH")

    npn: Npn
    loa: Loa
    state: StateText | None = None
    phone: Text | None = None
    zip: Text | None = None
    at: Instant | None = None
    dialing: Annotated[E164, AfterValidator(_dialable)] | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        given = {"state": self.state, "phone": self.phone, "zip": self.zip}
        if self.dialing is None or any(value is not None for value in given.values()):
            one_of(**given)
        if self.dialing is not None and self.at is not None:
            raise ValueError("dialing is about this moment: leave out at")
        return self


class AuthorityVerdict(Answer):
    """`state` is null where it stays unknown; a ZIP in two states gives both, joined by `|`."""

    allowed: bool
    state: str | None
    reasons: list[str]
    decision_id: int


def add_to(blueprint: APIBlueprint) -> None:
    add(blueprint, "POST", "/authority/check", check_authority_now, AuthorityVerdict, problems=REFUSES_BODIES)


@needs("authority")
@takes(AuthorityCheck)
def check_authority_now(body: AuthorityCheck) -> AuthorityVerdict:
    """May this producer talk to somebody there, for this line; and may this number be dialed now?"""
    given = body.state or body.zip or body.phone
    asked = AuthorityQuestion(
        npn=body.npn,
        requirement=Requirement.parse(body.loa),
        state=body.state,
        zip_code=body.zip,
        phone=body.phone if given else body.dialing,
        at=body.at,
        dialing=body.dialing,
    )
    found = check_authority(asked, actor=key().actor, database=tools().database, now=tools().clock.now())
    return verdict_of(found)


def verdict_of(found: AuthorityAnswer) -> AuthorityVerdict:
    return AuthorityVerdict(
        allowed=found.allowed,
        state="|".join(found.states) or None,
        reasons=list(found.reasons),
        decision_id=found.decision_id,
    )
