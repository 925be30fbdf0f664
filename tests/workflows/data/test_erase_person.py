"""After an erasure nothing of the person is left in any text of any table, and the ledger still verifies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import String, select

from app.domain import personal
from app.domain.lead import ClosedAs, Custody
from app.simulator.parties import NO_ANSWER, CallerBehavior, accepts
from app.storage import (
    callbacks,
    escalations,
    leads,
    ledger,
    made_files,
    people,
    people_erasure,
    recordings,
    requested_work,
    work,
)
from app.storage.database import Database
from app.storage.journal import Entry, append
from app.storage.models import Base
from app.storage.models.base import table_of
from app.storage.models.calls import CallRow
from app.storage.models.ledger import LedgerRow
from app.storage.models.requested_work import RequestedWorkRow
from app.storage.recordings import Recording
from app.workflows.authority.verify_ledger import seal_ledger, verify_ledger
from app.workflows.calls.delete_recordings import delete_recordings
from app.workflows.data.ask_person import ask_erasure, ask_person_export
from app.workflows.data.erase_person import Erased, NotNow, _erase_rows, _mentions, erase_person
from app.workflows.data.meant_person import Meant
from app.workflows.do_requested import do_requested
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.licenses.log_complaint import log_complaint
from tests.conversations.people import ANA, BEN, OHIO_CALLER
from tests.product import AGENCY, Stage

NUMBER = OHIO_CALLER
OTHER = "+16145550177"
POSTED = {
    "campaign": AGENCY,
    "phone": NUMBER,
    "first_name": "Wilhelmina",
    "last_name": "Featherstone",
    "state": "OH",
    "zip": "43215",
    "address": "77 Quince Orchard Lane",
    "external_id": "CRM-5521987",
    "consent": "I, Wilhelmina, agree to be called about xylophones",
}
WORDS = (
    "Wilhelmina",
    "Featherstone",
    "Quince Orchard",
    "CRM-5521987",
    "xylophones",
    "marmalade",
    "bassoon",
    "tangerine",
)
REASON = "asked by letter, file 12"


def spellings(number: str) -> re.Pattern[str]:
    area, exchange, line = number[2:5], number[5:8], number[8:]
    return re.compile(rf"{area}\D{{0,4}}{exchange}\D{{0,4}}{line}")


def post(stage: Stage, **more: str) -> int:
    key = {"Authorization": f"Bearer {stage.key}", "Idempotency-Key": "lead-1"}
    answer = stage.app.test_client().post("/api/v1/leads", json={**POSTED, **more}, headers=key)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return int(answer.get_json()["lead_id"])


def text(stage: Stage, body: str) -> None:
    stage.exchange.text(NUMBER, AGENCY, body)
    stage.exchange.run()
    stage.tick()


@pytest.fixture
def known(stage: Stage) -> Stage:
    """Everything that a person leaves: a posted lead, calls, a ZIP keyed, a time said, texts, callbacks, an escalation, notes."""
    stage.hire(ANA, behavior=accepts(talk_seconds=90))
    stage.hire(BEN, behavior=NO_ANSWER)
    lead_id = post(stage)
    talked = stage.call_from(NUMBER, CallerBehavior(answers=["43215"]))
    with stage.database.begin() as tx:
        call_id = stage.record(talked).id
        recordings.keep(
            tx,
            call_id,
            Recording(
                "RE" + "4" * 32, 1, 61, 2, "all_party", ("OH",), "announced", "sale", date(2031, 11, 18), stage.now
            ),
        )
    log_complaint(
        "Wilhelmina Featherstone was called twice: marmalade",
        npn=None, call_sid=talked.sid, actor="user:x", database=stage.database, now=stage.now,
    )  # fmt: skip
    stage.presence(ANA, "away")
    stage.presence(BEN, "away")
    stage.pass_time(120)
    stage.call_from(NUMBER, CallerBehavior(answers=["43215", "2", "tomorrow at ten", "1"]))
    stage.tick()
    text(stage, "43215")
    text(stage, "please ask for the bassoon, Wilhelmina, at (614) 555-0150")
    with stage.database.begin() as tx:
        (item,) = [one for one in escalations.listed(tx, status=None, after=0, limit=9) if not one.resolved]
        escalations.resolve_of_lead(tx, item.lead_id, outcome="served", by="user:x", now=stage.now, note="tangerine")
        ledger.write(
            tx, kind="escalation_resolved", now=stage.now, actor="user:x", facts={"note": "tangerine"}, lead_id=lead_id
        )
        ledger.write(tx, kind="oddity", now=stage.now, actor="user:x", facts={"told": f"about {NUMBER}"})
        requested_work.ask(tx, kind="report", asked={"note": NUMBER[2:]}, asked_by="x", now=stage.now)
        decision = ledger.write(tx, kind="check", now=stage.now, actor="x", facts={"states": ["OH"]})
        tables = Base.metadata.tables
        tx.execute(tables["outside_dials"].insert().values(decision_id=decision, at=stage.now, number=NUMBER))
        tx.execute(
            tables["webhook_events"]
            .insert()
            .values(
                event_id="evt_1", type="lead.received", subject="lead:1", at=stage.now, seen_at=stage.now, lead_id=lead_id,
                payload='{"phone":"' + NUMBER + '","first_name":"Wilhelmina","lead_id":1}',
            )
        )  # fmt: skip
        tx.execute(tables["vendors"].insert().values(slug="acme", name="Acme", terms="{}"))
        tx.execute(
            tables["invoices"]
            .insert()
            .values(
                vendor_id=1, file_name="may.csv", sha256="0" * 64, columns="{}", time_zone="UTC", received_at=stage.now,
                received_by="x", dispute_until=stage.now, duplicate_days=30, attempt=1,
                **{f"{of}_{what}": 0 for of in ("accepted", "disputed", "undecided") for what in ("lines", "cents")},
            )
        )  # fmt: skip
        tx.execute(
            tables["invoice_lines"]
            .insert()
            .values(
                invoice_id=1, line=2, their_call_id="x", their_external_id="CRM-5521987", their_caller=NUMBER, amount_cents=1,
                verdict="disputed", standing="disputed", reasons="wrong_state",
                evidence='[["wrong_state","(614) 555-0150 said so"]]',
            )
        )  # fmt: skip
        seen = {row.lead_id for row in tx.execute(select(table_of(CallRow).c.lead_id))}
        assert lead_id in seen
    text(stage, "and again: bassoon")
    stage.call_from(OTHER, CallerBehavior(answers=["43215"]))
    stage.tick()
    return stage


def erase(stage: Stage, number: str = NUMBER, **how: Any) -> Erased | NotNow | Unmet:
    return erase_person(Meant(number, **how), reason=REASON, actor="user:admin", database=stage.database, now=stage.now)


def erased(stage: Stage, number: str = NUMBER) -> Erased:
    done = erase(stage, number)
    assert isinstance(done, Erased), done
    return done


def texts_of(database: Database) -> Iterator[tuple[str, str]]:
    """(TABLE.COLUMN, text) of every text of every table."""
    with database.read() as tx:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, String):
                    for value in tx.execute(select(column).where(column.is_not(None))).scalars():
                        yield f"{table.name}.{column.name}", str(value)


def left(database: Database) -> list[tuple[str, str]]:
    """Where anything of the person still stands, the two lists apart that the law wants."""
    number = spellings(NUMBER)
    return [
        (place, text)
        for place, text in texts_of(database)
        if (number.search(text) and place.partition(".")[0] not in people_erasure.KEPT_NUMBERS)
        or any(word.lower() in text.lower() for word in WORDS)
    ]


def test_nothing_of_the_person_is_left_anywhere(known: Stage) -> None:
    before = {place for place, _ in left(known.database)}

    done = erased(known)

    assert {"leads.phone", "leads.consent", "calls.from_number", "call_events.facts", "callbacks.phone"} <= before
    assert {"texts.to_number", "texts_received.body", "escalations.note", "complaints.told", "ledger.facts"} <= before
    assert left(known.database) == []
    assert done.entry_id is not None
    assert done.erased["leads"] >= 1
    assert done.erased["calls"] >= 2


def test_the_ledger_still_verifies_and_the_decisions_are_as_they_were(known: Stage) -> None:
    with known.database.read() as tx:
        query = select(table_of(LedgerRow)).where(table_of(LedgerRow).c.kind.in_(ledger.DECISIONS))
        decisions = {row.id: row.facts for row in tx.execute(query)}

    done = erased(known)
    seal_ledger(database=known.database)

    found = verify_ledger(database=known.database)
    assert found.bad is None
    assert found.unsealed == 0
    with known.database.read() as tx:
        assert {row.id: row.facts for row in tx.execute(query)} == decisions
        assert done.entry_id is not None
        entry = ledger.entry(tx, done.entry_id)
    assert entry is not None
    assert (entry.kind, entry.facts["reason"], entry.actor) == ("person_erased", REASON, "user:admin")


def test_their_number_is_left_alone_from_then_on_and_nobody_owes_them_a_step(known: Stage) -> None:
    known.tick()
    before = [promise for promise in known.callbacks() if promise.active]

    erased(known)

    with known.database.read() as tx:
        assert work.suppressed(tx, NUMBER) == {"stop"}
        *theirs, other = [lead for _, lead in sorted(leads.many(tx, range(1, 9)).items())]
        items = [item for lead in theirs for item in escalations.of_lead(tx, lead.id)]
        active = [promise for lead in theirs for promise in callbacks.of_lead(tx, lead.id) if promise.active]
    assert before
    assert {(lead.custody, lead.closed_as) for lead in theirs} == {
        (Custody.CLOSED, ClosedAs.OPTED_OUT),
        (Custody.SERVED, None),
    }
    assert items
    assert all(item.resolved for item in items)
    assert not active
    assert other.phone == OTHER


def test_what_is_kept_is_told_with_its_day(known: Stage) -> None:
    done = erased(known)

    (recording,) = [kept for kept in done.kept if kept.what == "recordings"]
    assert recording.until == "2031-11-18"
    assert any(kept.what == "suppressions" and "64.1200(d)(6)" in kept.why for kept in done.kept)
    assert delete_recordings(database=known.database, carrier=known.tools.carrier, now=known.clock.now) == 0


def test_a_second_time_there_is_nothing_there(known: Stage) -> None:
    erased(known)
    with known.database.read() as tx:
        entries = len(tx.execute(select(table_of(LedgerRow).c.id)).all())

    again = erased(known)

    assert again.nothing_there
    assert again.entry_id is None
    with known.database.read() as tx:
        assert len(tx.execute(select(table_of(LedgerRow).c.id)).all()) == entries


def test_the_pages_and_the_api_still_tell_the_story_without_them(known: Stage) -> None:
    erased(known)

    with known.database.read() as tx:
        sids = [row.call_sid for row in tx.execute(select(table_of(CallRow).c.call_sid))]
        ids = [row.id for row in tx.execute(select(table_of(LedgerRow)).where(table_of(LedgerRow).c.kind == "offer"))]
    for sid in sids:
        known.get(f"/calls/{sid}")
    for decision_id in ids:
        known.get(f"/decisions/{decision_id}")
    known.get("/leads/1")
    known.get("/callbacks")
    known.get("/escalations")


def test_somebody_on_the_line_is_not_erased(stage: Stage) -> None:
    stage.hire(ANA)
    stage.ring_in(NUMBER, CallerBehavior(answers=["43215"]))
    stage.exchange.run(30)

    refused = erase(stage)

    assert isinstance(refused, NotNow)
    assert "live" in refused.why
    with stage.database.read() as tx:
        lead = leads.load(tx, 1)
    assert lead is not None
    assert lead.phone == NUMBER
    stage.exchange.run()


def test_a_producers_number_and_ours_are_nobodys_to_erase(stage: Stage) -> None:
    stage.hire(ANA)

    producer, ours = erase(stage, ANA.phone), erase(stage, AGENCY)

    assert isinstance(producer, Unmet)
    assert ANA.npn in producer.why
    assert isinstance(ours, Unmet)


def test_a_reason_that_names_the_person_is_refused(stage: Stage) -> None:
    post(stage)

    done = erase_person(
        Meant(NUMBER), reason="Mrs. Featherstone wants it", actor="user:a", database=stage.database, now=stage.now
    )

    assert isinstance(done, Unmet)
    assert done.field == "reason"


def test_files_that_were_made_of_people_are_forgotten(stage: Stage) -> None:
    post(stage)
    asked = ask_person_export(Meant(NUMBER), actor="user:a", database=stage.database, now=stage.now)
    do_requested(database=stage.database, now=stage.clock.now)
    with stage.database.read() as tx:
        there = requested_work.load(tx, int(str(asked)))
        assert there is not None
        assert there.found is not None
        file_id = there.found["file"]
    content = b"".join(made_files.content(file_id, database=stage.database))

    erased(stage)

    assert b"Featherstone" in content
    assert list(made_files.content(file_id, database=stage.database)) == []
    assert left(stage.database) == []


def test_an_erasure_that_was_asked_for_loses_the_number_itself(stage: Stage, tmp_path: Any) -> None:
    post(stage)
    asked = ask_erasure(
        Meant(NUMBER), reason=REASON, confirm=NUMBER, actor="user:a", folder=tmp_path / "journal",
        database=stage.database, now=stage.now,
    )  # fmt: skip

    do_requested(database=stage.database, now=stage.clock.now)

    with stage.database.read() as tx:
        row = tx.execute(select(table_of(RequestedWorkRow)).where(table_of(RequestedWorkRow).c.id == asked)).one()
    assert row.status == "done", row.why
    assert '"leads":1' in row.found
    assert left(stage.database) == []


def test_an_event_that_waits_in_the_journal_comes_first(stage: Stage, tmp_path: Any) -> None:
    post(stage)
    folder = tmp_path / "journal"
    append(folder, Entry("voice", datetime(2026, 11, 18).astimezone(), "CA1", [("From", NUMBER)]))

    refused = ask_erasure(
        Meant(NUMBER),
        reason=REASON,
        confirm=NUMBER,
        actor="user:a",
        folder=folder,
        database=stage.database,
        now=stage.now,
    )

    assert isinstance(refused, NotNow)
    assert "journal" in refused.why


def test_a_lead_without_a_number_is_erased_by_its_id(stage: Stage) -> None:
    lead_id = post(stage)
    with stage.database.begin() as tx:
        table = Base.metadata.tables["leads"]
        tx.execute(table.update().where(table.c.id == lead_id).values(phone=None))

    done = erase_person(Meant(None, lead_id), reason=REASON, actor="user:a", database=stage.database, now=stage.now)
    again = erase_person(Meant(None, lead_id), reason=REASON, actor="user:a", database=stage.database, now=stage.now)

    assert isinstance(done, Erased)
    assert done.erased["leads"] == 1
    assert isinstance(again, Erased)
    assert again.nothing_there
    assert not [place for place, text in left(stage.database) if any(word in text for word in WORDS)]


def test_a_run_that_was_cut_off_is_finished_by_the_next(known: Stage) -> None:
    of = personal.traces(NUMBER)
    # Everything that the first transaction does, and nothing of what comes after it.
    with known.database.read() as tx:
        person = people.find(tx, NUMBER)
    mentions = _mentions(of, [], known.database)
    first = _erase_rows(Meant(NUMBER), person, mentions, REASON, "user:a", known.database, known.now)
    assert isinstance(first, Erased)
    assert left(known.database) != []

    second = erased(known)

    assert left(known.database) == []
    assert second.entry_id is not None
    seal_ledger(database=known.database)
    assert verify_ledger(database=known.database).bad is None
    assert erased(known).nothing_there
