"""Fields that several requests have, each with what it accepts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic.config import JsonDict

from app.domain import instants, phone, states
from app.domain.lines import BadRequirement, Requirement

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class Body(BaseModel):
    """A request's body: nothing else in it, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def example(**members: object) -> ConfigDict:
    """For `model_config` of a body whose required members alone would not be taken: one that would, for the document."""
    shown: JsonDict = {"examples": [members]}  # type: ignore[list-item]  # what is written in the code is JSON
    return ConfigDict(json_schema_extra=shown)


class Answer(BaseModel):
    """A response's body. Instants are RFC 3339 in UTC, numbers E.164."""

    model_config = ConfigDict(frozen=True)


def _requirement(text: str) -> str:
    try:
        return str(Requirement.parse(text))
    except BadRequirement as error:
        raise ValueError(str(error)) from error


def _number(text: str) -> str:
    number = phone.parse(text)
    if number is None:
        raise ValueError("not a telephone number")
    return number.e164


def _state(text: str) -> str:
    state = states.parse(text)
    if state is None:
        raise ValueError("not one of the 56 jurisdictions that license producers, e.g. OH or Ohio")
    return state


def _instant(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError("an ISO 8601 instant with its offset, e.g. 2026-11-18T15:00:00Z")
    return instants.parse(value)


Npn = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,10}$"),
    Field(description="National Producer Number."),
]
Loa = Annotated[
    str,
    StringConstraints(max_length=200),
    AfterValidator(_requirement),
    Field(description="Line of authority: `life`; both: `property+casualty`; either: `personal_lines|casualty`."),
]
E164 = Annotated[
    str,
    StringConstraints(max_length=100),
    AfterValidator(_number),
    Field(description="A telephone number, however it is spelled."),
]
StateText = Annotated[
    str,
    StringConstraints(max_length=60),
    AfterValidator(_state),
    Field(description="A state that licenses producers: `OH`, or Ohio."),
]
Instant = Annotated[
    datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"}, mode="validation")
]


def told_as(*words: str) -> WithJsonSchema:
    """For a member of an answer: the document says that it is one of these words; nothing is refused because of it."""
    return WithJsonSchema({"type": "string", "enum": [str(word) for word in words]})


def one_of(**given: object) -> None:
    """Raises ValueError unless exactly one is given."""
    if sum(value is not None for value in given.values()) != 1:
        raise ValueError(f"give one of {', '.join(given)}")
