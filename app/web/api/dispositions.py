"""POST /calls/{sid}/disposition: a producer says how a talk of theirs was."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from apiflask import APIBlueprint

from app.domain.talk_word import TalkWord
from app.web.api.bodies import takes
from app.web.api.fields import Answer, Body, Npn, Text
from app.web.api.keys import key, needs, tools
from app.web.api.problems import Problem
from app.web.api.records import is_sid
from app.web.api.routes import REFUSES_BODIES, add
from app.workflows.calls.dispose_talk import Disposed, NotTaken, dispose_talk
from app.workflows.errors import UnknownCall


class Disposition(Body):
    """`npn` is whose talk it was; of several on one call, the last."""

    npn: Npn
    disposition: Literal["served", "not_interested", "not_served", "wrong_number", "opted_out"]
    note: Text = ""


class DispositionKept(Answer):
    """`custody` and `owed_by` are the lead's as it stands now: `in_call` while the call goes on, whose end obeys the word."""

    call_sid: str
    npn: str
    disposition: str
    lead_id: int | None
    custody: str | None
    owed_by: datetime | None


def add_to(blueprint: APIBlueprint) -> None:
    add(
        blueprint,
        "POST",
        "/calls/<call_sid>/disposition",
        dispose,
        DispositionKept,
        problems=[404, 409, *REFUSES_BODIES],
    )


@needs("presence")
@takes(Disposition)
def dispose(call_sid: str, body: Disposition) -> DispositionKept:
    """Keep what a producer says of a talk, and do with its lead what follows from it."""
    try:
        if not is_sid(call_sid):
            raise UnknownCall(call_sid)
        told = dispose_talk(
            call_sid,
            body.npn,
            TalkWord(body.disposition),
            note=body.note,
            by=key().actor,
            database=tools().database,
            now=tools().clock.now(),
            wording=tools().wording,
        )
    except UnknownCall:
        raise Problem(404, "There is no such call.") from None
    if isinstance(told, NotTaken):
        raise Problem(409, _WHY_NOT[told.reason], more={"reasons": [told.reason]})
    return _answer(call_sid, body.npn, told)


_WHY_NOT = {
    "no_talk": "This producer has not talked with anybody on this call.",
    "wrong_state": "A wrong state was reported for this talk: it serves nobody, whatever is said of it.",
    "closed": "The lead is closed.",
    "talked_since": "Somebody has talked with this person since.",
    "in_call": "The person is on the line, or is being called.",
    "too_late": "The talk was more than a day ago.",
}


def _answer(call_sid: str, npn: str, told: Disposed) -> DispositionKept:
    lead = told.lead
    return DispositionKept(
        call_sid=call_sid,
        npn=npn,
        disposition=told.word,
        lead_id=lead.id if lead else None,
        custody=lead.custody if lead else None,
        owed_by=lead.owed_by if lead else None,
    )
