"""GET /reports/service: the page's numbers for other programs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from app.storage.models.base import table_of
from app.storage.models.calls import CallRow, LeadRow
from app.workflows.do_requested import do_requested
from app.workflows.make_report import FEW_CALLS
from tests.builders import licensed
from tests.product import AGENCY, Stage
from tests.web.api.conftest import Api

_CALL = {"from_number": "+16145550150", "to_number": AGENCY, "phase": "ended", "disposition": "abandoned"}


def _calls(api: Api, many: int, campaign_id: int = 1) -> None:
    """So many callers who left after a minute, and whom nobody owes anything."""
    lead = {"created_at": api.now, "custody": "closed", "closed_as": "unreachable", "campaign_id": campaign_id}
    instants = {"arrived_at": api.now, "ended_at": api.now + timedelta(minutes=1)}
    with api.database.begin() as tx:
        tx.execute(insert(table_of(LeadRow)), [{"id": nth, "posted": False, **lead} for nth in range(1, many + 1)])
        tx.execute(
            insert(table_of(CallRow)),
            [
                {"call_sid": f"CA{nth}", "lead_id": nth, "campaign_id": campaign_id, **_CALL, **instants}
                for nth in range(1, many + 1)
            ],
        )


def test_it_tells_of_real_calls_what_the_report_tells(stage: Stage) -> None:
    stage.hire(licensed("Ana", 1, "OH"))
    stage.call_from("+16145550150")

    told = stage.get(f"/reports/service?campaign={AGENCY}".replace("+", "%2B"))

    report = told["report"]
    assert (told["status"], report["total"]["offered"], report["total"]["answered"]) == ("done", 1, 1)
    assert report["total"]["calls"]["answered"] == report["total"]["leads"]["served"] == 1
    assert sum(report["total"]["calls"].values()) == sum(report["states"][s]["offered"] for s in report["states"]) == 1
    assert [(one["npn"], one["rings"]["accepted"]) for one in report["producers"]] == [("90000001", 1)]
    assert list(report["campaigns"]) == [AGENCY]
    assert "estimate" not in report["exposure_avoided"]
    assert report["exposure_avoided"]["refusals"] == 0


def test_many_calls_are_counted_by_the_scheduler_meanwhile_it_is_202(api: Api) -> None:
    api.campaign()
    _calls(api, FEW_CALLS)

    waiting = api.call("GET", "/reports/service")
    again = api.call("GET", "/reports/service")
    do_requested(database=api.database, now=api.clock.now)
    done = api.get("/reports/service")

    assert (waiting.status_code, waiting.get_json()["report"]) == (202, None)
    assert again.get_json() == waiting.get_json()
    assert (done["status"], done["request_id"]) == ("done", None)
    assert done["report"]["total"]["calls"]["abandoned"] == done["report"]["total"]["leads"]["unreachable"] == FEW_CALLS
    assert done["report"]["total"]["service_level_percent"] == 0


def test_a_vendors_key_sees_that_vendors_calls_only(api: Api) -> None:
    api.vendor("acme")
    api.vendor("other")
    api.campaign(vendor="acme")
    _calls(api, 1)
    acme, other = (api.new_key("read", vendor=slug) for slug in ("acme", "other"))

    offered = [
        api.call("GET", "/reports/service", key=key).get_json()["report"]["total"]["offered"] for key in (acme, other)
    ]

    assert offered == [1, 0]
    assert api.call("GET", "/reports/service?vendor=acme", key=other).status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("from=2026-11-19&to=2026-11-18", 422),
        ("from=2020-01-01&to=2026-11-18", 422),
        ("from=0001-01-01&to=0001-01-02", 422),
        ("from=9999-12-31", 422),
        ("from=yesterday", 422),
        ("within_seconds=0", 422),
        ("campaign=%2B16145550199", 404),
        ("vendor=nobody", 404),
        ("from=2026-11-18&to=2026-11-18", 200),
        ("to=2026-11-18", 200),
    ],
)
def test_what_is_asked_must_make_sense(api: Api, query: str, status: int) -> None:
    assert api.call("GET", f"/reports/service?{query}").status_code == status
