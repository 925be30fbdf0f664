"""Idempotency-Key: what names itself is done at most once, and answered the same when it comes again."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from app.storage import access
from app.storage.access import ANSWERED_WITHIN, ANSWERS_KEPT, Repeatable
from app.storage.models.access import IdempotencyRow
from app.storage.models.base import table_of
from app.storage.models.calls import LeadRow
from app.storage.models.ledger import LedgerRow
from tests.builders import licensed, roster_file
from tests.web.api.conftest import AGENCY, Api
from tests.web.api.test_keys import ROUTES, _path

THREADS = 16
LEAD = {"campaign": AGENCY, "phone": "+16145550150"}
ANA = licensed("Ana", 1, "OH")
COMPLAINT = {"told": "Somebody called at night.", "npn": ANA.npn}

_answers, _leads, _ledger = table_of(IdempotencyRow), table_of(LeadRow), table_of(LedgerRow)


@pytest.fixture
def desk(api: Api) -> Api:
    """A campaign, and somebody to complain of."""
    api.campaign()
    api.roster(ANA)
    return api


def _post(api: Api, path: str, body: Any, name: str | None = "k", **how: Any) -> TestResponse:
    headers = {} if name is None else {"Idempotency-Key": name}
    return api.call("POST", path, json=body, headers=headers, **how)


def _complaints(api: Api) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api.get("/complaints")["items"]
    return items


def _leads_of(api: Api) -> int:
    with api.database.read() as tx:
        return int(tx.execute(select(func.count()).select_from(_leads)).scalar_one())


# ---- every address


def test_every_post_looks_at_its_name_before_anything_else(desk: Api) -> None:
    for method, rule in ROUTES:
        if method == "POST":
            answer = desk.call("POST", _path(rule), headers={"Idempotency-Key": "x" * 256})

            assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "Idempotency-Key"), rule


def test_a_name_belongs_to_one_address_alone(desk: Api) -> None:
    assert _post(desk, "/complaints", COMPLAINT).status_code == 201

    bodies = {"/leads": LEAD, "/drills": {"states": ["OH"]}, "/calls": {"npn": "1", "lead_id": 1, "loa": "life"}}
    for method, rule in ROUTES:
        if method == "POST" and rule != "/complaints":
            answer = _post(desk, _path(rule), bodies.get(rule, {}))

            assert (answer.status_code, answer.get_json()["errors"][0].get("field")) == (422, "Idempotency-Key"), rule


def test_a_lead_s_name_is_taken_for_every_other_address(desk: Api) -> None:
    assert _post(desk, "/leads", LEAD).status_code == 201

    for path, body in (("/complaints", COMPLAINT), ("/drills", {"states": ["OH"]}), ("/ping", LEAD)):
        assert _post(desk, path, body).status_code == 422


# ---- the same request again


@pytest.mark.parametrize(("path", "body"), [("/complaints", COMPLAINT), ("/leads", LEAD), ("/drills", {})])
def test_the_same_request_gets_the_same_answer_and_says_so(desk: Api, path: str, body: dict[str, Any]) -> None:
    desk.open("OH")
    first = _post(desk, path, body)
    desk.later(minutes=30)
    again = _post(desk, path, dict(reversed(body.items())))

    assert first.status_code in (201, 202)
    assert "Idempotency-Replayed" not in first.headers
    assert (again.status_code, again.get_data(), again.content_type) == (
        first.status_code,
        first.get_data(),
        first.content_type,
    )
    assert again.headers["Idempotency-Replayed"] == "true"


def test_another_body_under_the_same_name_is_pointed_at(desk: Api) -> None:
    _post(desk, "/complaints", COMPLAINT)

    other = _post(desk, "/complaints", {**COMPLAINT, "told": "Something else."})

    assert other.status_code == 422
    assert other.get_json()["errors"][0]["field"] == "Idempotency-Key"
    assert len(_complaints(desk)) == 1


def test_another_query_is_another_request(desk: Api) -> None:
    content = roster_file(ANA)

    def upload(query: str) -> int:
        form = {"file": (io.BytesIO(content), "roster.csv")}
        return desk.call("POST", f"/roster/imports?{query}", data=form, headers={"Idempotency-Key": "k"}).status_code

    assert [upload("dry_run=true"), upload("dry_run=true"), upload("dry_run=false")] == [200, 200, 422]


def test_without_a_name_each_request_is_its_own(desk: Api) -> None:
    for _ in range(2):
        assert _post(desk, "/complaints", COMPLAINT, None).status_code == 201

    assert len(_complaints(desk)) == 2


def test_another_key_may_use_the_same_name(desk: Api) -> None:
    _post(desk, "/complaints", COMPLAINT)

    other = _post(desk, "/complaints", COMPLAINT, key=desk.new_key("roster"))

    assert other.status_code == 201
    assert "Idempotency-Replayed" not in other.headers


# ---- files


def test_a_file_counts_by_what_is_in_it_and_not_by_how_the_form_is_cut(desk: Api) -> None:
    desk.post("/expansion", {"state": "TX"}, status=201)

    def upload(content: bytes, boundary: str) -> TestResponse:
        head = 'Content-Disposition: form-data; name="file"; filename="c.pdf"\r\nContent-Type: application/pdf'
        body = f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Idempotency-Key": "file", "Content-Type": f"multipart/form-data; boundary={boundary}"}
        return desk.call("POST", "/expansion/TX/documents", data=body, headers=headers)

    first, again, other = upload(b"%PDF-1.4 a", "one"), upload(b"%PDF-1.4 a", "two"), upload(b"%PDF-1.4 b", "one")

    assert first.status_code == 201, first.get_data(as_text=True)
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.get_json()["errors"][0]["field"]) == (422, "Idempotency-Key")


def test_a_file_of_a_megabyte_is_read_by_the_door_and_by_the_view(desk: Api) -> None:
    desk.post("/expansion", {"state": "TX"}, status=201)

    def upload() -> TestResponse:
        form = {"file": (io.BytesIO(b"%PDF-1.4 " + b"x" * 1_000_000), "c.pdf")}
        return desk.call("POST", "/expansion/TX/documents", data=form, headers={"Idempotency-Key": "file"})

    first, again = upload(), upload()

    assert (first.status_code, first.get_json()["again"]) == (201, False)
    assert again.get_json() == first.get_json()


def test_a_file_that_is_sent_as_it_is_counts_by_its_bytes(desk: Api) -> None:
    def upload(content: bytes) -> TestResponse:
        headers = {"Idempotency-Key": "file", "Content-Type": "text/csv"}
        return desk.call("POST", "/roster/imports?dry_run=true", data=content, headers=headers)

    first, again, other = upload(roster_file(ANA)), upload(roster_file(ANA)), upload(roster_file())

    assert (first.status_code, again.get_json()) == (200, first.get_json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.get_json()["errors"][0]["field"]) == (422, "Idempotency-Key")


# ---- what has no answer yet, or none at all


def _claimed_by_nobody(api: Api, minutes: float) -> None:
    """A request like the complaint, whose process died so long ago."""
    _post(api, "/complaints", COMPLAINT)
    with api.database.begin() as tx:
        tx.execute(update(_answers).values(answered_at=None, status=0, answer=""))
    api.later(minutes)


def test_while_it_is_being_answered_the_same_request_is_to_wait(desk: Api) -> None:
    _claimed_by_nobody(desk, minutes=1)

    again = _post(desk, "/complaints", COMPLAINT)

    assert again.status_code == 409
    assert again.headers["Retry-After"] == "1"
    assert again.get_json()["errors"][0]["field"] == "Idempotency-Key"
    assert len(_complaints(desk)) == 1


def test_what_was_cut_short_is_told_as_not_known_and_never_done_again(desk: Api) -> None:
    _claimed_by_nobody(desk, minutes=ANSWERED_WITHIN.total_seconds() / 60 + 1)

    again = _post(desk, "/complaints", COMPLAINT)

    assert again.status_code == 409
    assert "Retry-After" not in again.headers
    assert "not known" in again.get_json()["detail"]
    assert len(_complaints(desk)) == 1


def test_a_refused_request_leaves_its_name_free(desk: Api) -> None:
    for body, status in (({}, 422), ({"told": "x", "npn": "999"}, 422), (COMPLAINT, 201)):
        assert _post(desk, "/complaints", body).status_code == status


def test_a_request_without_the_scope_takes_no_name(desk: Api) -> None:
    assert _post(desk, "/complaints", COMPLAINT, key=desk.new_key("vendor")).status_code == 403

    with desk.database.read() as tx:
        assert tx.execute(select(_answers)).first() is None


def test_names_are_forgotten_after_a_week(desk: Api) -> None:
    _post(desk, "/complaints", COMPLAINT)
    desk.later(ANSWERS_KEPT.total_seconds() / 60 - 1)
    assert _post(desk, "/complaints", COMPLAINT).headers["Idempotency-Replayed"] == "true"
    desk.later(2)

    _post(desk, "/complaints", COMPLAINT, "another")

    assert _post(desk, "/complaints", COMPLAINT).headers.get("Idempotency-Replayed") is None
    assert len(_complaints(desk)) == 3


def test_what_is_kept_can_be_read_by_nobody_but_the_key_that_got_it(desk: Api) -> None:
    shown = _post(desk, "/calendar-feeds", {"name": "Desk"}).get_json()

    with desk.database.read() as tx:
        (row,) = tx.execute(select(_answers)).mappings()
    assert shown["address"] not in row["answer"]
    assert _post(desk, "/calendar-feeds", {"name": "Desk"}).get_json() == shown


def test_names_live_in_the_storage_by_turns(desk: Api) -> None:
    named = Repeatable(1, "k", "d")

    with desk.database.begin() as tx:
        assert access.claim(tx, named, desk.now) is None
        access.free(tx, named)
        assert access.claim(tx, named, desk.now) is None
    with desk.database.begin() as tx:
        assert isinstance(access.claim(tx, Repeatable(1, "k", "e"), desk.now), access.OtherRequest)
        assert isinstance(access.claim(tx, named, desk.now), access.BeingAnswered)


# ---- sixteen at once


def _at_once(ask: Callable[[], TestResponse]) -> list[TestResponse]:
    """Sixteen threads that ask at the same moment; who is told to wait asks again."""
    gate = threading.Barrier(THREADS)

    def one() -> TestResponse:
        gate.wait(timeout=30)
        for _ in range(200):
            answer = ask()
            if answer.status_code != 409:
                return answer
            assert answer.headers["Retry-After"] == "1"
        return answer

    with ThreadPoolExecutor(THREADS) as threads:
        return [done.result() for done in [threads.submit(one) for _ in range(THREADS)]]


def _told(answers: Sequence[TestResponse]) -> set[tuple[int, bytes]]:
    return {(answer.status_code, answer.get_data()) for answer in answers}


@pytest.mark.parametrize(("path", "body"), [("/complaints", COMPLAINT), ("/leads", LEAD)])
def test_of_sixteen_at_once_one_is_done_and_all_are_answered_alike(desk: Api, path: str, body: dict[str, Any]) -> None:
    answers = _at_once(lambda: _post(desk, path, body))

    assert len(_told(answers)) == 1
    assert answers[0].status_code == 201, answers[0].get_data(as_text=True)
    assert [answer.headers.get("Idempotency-Replayed") for answer in answers].count(None) == 1
    assert (len(_complaints(desk)), _leads_of(desk)) == ((1, 0) if path == "/complaints" else (0, 1))


def test_of_sixteen_different_requests_at_once_under_one_name_one_is_done(desk: Api) -> None:
    numbers = iter(range(THREADS))
    turn = threading.Lock()

    def ask() -> TestResponse:
        with turn:
            number = next(numbers)
        return _post(desk, "/complaints", {"told": f"The {number}th thing.", "npn": ANA.npn})

    answers = _at_once(ask)

    assert sorted(answer.status_code for answer in answers) == [201] + [422] * (THREADS - 1)
    assert len(_complaints(desk)) == 1


def test_sixteen_times_the_same_lead_without_a_name_is_one_lead(desk: Api) -> None:
    answers = _at_once(lambda: _post(desk, "/leads", LEAD, None))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_json()["lead_id"] for answer in answers}) == 1
    assert sorted(answer.get_json()["duplicate"] for answer in answers) == [False] + [True] * (THREADS - 1)
    assert _leads_of(desk) == 1
    with desk.database.read() as tx:
        posted = tx.execute(select(func.count()).where(_ledger.c.kind == "lead_posted")).scalar_one()
    assert posted == THREADS
