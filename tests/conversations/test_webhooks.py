"""Others are told what happened: each thing once, nothing personal, each vendor of its own leads only."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import scheduler
from app.domain.lead import Custody
from app.domain.lines import Line
from app.outside.notices import NullNotices
from app.simulator.parties import accepts, declines, talks
from app.storage import access, campaigns, leads, webhooks_deliveries
from app.storage.database import Database
from app.workflows.leads.resolve_escalation import Resolution, resolve_escalation
from app.workflows.licenses.watch import watch_licenses
from app.workflows.webhooks.collect_events import collect_events
from app.workflows.webhooks.keep_endpoint import WithSecret, add_endpoint, change_endpoint
from app.workflows.webhooks.send_due import send_due
from tests.builders import Held, licensed
from tests.conversations.people import ANA, BEN, KEYS_OHIO, OHIO_CALLER, OTHER_OHIO_CALLER
from tests.conversations.vendors import posted
from tests.product import AGENCY, Stage
from tests.workflows.webhooks.receiving import Scripted, receiving

CRM, VENDOR, OTHER_VENDOR = (f"https://{name}.example.com/hooks" for name in ("crm", "acme", "zenith"))
ENDING = licensed("Eve", 9, "OH").holding(Held("OH", expires="2026-11-18"))


@dataclass
class Ears:
    """Everybody who is told by this product; `listen` looks as the scheduler does."""

    stage: Stage
    sender: Scripted = field(default_factory=Scripted)

    def add(self, url: str = CRM, *types: str, vendor: str | None = None) -> WithSecret:
        added = add_endpoint(
            url,
            types=types,
            vendor=vendor,
            local=False,
            actor="test",
            database=self.stage.database,
            now=self.stage.now,
        )
        assert isinstance(added, WithSecret), added
        # Whatever happens in the same instant happened after it.
        self.stage.clock.advance(0.001)
        return added

    def listen(self) -> None:
        """Twice: what was told must not be told again."""
        for _ in range(2):
            self.stage.tick()
            collect_events(database=self.stage.database, now=self.stage.now)
            send_due(database=self.stage.database, sender=self.sender, now=self.stage.clock.now)

    def types(self, url: str = CRM) -> list[str]:
        self.listen()
        return [json.loads(payload)["type"] for to, _, payload in self.sender.posted if to == url]

    def only(self, kind: str) -> dict[str, Any]:
        """The data of the one event of this type."""
        self.listen()
        (told,) = self.sender.told(kind)
        return told


@pytest.fixture
def ears(stage: Stage) -> Iterator[Ears]:
    ears = Ears(stage)
    yield ears
    ears.listen()
    _check_nothing_personal(stage, ears.sender)


def _check_nothing_personal(stage: Stage, sender: Scripted) -> None:
    """Nothing in any payload is a name or a number of a person's, and each event went out under one id."""
    said = "\n".join(payload for _, _, payload in sender.posted)
    with stage.database.read() as tx:
        people = [leads.load(tx, each) for each in range(1, 20)]
    personal = {"Joan", "Tester", "43215"} | {person.phone for person in stage.hired}
    personal |= {lead.phone for lead in people if lead is not None and lead.phone}
    personal |= {person.first_name for person in stage.hired}
    assert not [word for word in personal if word in said or word.removeprefix("+1") in said]
    assert set(re.findall(r"\+\d{11}", said)) <= {AGENCY}
    assert all(len(payload) < 20_000 for _, _, payload in sender.posted)
    keys = [(url, event_id) for url, event_id, _ in sender.posted]
    assert len(keys) == len(set(keys)), "told twice"


# ---- what is told


def test_a_call_that_is_taken_is_received_offered_and_connected(stage: Stage, ears: Ears) -> None:
    ears.add()
    stage.hire(BEN, behavior=declines())
    stage.hire(ANA, behavior=accepts(talk_seconds=60))

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.bridged_to == [ANA.phone]
    assert ears.types() == ["lead.received", "lead.offered", "lead.offered", "lead.connected"]
    lead = stage.lead(call)
    about = {"lead_id": lead.id, "external_id": None, "campaign": AGENCY, "state": "OH"}
    on_call = {**about, "call_sid": call.sid, "direction": "inbound"}
    # Nobody had settled yet where the person lives.
    assert ears.only("lead.received") == {**about, "state": None, "posted": False}
    assert ears.only("lead.connected") == {**on_call, "npn": ANA.npn, "offer": 2}
    assert ears.sender.told("lead.offered") == [
        {**on_call, "npn": BEN.npn, "offer": 1},
        {**on_call, "npn": ANA.npn, "offer": 2},
    ]


def test_each_event_says_its_type_and_when_it_happened(stage: Stage, ears: Ears) -> None:
    ears.add()
    stage.call_from(OHIO_CALLER, KEYS_OHIO)

    ears.listen()

    _, event_id, payload = ears.sender.posted[0]
    told = json.loads(payload)
    assert event_id.startswith("evt_")
    assert list(told) == ["type", "timestamp", "data"]
    assert told["timestamp"].endswith("Z")
    assert abs(datetime.fromisoformat(told["timestamp"]) - stage.now) < timedelta(minutes=5)


def test_a_call_that_nobody_takes_is_missed_and_its_lead_promised(stage: Stage, ears: Ears) -> None:
    ears.add()
    stage.hire(ANA)
    stage.presence(ANA, "away")

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    (promise,) = stage.callbacks("promised")
    # In the order in which it happened: the promise was made while the caller was still on the line.
    assert ears.types() == ["lead.received", "callback.promised", "lead.missed"]
    missed = ears.only("lead.missed")
    assert (missed["call_sid"], missed["disposition"]) == (call.sid, "callback_scheduled")
    assert ears.only("callback.promised") == {
        "lead_id": stage.lead(call).id,
        "external_id": None,
        "campaign": AGENCY,
        "state": "OH",
        "callback_id": promise.id,
        "due_at": promise.due_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "promised_by": promise.promised_by.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def test_a_promise_that_was_kept_is_done(stage: Stage, ears: Ears) -> None:
    ears.add()
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    stage.hire(ANA, behavior=accepts())
    stage.presence(ANA, "away")
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.presence(ANA, "available")

    stage.pass_time(240)

    (rung,) = stage.exchange.placed_calls()
    done = ears.only("callback.done")
    assert (done["call_sid"], done["direction"], done["callback_id"]) == (rung.sid, "callback", 1)
    assert done["served_seconds"] > 60
    # The producer's own yes came before the person's phone rang: nobody is told that the lead was connected.
    assert "lead.connected" not in ears.types()


def test_a_lead_that_waits_for_a_supervisor_is_opened_overdue_and_resolved(stage: Stage, ears: Ears) -> None:
    ears.add(CRM, "escalation.opened", "escalation.overdue", "escalation.resolved")
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    (waiting,) = stage.waiting()

    opened = ears.only("escalation.opened")
    stage.clock.advance((waiting.due_at - stage.now).total_seconds() + 1)
    overdue = ears.only("escalation.overdue")
    resolve_escalation(waiting.id, Resolution.SERVED, "", actor="key:test", database=stage.database, now=stage.now)

    resolved = ears.only("escalation.resolved")
    assert opened == overdue
    assert resolved == {**opened, "outcome": "served"}
    assert (opened["escalation_id"], opened["reason"], opened["state"]) == (waiting.id, "nobody_licensed", "OH")
    assert opened["lead_id"] == stage.lead(call).id
    assert ears.types() == ["escalation.opened", "escalation.overdue", "escalation.resolved"]


def test_a_posted_lead_is_told_with_its_vendors_own_number_for_it(stage: Stage, ears: Ears) -> None:
    ears.add()

    lead_id = posted(stage, external_id="A-77")

    assert ears.only("lead.received") == {
        "lead_id": lead_id,
        "external_id": "A-77",
        "campaign": AGENCY,
        "state": "OH",
        "posted": True,
    }


def test_a_license_that_lapses_is_told_with_what_went_with_it(stage: Stage, ears: Ears) -> None:
    ears.add()
    stage.hire(ENDING)

    def watch() -> None:
        watch_licenses(database=stage.database, notices=NullNotices(), now=stage.now)

    watch()
    stage.clock.advance((datetime(2026, 11, 19, 5, tzinfo=UTC) - stage.now).total_seconds())
    watch()

    lapsed = ears.only("license.lapsed")

    assert lapsed == {
        "npn": ENDING.npn,
        "state": "OH",
        "lines": ["life"],
        "ended_at": "2026-11-19T05:00:00+00:00",
        "how": "date",
        "went_with_it": [{"state": "OH", "line": "life"}],
        "went_with_it_count": 1,
        "callbacks_at_stake": 0,
    }


def test_a_state_that_loses_its_last_producer_is_told_once_until_it_is_lost_again(stage: Stage, ears: Ears) -> None:
    ears.add(CRM, "coverage.lost")
    stage.open("KY")
    stage.hire(ANA)
    ears.listen()

    stage.clock.advance(61)
    stage.suspend(ANA, "OH")
    ears.listen()
    stage.clock.advance(61)
    ears.listen()

    assert ears.only("coverage.lost") == {"state": "OH", "campaign": AGENCY, "loa": "life"}

    stage.import_roster(licensed("Ana", 1, "OH", loa=[Line.LIFE]))
    stage.hire(BEN)
    stage.clock.advance(61)
    ears.listen()
    stage.suspend(BEN, "OH")
    stage.suspend(ANA, "OH")
    stage.clock.advance(61)
    ears.listen()

    assert len(ears.sender.told("coverage.lost")) == 2


def test_the_scheduler_tells_a_real_receiver_in_signed_requests(stage: Stage) -> None:
    with receiving() as receiver:
        added = add_endpoint(receiver.url, local=True, actor="test", database=stage.database, now=stage.now)
        assert isinstance(added, WithSecret)
        stage.clock.advance(0.001)
        stage.hire(ANA, behavior=accepts(talk_seconds=60))
        stage.call_from(OHIO_CALLER, KEYS_OHIO)
        lanes = scheduler.lanes_of(stage.tools)

        stage.tick()
        scheduler.tell_others(stage.tools, lanes)
        lanes.wait()

        assert receiver.types == ["lead.received", "lead.offered", "lead.connected"]
        assert [each.verified(added.secret)["data"]["lead_id"] for each in receiver.received] == [1, 1, 1]


# ---- who is told


def test_what_happened_before_an_endpoint_was_there_is_not_told_to_it(stage: Stage, ears: Ears) -> None:
    stage.hire(ANA, behavior=accepts(talk_seconds=60))
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    ears.add()

    stage.call_from(OTHER_OHIO_CALLER, KEYS_OHIO)

    ears.listen()
    assert {json.loads(payload)["data"]["lead_id"] for _, _, payload in ears.sender.posted} == {2}


def test_a_second_endpoint_is_told_from_its_own_beginning(stage: Stage, ears: Ears) -> None:
    ears.add()
    stage.hire(ANA, behavior=accepts(talk_seconds=60))
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    ears.add(VENDOR)

    ears.listen()

    assert {url for url, _, _ in ears.sender.posted} == {CRM}


def test_who_subscribed_to_some_hears_of_no_others(stage: Stage, ears: Ears) -> None:
    ears.add(CRM, "lead.connected")
    stage.hire(ANA, behavior=accepts(talk_seconds=60))

    stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert ears.types() == ["lead.connected"]


def test_a_vendor_hears_of_its_own_leads_and_of_nothing_of_the_agencys(stage: Stage, ears: Ears) -> None:
    with stage.database.begin() as tx:
        acme = campaigns.add_vendor(tx, slug="acme", name="Acme", trunks=[])
        campaigns.add_vendor(tx, slug="zenith", name="Zenith", trunks=[])
        key = access.create_key(tx, name="acme", scopes=["vendor"], now=stage.now, vendor_id=acme)
    ears.add(VENDOR, vendor="acme")
    ears.add(OTHER_VENDOR, vendor="zenith")
    ears.add(CRM)
    stage.hire(ENDING)
    ears.listen()
    body = {"campaign": AGENCY, "phone": OHIO_CALLER, "zip": "43215", "external_id": "A-1"}
    answer = stage.app.test_client().post("/api/v1/leads", json=body, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 201

    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.call_from(OTHER_OHIO_CALLER, KEYS_OHIO)
    stage.suspend(ENDING, "OH")
    stage.clock.advance(61)
    ears.listen()

    of_acme = [json.loads(payload)["data"] for url, _, payload in ears.sender.posted if url == VENDOR]
    assert {data["external_id"] for data in of_acme} == {"A-1"}
    assert ears.types(OTHER_VENDOR) == []
    assert "coverage.lost" in ears.types(CRM)
    assert not {"coverage.lost", "license.lapsed"} & set(ears.types(VENDOR))


def test_while_it_is_off_an_endpoint_is_told_nothing(stage: Stage, ears: Ears) -> None:
    endpoint = ears.add().endpoint
    how: dict[str, Any] = {"local": False, "actor": "test", "database": stage.database}
    change_endpoint(endpoint.id, on=False, now=stage.now, **how)
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    ears.listen()

    change_endpoint(endpoint.id, on=True, now=stage.now, **how)

    assert ears.types() == []


# ---- once


def test_where_nobody_is_told_anything_nothing_is_written(stage: Stage) -> None:
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.tick()

    assert collect_events(database=stage.database, now=stage.now) == 0


def test_what_commits_late_is_found_all_the_same(stage: Stage, ears: Ears) -> None:
    """Ids are given when rows are written, and rows appear when they are committed: the other way round, now and then."""
    ears.add(CRM, "lead.received")
    number = iter(range(150, 160))

    def appears(lead_id: int, *, seconds_ago: float) -> None:
        at = stage.now - timedelta(seconds=seconds_ago)
        owed: dict[str, Any] = {"custody": Custody.ESCALATED, "owed_by": at, "campaign_id": 1}
        with stage.database.begin() as tx:
            leads.add(tx, id=lead_id, now=at, phone=f"+1614555{next(number):04d}", **owed)
        ears.listen()

    stage.clock.advance(300)
    appears(1007, seconds_ago=0)
    appears(1003, seconds_ago=15)
    stage.clock.advance(300)
    appears(1012, seconds_ago=5)
    appears(1011, seconds_ago=20)
    appears(1004, seconds_ago=20)

    # 1004 began minutes before what came after it was past all doubt: no transaction lives so long.
    assert [data["lead_id"] for data in ears.sender.told("lead.received")] == [1007, 1003, 1012, 1011]


def test_several_collectors_and_senders_at_once_tell_each_thing_once(stage: Stage, ears: Ears) -> None:
    ears.add()
    ears.add(VENDOR)
    stage.hire(ANA, behavior=accepts(talk_seconds=20))
    for number in range(50, 55):
        stage.call_from(f"+1614555{number + 100:04d}", KEYS_OHIO)
    stage.tick()

    _at_once(4, lambda: collect_events(database=stage.database, now=stage.now))
    _at_once(4, lambda: send_due(database=stage.database, sender=ears.sender, now=stage.clock.now))

    keys = [(url, event_id) for url, event_id, _ in ears.sender.posted]
    assert len(keys) == len(set(keys))
    assert len([url for url, _ in keys if url == CRM]) == len([url for url, _ in keys if url == VENDOR])
    assert len(ears.sender.told("lead.received")) == 5 * 2
    assert not _open(stage.database)


def _at_once(times: int, act: Callable[[], object]) -> None:
    wrong = list[BaseException]()
    barrier = threading.Barrier(times)

    def run() -> None:
        barrier.wait()
        try:
            act()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def _open(database: Database) -> list[Any]:
    with database.read() as tx:
        return webhooks_deliveries.listed(tx, 1, statuses=("waiting", "failed"), limit=10)
