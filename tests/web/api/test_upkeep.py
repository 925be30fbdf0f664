"""/healthz, /readyz, /metrics."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.storage import work
from app.storage.database import Database
from app.timekeeping import SystemClock
from app.web import create_app
from tests.web.api.conftest import AGENCY, Api, tools_over


@pytest.fixture
def without_database(tmp_path: Path) -> FlaskClient:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing")
    return create_app(tools_over(nowhere, SystemClock(), tmp_path)).test_client()


def test_alive_without_a_database(without_database: FlaskClient) -> None:
    answer = without_database.get("/healthz")

    assert (answer.status_code, answer.get_json()) == (200, {"status": "alive"})


def test_not_ready_without_a_database(without_database: FlaskClient) -> None:
    answer = without_database.get("/readyz")

    assert answer.status_code == 503
    assert answer.get_json() == {"database": False, "migrated": False, "scheduler_age_seconds": None}


def test_metrics_tell_that_the_database_is_gone(without_database: FlaskClient) -> None:
    assert b"threegate_database_up 0.0" in without_database.get("/metrics").data


def test_not_ready_before_the_database_is_migrated(tmp_path: Path) -> None:
    app = create_app(tools_over(Database(f"sqlite:///{tmp_path / 'empty.db'}"), SystemClock(), tmp_path))

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.get_json() == {"database": True, "migrated": False, "scheduler_age_seconds": None}


def test_ready_without_a_scheduler_and_says_so(api: Api) -> None:
    answer = api.app.test_client().get("/readyz")

    assert answer.status_code == 200
    assert answer.get_json() == {"database": True, "migrated": True, "scheduler_age_seconds": None}


def test_the_schedulers_heartbeat_is_told_in_seconds(api: Api) -> None:
    with api.database.begin() as tx:
        work.beat(tx, "scheduler", api.now)
    api.later(1.5)

    assert api.app.test_client().get("/readyz").get_json()["scheduler_age_seconds"] == 90


def test_metrics_count_without_naming_anybody(api: Api) -> None:
    api.campaign()
    api.post("/leads", {"campaign": AGENCY, "phone": "+16145550150"}, status=201)

    answer = api.app.test_client().get("/metrics")

    text = answer.get_data(as_text=True)
    assert answer.content_type.startswith("text/plain")
    assert 'threegate_leads{custody="in_call"} 1.0' in text
    assert "threegate_leads_overdue 0.0" in text
    assert "555" not in text


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("10.1.2.3", {}, 200),
        ("::1", {}, 200),
        ("198.51.100.7", {}, 403),
        ("2001:db8::1", {}, 403),
        ("", {}, 403),
        ("10.1.2.3", {"X-Forwarded-For": "198.51.100.7"}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 403),
    ],
)
def test_metrics_are_for_the_own_network(api: Api, address: str, headers: dict[str, str], status: int) -> None:
    answer = api.app.test_client().get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address})

    assert answer.status_code == status
    assert "json" not in answer.content_type
