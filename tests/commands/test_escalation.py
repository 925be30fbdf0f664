"""`threegate escalation …` and what the doctor says of notices."""

from __future__ import annotations

import pytest

from app.storage.database import Database
from app.timekeeping import clock_from
from tests.builders import licensed
from tests.commands.conftest import Threegate
from tests.workflows.leads.waiting import waiting
from twiml.reader import read
from twiml.verbs import Hangup, Say

ANA, PAT = licensed("Ana", 1, "OH"), licensed("Pat", 5, "PA")


@pytest.fixture
def queue(threegate: Threegate, database: Database) -> Threegate:
    """Two leads from Ohio wait, 1 and 2; Ana may take them, Pat may not."""
    threegate.roster(ANA, PAT)
    threegate.open("OH")
    threegate.campaign()
    now = clock_from(threegate.environment["THREEGATE_CLOCK"]).now()
    for number in (150, 151):
        waiting(database, now, f"+1614555{number:04d}")
    return threegate


def test_the_queue_is_listed_oldest_first(queue: Threegate) -> None:
    found = queue.json("escalation", "list")["items"]

    assert [(one["id"], one["status"], one["reason"]) for one in found] == [
        (1, "open", "hold_ran_out"),
        (2, "open", "hold_ran_out"),
    ]
    assert queue.json("escalation", "list", "--overdue") == {"items": []}
    assert queue.json("escalation", "list", "--status", "resolved") == {"items": []}
    assert "2026-11-19T01:00:00Z" in queue("escalation", "list").stdout


def test_what_is_overdue_says_so(queue: Threegate) -> None:
    queue.environment["THREEGATE_CLOCK"] = "2026-11-19T04:00:00Z*0.000001"

    assert len(queue.json("escalation", "list", "--overdue")["items"]) == 2
    assert "2026-11-19T01:00:00Z overdue" in queue("escalation", "list").stdout


def test_one_is_shown_with_who_could_take_it_and_when(queue: Threegate) -> None:
    found = queue.json("escalation", "show", "1")

    assert [(one["npn"], one["allowed"], one["reasons"]) for one in found["producers"]] == [
        (ANA.npn, True, []),
        (PAT.npn, False, ["no_license"]),
    ]
    assert found["slots"][0] == "2026-11-18T15:00:00Z"
    shown = queue("escalation", "show", "1").stdout
    assert "no_license" in shown
    assert "Ana Tester" in shown


def test_one_is_claimed_by_the_operator(queue: Threegate) -> None:
    claimed = queue.json("escalation", "claim", "1")

    assert claimed["status"] == "claimed"
    assert claimed["claimed_by"].startswith("command:")
    assert queue.json("escalation", "claim", "1") == claimed


def test_one_is_assigned_and_an_unlicensed_producer_is_a_no(queue: Threegate) -> None:
    assert queue.json("escalation", "assign", "1", PAT.npn, code=1)["reasons"] == ["no_license"]
    assert "no_license" in queue("escalation", "assign", "1", PAT.npn, code=1).stderr

    assigned = queue.json("escalation", "assign", "1", ANA.npn)

    assert (assigned["status"], assigned["assigned_to"]) == ("assigned", ANA.npn)
    assert f"NPN {ANA.npn}" in queue("escalation", "assign", "1", ANA.npn).stdout


def test_a_call_is_promised_for_now_or_for_later(queue: Threegate) -> None:
    now = queue.json("escalation", "call", "1", "--npn", ANA.npn)
    later = queue.json("escalation", "schedule", "2", "2026-11-18T13:00:00-05:00")

    assert now["next"]["due_at"].startswith("2026-11-18T15:00:00")
    assert (later["status"], later["outcome"]) == ("resolved", "promised")


def test_an_unlawful_time_is_a_no_with_the_lawful_ones(queue: Threegate) -> None:
    found = queue.json("escalation", "schedule", "2", "2026-11-19T05:00:00Z", code=1)

    assert found["reasons"] == ["outside_hours"]
    assert len(found["slots"]) == 5
    assert found["slots"][0] in queue("escalation", "schedule", "2", "2026-11-19T05:00:00Z", code=1).stderr


def test_one_is_resolved_once(queue: Threegate) -> None:
    resolved = queue.json("escalation", "resolve", "1", "duplicate", "--note", "The same as 2.")

    assert (resolved["outcome"], resolved["note"]) == ("duplicate", "The same as 2.")
    assert queue("escalation", "resolve", "1", "duplicate").stdout == "escalation 1: resolved as duplicate\n"
    queue("escalation", "resolve", "1", "served", code=1)
    queue("escalation", "claim", "1", code=1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "9"),
        ("claim", "9"),
        ("claim", "x"),
        ("claim", "0"),
        ("assign", "1", "123"),
        ("assign", "9", ANA.npn),
        ("call", "1", "--npn", "123"),
        ("schedule", "1", "tomorrow"),
        ("schedule", "1", "2026-11-18T18:00:00"),
        ("resolve", "1", "promised"),
        ("list", "--status", "nonsense"),
    ],
)
def test_what_cannot_be_is_bad_input(queue: Threegate, arguments: tuple[str, ...]) -> None:
    queue("escalation", *arguments, code=2)


def test_the_doctor_names_receivers_that_cannot_be_used(threegate: Threegate) -> None:
    threegate.environment["THREEGATE_NOTIFY_URLS"] = "json://hook.example.com/secret,nonsense://secret"

    shown = threegate.json("doctor", code=1)

    (found,) = [one for one in shown["findings"] if one["what"] == "notices"]
    assert found["told"] == "cannot be used: nonsense://…"
    assert "THREEGATE_NOTIFY_URLS" in found["mend"]


def test_the_doctor_prints_a_document_for_a_twiml_bin_that_ends_every_leg(threegate: Threegate) -> None:
    shown = threegate("doctor", "--twiml-bin")

    assert [type(verb) for verb in read(shown.stdout.strip()).verbs] == [Say, Hangup]
    assert "TwiML Bin" in shown.stderr
