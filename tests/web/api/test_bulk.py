"""Lists of leads as files: right rows are taken, wrong ones told, and nobody is added twice."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from sqlalchemy import func, select

from app.storage import bulk, made_files, work
from app.storage.models.base import table_of
from app.storage.models.bulk import BulkFileRow, BulkRowRow
from app.storage.models.calls import LeadRow
from app.storage.models.campaigns import CampaignNumberRow
from app.workflows.do_requested import do_requested
from app.workflows.leads import ask_bulk, import_leads
from tests.web.api.conftest import AGENCY, Api

_leads, _numbers = table_of(LeadRow), table_of(CampaignNumberRow)

LIST = """phone,first_name,last_name,state,zip,address,external_id,consent
(614) 555-0101,Ada,Byron,OH,43215,1 Main St,a-1,agreed
not a number,Bob,,,,,,
+16145550102,Cy,,Ohio,,,,
614-555-0101,Ada,Again,OH,,,,
+16145550103,Di
+16145550104,Ed,,OH,99999999999999999999999,,,
"""


@pytest.fixture
def agency(api: Api) -> Api:
    api.vendor("acme")
    api.vendor("other")
    api.campaign(vendor="acme")
    return api


def send(api: Api, content: str | bytes = LIST, *, key: str | None = None, status: int = 202) -> Any:
    content = content.encode() if isinstance(content, str) else content
    answer = api.call("POST", "/leads/bulk?campaign=%2B18005550199", data=content, content_type="text/csv", key=key)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_json()


def do(api: Api) -> None:
    do_requested(database=api.database, now=api.clock.now)


def taken(api: Api, content: str | bytes = LIST) -> Any:
    request_id = send(api, content)["request_id"]
    do(api)
    return api.get(f"/leads/bulk/{request_id}")


def count(api: Api) -> int:
    with api.database.read() as tx:
        return int(tx.execute(select(func.count()).select_from(_leads)).scalar_one())


def test_right_rows_are_taken_and_wrong_ones_are_told(agency: Api) -> None:
    waiting = send(agency)
    before = agency.get(f"/leads/bulk/{waiting['request_id']}")
    do(agency)

    done = agency.get(f"/leads/bulk/{waiting['request_id']}")

    assert (before["status"], before["percent"], before["counts"]) == ("waiting", 0, None)
    assert (done["status"], done["percent"], done["why"]) == ("done", 100, "")
    assert done["counts"] == {"added": 2, "duplicate": 1, "refused": 3}
    assert [(row["line"], row["column"]) for row in done["refused"]] == [(3, "phone"), (6, None), (7, "zip")]
    assert count(agency) == 2
    with agency.database.read() as tx:
        lead = tx.execute(select(_leads).order_by(_leads.c.id)).first()
    assert lead is not None
    assert (lead.phone, lead.first_name, lead.zip_code, lead.address) == ("+16145550101", "Ada", "43215", "1 Main St")
    assert (lead.external_id, lead.consent, lead.posted, lead.vendor_id) == ("a-1", "agreed", True, 1)


def test_the_whole_result_is_a_file_with_a_row_for_every_row(agency: Api) -> None:
    request_id = send(agency)["request_id"]
    early = agency.call("GET", f"/leads/bulk/{request_id}/file")
    do(agency)

    answer = agency.call("GET", f"/leads/bulk/{request_id}/file")

    assert early.status_code == 404
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row["line"] for row in rows] == ["2", "3", "4", "5", "6", "7"]
    assert [row["duplicate"] for row in rows] == ["no", "", "no", "yes", "", ""]
    assert rows[0]["lead_id"] == rows[3]["lead_id"] != ""
    assert (rows[0]["states"], rows[0]["confidence"]) == ("OH", "verified")
    assert rows[1]["error"] == "phone: not a telephone number"


def test_the_same_file_again_changes_nothing_even_weeks_later(agency: Api) -> None:
    taken(agency)
    agency.later(60 * 24 * 20)

    again = taken(agency)

    assert again["counts"] == {"added": 0, "duplicate": 3, "refused": 3}
    assert count(agency) == 2


def test_a_list_that_was_cut_off_half_way_goes_on_where_it_was(agency: Api) -> None:
    request_id = send(agency)["request_id"]
    with agency.database.read() as tx:
        file_id = tx.execute(select(table_of(BulkFileRow).c.file_id)).scalar_one()
    rows = import_leads.read_list(LIST.encode())
    assert isinstance(rows, list)
    import_leads.import_leads(
        rows[:2],
        campaign=AGENCY,
        by=import_leads.sender("key:dialer", None),
        database=agency.database,
        now=agency.now,
        keep=lambda outcomes: ask_bulk._keep(file_id, outcomes, agency.database),
    )
    with agency.database.read() as tx:
        assert bulk.progress(tx, file_id) == (0, 2)
    agency.later(90)

    do(agency)

    assert agency.get(f"/leads/bulk/{request_id}")["counts"] == {"added": 2, "duplicate": 1, "refused": 3}
    assert count(agency) == 2


def test_the_list_itself_is_not_kept_longer_than_it_is_needed(agency: Api) -> None:
    send(agency)
    do(agency)

    with agency.database.read() as tx:
        assert made_files.of_kind(tx, "bulk") == []
        assert tx.execute(select(func.count()).select_from(table_of(BulkRowRow))).scalar_one() == 0


def test_who_asked_not_to_be_called_is_not_taken_from_a_list(agency: Api) -> None:
    with agency.database.begin() as tx:
        work.suppress(tx, "+16145550101", "stop", source="text", now=agency.now)

    done = taken(agency, "phone\n6145550101\n")

    assert done["counts"] == {"added": 0, "duplicate": 0, "refused": 1}
    assert done["refused"][0]["why"].startswith("opted_out")


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("phone,ssn", "never stored"),
        ("phone,date_of_birth", "never stored"),
        ("phone,Date of Birth", "never stored"),
        ("phone,frist_name", "unknown column"),
        ("phone,phone", "2 times"),
        ("first_name", "missing"),
        ("", "empty"),
    ],
)
def test_a_file_with_a_wrong_header_is_not_taken_at_all(agency: Api, header: str, told: str) -> None:
    done = taken(agency, f"{header}\n+16145550101,x\n" if header else "")

    assert done["status"] == "failed"
    assert told in done["why"]
    assert count(agency) == 0


def test_a_vendors_key_sees_its_own_lists_only(agency: Api) -> None:
    acme, other = agency.new_key("vendor", vendor="acme"), agency.new_key("vendor", vendor="other")
    request_id = send(agency, key=acme)["request_id"]

    own = agency.call("GET", f"/leads/bulk/{request_id}", key=acme)
    others = agency.call("GET", f"/leads/bulk/{request_id}", key=other)
    campaign = send(agency, key=other, status=422)

    assert own.status_code == 200
    assert others.status_code == 404
    assert campaign["errors"][0]["field"] == "campaign"


def test_a_list_takes_no_pool_numbers_from_live_transfers(agency: Api) -> None:
    with agency.database.begin() as tx:
        tx.execute(_numbers.insert().values(number="+18005550177", campaign_id=1, pool=True))

    taken(agency)

    with agency.database.read() as tx:
        lent = tx.execute(select(_numbers.c.lent_to).where(_numbers.c.pool)).scalar()
    assert lent is None


def test_a_form_is_taken_too_and_a_wrong_one_is_told(agency: Api) -> None:
    where = "/leads/bulk?campaign=%2B18005550199"
    form = agency.call("POST", where, data={"file": (io.BytesIO(LIST.encode()), "list.csv")})
    two = agency.call(
        "POST", where, data={"file": (io.BytesIO(b"phone"), "a.csv"), "more": (io.BytesIO(b"phone"), "b.csv")}
    )
    nothing = agency.call("POST", "/leads/bulk", data=LIST.encode(), content_type="text/csv")
    json = agency.call("POST", where, json={})

    assert [answer.status_code for answer in (form, two, nothing, json)] == [202, 422, 422, 415]
