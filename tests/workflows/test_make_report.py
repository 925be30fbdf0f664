"""The report of real calls, on both databases, against what the simulated carrier saw; and who makes it when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from app.domain.service_report.days import Choice, chosen
from app.domain.service_report.definitions import Kept, Reached, Ring, Standing
from app.domain.service_report.facts import CallFacts
from app.domain.service_report.report import Asked, ServiceReport
from app.domain.service_report.tally import Tally
from app.simulator.parties import CallerBehavior, declines, talks
from app.storage import report_facts, requested_work
from app.workflows import make_report
from app.workflows.do_requested import do_requested
from app.workflows.make_report import Found, do_report, find_report
from tests.conversations.people import ANA, BEN, KEYS_OHIO, OHIO_CALLER
from tests.product import Stage

NEW_YORK = ZoneInfo("America/New_York")
SECOND, THIRD, FOURTH = "+16145550151", "+16145550152", "+16145550153"


def today(stage: Stage) -> Asked:
    return Asked(chosen(Choice.TODAY, stage.now.astimezone(NEW_YORK).date()), NEW_YORK)


def report_of(stage: Stage) -> ServiceReport:
    return make_report.make_report(today(stage), database=stage.database, now=stage.now)


def played(stage: Stage) -> None:
    """One served after a decline, one promised and called back, one who leaves at once, one whom nobody may serve."""
    stage.set(price="42.50")
    stage.hire(BEN, behavior=declines())
    stage.hire(ANA)
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.presence(BEN, "offline")
    stage.presence(ANA, "away")
    stage.exchange.add_person(SECOND, talks(90))
    stage.call_from(SECOND, KEYS_OHIO)
    stage.presence(ANA, "available")
    stage.pass_time(200)
    stage.presence(ANA, "away")
    stage.call_from(THIRD, CallerBehavior(answers=["43215"], hang_up_after=2))
    stage.suspend(ANA, "OH")
    stage.suspend(BEN, "OH")
    stage.call_from(FOURTH, KEYS_OHIO)


def test_the_numbers_are_those_that_the_carrier_saw(stage: Stage) -> None:
    played(stage)

    report = report_of(stage)

    total = report.total
    assert (total.offered, total.leads_total) == (4, 4)
    assert total.of_tier(Reached.PROMISED) == 1
    assert total.of_tier(Reached.ESCALATED) == total.nobody_licensed == total.refused_calls == 1
    callers_bridged = [b for b in stage.exchange.record.bridges if b.parent.from_number == OHIO_CALLER]
    assert total.answered == total.of_tier(Reached.ANSWERED) == len(callers_bridged) == 1
    record = stage.get(f"/calls/{callers_bridged[0].parent.sid}")
    assert total.talk_seconds == record["served_seconds"]
    (speed,) = total.speeds
    assert 0 < speed <= 60
    assert total.of_standing(Standing.SERVED) == total.of_standing(Standing.SERVED_BY_CALLBACK) == 1
    assert total.promises[Kept.KEPT] == 1
    assert total.promises[Kept.SLIPPED] == 0
    assert sum(total.of_tier(tier) for tier in Reached) == 4


def test_producers_have_what_they_did_with_their_rings(stage: Stage) -> None:
    played(stage)

    report = report_of(stage)

    by_name = {report.named("producer", key): tally for key, tally in report.by_producer.items()}
    called_back = sum(callback["attempts"] for callback in stage.get("/callbacks")["items"])
    assert (by_name[BEN.name].of(Ring.DECLINED), by_name[BEN.name].offered) == (1, 1)
    assert by_name[ANA.name].of(Ring.ACCEPTED) == 1 + called_back
    assert by_name[ANA.name].callbacks == called_back == 1
    assert by_name[ANA.name].talk_seconds >= report.total.talk_seconds


def test_tables_are_by_state_campaign_hour_and_day(stage: Stage) -> None:
    played(stage)

    report = report_of(stage)

    assert report.by_state["OH"].offered == 4 - report.by_state.get("", Tally()).offered
    assert report.named("campaign", "+18005550199") == "Final expense"
    assert (report.hour(10).offered, list(report.by_day)) == (4, ["2026-11-18"])


def test_pages_of_one_call_each_find_the_same_as_one_page(stage: Stage) -> None:
    played(stage)
    days = today(stage).days

    def read(most: int) -> list[CallFacts]:
        since, until = days.begins(NEW_YORK), days.ends(NEW_YORK)
        pages = report_facts.pages(stage.database, since=since, until=until, zone=NEW_YORK, most=most)
        return [call for page in pages for call in page]

    whole, one_by_one = read(500), read(1)

    assert [call.arrived_at for call in whole] == sorted(call.arrived_at for call in whole)
    assert len(whole) == 5
    assert one_by_one == whole


def test_a_report_of_one_vendor_leaves_the_others_calls_out(stage: Stage) -> None:
    played(stage)

    other = make_report.make_report(replace(today(stage), vendor="acme"), database=stage.database, now=stage.now)

    assert (other.total.offered, other.by_producer) == (0, {})


# ---- who makes it, and when


def test_few_calls_are_counted_at_once(stage: Stage) -> None:
    played(stage)

    found = find_report(today(stage), actor="test", database=stage.database, now=stage.now)

    assert (found.waiting, found.why_not) == (None, "")
    assert found.report == report_of(stage)


def _ask(stage: Stage) -> Found:
    """As if two calls were too many for a page to wait for."""
    asked = replace(today(stage), within_seconds=30)
    return find_report(asked, actor="test", database=stage.database, now=stage.now, few_calls=0)


def _scheduler(stage: Stage) -> int:
    return do_requested(database=stage.database, now=stage.clock.now, handlers={"report": do_report})


def test_many_calls_are_the_schedulers_work_and_the_same_question_is_asked_once(stage: Stage) -> None:
    played(stage)

    first, again = _ask(stage), _ask(stage)
    assert (first.report, again.waiting) == (None, first.waiting)
    assert _scheduler(stage) == 1

    found = _ask(stage)
    assert found.report is not None
    assert found.waiting is None
    assert replace(found.report, asked=today(stage)) == report_of(stage)


def test_an_older_report_is_shown_while_a_newer_one_is_made(stage: Stage) -> None:
    played(stage)
    _ask(stage)
    _scheduler(stage)
    stage.clock.advance(59)
    assert _ask(stage).waiting is None

    stage.clock.advance(2)
    found = _ask(stage)

    assert found.report is not None
    assert found.report.as_of == stage.now - timedelta(seconds=61)
    assert found.waiting is not None


def test_only_the_newest_answer_to_a_question_is_kept(stage: Stage) -> None:
    for _ in range(4):
        _ask(stage)
        _scheduler(stage)
        stage.clock.advance(61)

    with stage.database.read() as tx:
        kept = requested_work.listed(tx, "report", limit=10)

    assert len(kept) == 2


def test_a_report_of_days_that_are_over_stands_once_they_have_settled(stage: Stage) -> None:
    report = report_of(stage)
    ends = report.asked.days.ends(NEW_YORK)

    made_at = {hours: replace(report, as_of=ends + timedelta(hours=hours)) for hours in (0.5, 100)}

    assert make_report.is_fresh(made_at[0.5], ends + timedelta(hours=1))
    assert not make_report.is_fresh(made_at[0.5], ends + timedelta(hours=2))
    assert make_report.is_fresh(made_at[100], ends + timedelta(days=900))
