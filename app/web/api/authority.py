"""POST /authority/check: for any outside dialer, at dial time."""

from __future__ import annotations

from typing import Self

from apiflask import APIBlueprint
from pydantic import model_validator

from app.domain.lines import Requirement
from app.web.api.bodies import takes
from app.web.api.fields import Answer, Body, Instant, Loa, Npn, StateText, Text, one_of
from app.web.api.keys import key, needs, tools
from app.web.api.routes import REFUSES_BODIES, add
from app.workflows.authority.check_authority import AuthorityAnswer, AuthorityQuestion, check_authority


class AuthorityCheck(Body):
    """Where the caller is: one of `state`, `phone`, `zip`. Without `at`: now."""

    npn: Npn
    loa: Loa
    state: StateText | None = None
    phone: Text | None = None
    zip: Text | None = None
    at: Instant | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        one_of(state=self.state, phone=self.phone, zip=self.zip)
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
    """May this producer take a caller from there, for this line?"""
    asked = AuthorityQuestion(
        npn=body.npn,
        requirement=Requirement.parse(body.loa),
        state=body.state,
        zip_code=body.zip,
        phone=body.phone,
        at=body.at,
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
