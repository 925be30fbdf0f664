"""Who may reach what: every address of the API, generated from its own table of routes."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.storage.access import SCOPES
from app.storage.database import Database
from app.storage.models.access import ApiKeyRow
from app.storage.models.base import table_of
from app.timekeeping import SystemClock
from app.web import create_app
from app.workflows.admin.create_key import KeyCreated, create_key
from app.workflows.admin.refused import Refused
from tests.web.api.conftest import Api, tools_over

_keys = table_of(ApiKeyRow)

# Written by hand once more: a scope that changes in the code alone is seen here.
SCOPE_OF = {
    ("POST", "/authority/check"): "authority",
    ("POST", "/ping"): "vendor",
    ("POST", "/leads"): "vendor",
    ("POST", "/leads/bulk"): "vendor",
    ("GET", "/leads/bulk/<int(max=2147483647):request_id>"): "vendor",
    ("GET", "/leads/bulk/<int(max=2147483647):request_id>/file"): "vendor",
    ("GET", "/exports"): "data",
    ("POST", "/exports"): "data",
    ("GET", "/exports/<int(max=2147483647):export_id>"): "data",
    ("GET", "/exports/<int(max=2147483647):export_id>/file"): "data",
    ("POST", "/packets"): "data",
    ("GET", "/packets/<int(max=2147483647):packet_id>"): "data",
    ("GET", "/packets/<int(max=2147483647):packet_id>/file"): "data",
    ("POST", "/people/export"): "data",
    ("POST", "/people/erase"): "data",
    ("GET", "/people/requests/<int(max=2147483647):request_id>"): "data",
    ("GET", "/people/requests/<int(max=2147483647):request_id>/file"): "data",
    ("POST", "/calls"): "dial",
    ("GET", "/calls/<call_sid>"): "read",
    ("GET", "/decisions/<int(max=2147483647):decision_id>"): "read",
    ("GET", "/leads/<int(max=2147483647):lead_id>"): "read",
    ("GET", "/callbacks"): "read",
    ("GET", "/escalations"): "read",
    ("GET", "/reports/service"): "read",
    ("GET", "/escalations/<int(max=2147483647):escalation_id>"): "read",
    ("GET", "/escalations/<int(max=2147483647):escalation_id>/producers"): "read",
    ("GET", "/escalations/<int(max=2147483647):escalation_id>/slots"): "read",
    ("POST", "/escalations/<int(max=2147483647):escalation_id>/claim"): "supervisor",
    ("POST", "/escalations/<int(max=2147483647):escalation_id>/assign"): "supervisor",
    ("POST", "/escalations/<int(max=2147483647):escalation_id>/call"): "supervisor",
    ("POST", "/escalations/<int(max=2147483647):escalation_id>/schedule"): "supervisor",
    ("POST", "/escalations/<int(max=2147483647):escalation_id>/resolve"): "supervisor",
    ("POST", "/calls/<call_sid>/wrong-state"): "presence",
    ("POST", "/calls/<call_sid>/disposition"): "presence",
    ("PUT", "/producers/<npn>/presence"): "presence",
    ("GET", "/producers/<npn>"): "roster",
    ("POST", "/roster/imports"): "roster",
    ("GET", "/unmapped"): "roster",
    ("POST", "/unmapped/<int(max=2147483647):line_id>/map"): "roster",
    ("POST", "/roster/audits"): "roster",
    ("GET", "/audits"): "roster",
    ("GET", "/audits/<int(max=2147483647):audit_id>"): "roster",
    ("POST", "/audits/<int(max=2147483647):audit_id>/sign"): "roster",
    ("POST", "/discrepancies/<int(max=2147483647):discrepancy_id>/resolve"): "roster",
    ("POST", "/discrepancies/<int(max=2147483647):discrepancy_id>/assign"): "roster",
    ("POST", "/complaints"): "roster",
    ("GET", "/complaints"): "roster",
    ("GET", "/producers/<npn>/moves"): "roster",
    ("POST", "/producers/<npn>/moves"): "roster",
    ("POST", "/producers/<npn>/moves/withdraw"): "roster",
    ("POST", "/producers/<npn>/moves/<state>/filed"): "roster",
    ("POST", "/producers/<npn>/moves/<state>/restored"): "roster",
    ("GET", "/renewals"): "roster",
    ("POST", "/renewals/<int(max=2147483647):renewal_id>/assign"): "roster",
    ("POST", "/renewals/<int(max=2147483647):renewal_id>/steps"): "roster",
    ("POST", "/calendar-feeds"): "roster",
    ("GET", "/licenses/impact"): "roster",
    ("GET", "/licenses/lapses"): "roster",
    ("POST", "/licenses/suspend"): "roster",
    ("POST", "/producers/<npn>/suspend"): "roster",
    ("POST", "/producers/<npn>/unsuspend"): "roster",
    ("GET", "/authority/matrix"): "roster",
    ("GET", "/drills"): "roster",
    ("POST", "/drills"): "roster",
    ("GET", "/drills/requests/<int(max=2147483647):request_id>"): "roster",
    ("GET", "/drills/<int(max=2147483647):drill_id>"): "roster",
    ("GET", "/expansion"): "roster",
    ("POST", "/expansion"): "roster",
    ("GET", "/expansion/targets"): "roster",
    ("GET", "/expansion/<state>"): "roster",
    ("POST", "/expansion/<state>/applications"): "roster",
    ("POST", "/expansion/<state>/applications/<int(max=2147483647):application_id>"): "roster",
    ("POST", "/expansion/<state>/documents"): "roster",
    ("GET", "/documents/<int(max=2147483647):document_id>/file"): "roster",
    ("POST", "/documents/<int(max=2147483647):document_id>/verify"): "roster",
    ("POST", "/states/<state>/open"): "roster",
    ("POST", "/states/<state>/close"): "roster",
    ("POST", "/invoices"): "billing",
    ("GET", "/invoices"): "billing",
    ("GET", "/invoices/requests/<int(max=2147483647):request_id>"): "billing",
    ("GET", "/invoices/<int(max=2147483647):invoice_id>"): "billing",
    ("GET", "/invoices/<int(max=2147483647):invoice_id>/lines"): "billing",
    ("POST", "/invoices/<int(max=2147483647):invoice_id>/withdraw"): "billing",
    ("GET", "/invoices/<int(max=2147483647):invoice_id>/dispute.csv"): "billing",
    ("POST", "/invoices/<int(max=2147483647):invoice_id>/lines/<int(max=2147483647):line_number>/rule"): "billing",
    ("GET", "/webhooks"): "webhooks",
    ("POST", "/webhooks"): "webhooks",
    ("GET", "/webhooks/types"): "webhooks",
    ("GET", "/webhooks/<int(max=2147483647):webhook_id>"): "webhooks",
    ("PATCH", "/webhooks/<int(max=2147483647):webhook_id>"): "webhooks",
    ("DELETE", "/webhooks/<int(max=2147483647):webhook_id>"): "webhooks",
    ("POST", "/webhooks/<int(max=2147483647):webhook_id>/rotate"): "webhooks",
    ("POST", "/webhooks/<int(max=2147483647):webhook_id>/test"): "webhooks",
    ("POST", "/webhooks/<int(max=2147483647):webhook_id>/replay"): "webhooks",
    ("GET", "/webhooks/<int(max=2147483647):webhook_id>/deliveries"): "webhooks",
    ("POST", "/deliveries/<int(max=2147483647):delivery_id>/replay"): "webhooks",
}
_ADDRESS = {
    "<call_sid>": "CA" + "0" * 32,
    "<npn>": "1",
    "<state>": "OH",
    "application_id>": "1",
    "audit_id>": "1",
    "decision_id>": "1",
    "delivery_id>": "1",
    "discrepancy_id>": "1",
    "document_id>": "1",
    "drill_id>": "1",
    "escalation_id>": "1",
    "export_id>": "1",
    "invoice_id>": "1",
    "lead_id>": "1",
    "line_id>": "1",
    "line_number>": "1",
    "packet_id>": "1",
    "renewal_id>": "1",
    "request_id>": "1",
    "webhook_id>": "1",
}


def _routes() -> list[tuple[str, str]]:
    app = create_app(tools_over(Database("sqlite://"), SystemClock(), Path()))
    return sorted(
        (method, rule.rule.removeprefix("/api/v1"))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


ROUTES = _routes()


def _path(rule: str) -> str:
    for variable, value in _ADDRESS.items():
        rule = rule.replace(f"<int(max=2147483647):{variable}", value).replace(variable, value)
    return rule


def test_the_api_has_these_addresses_and_no_others() -> None:
    assert sorted(SCOPE_OF) == ROUTES


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_without_a_key_there_is_only_401(api: Api, method: str, rule: str) -> None:
    answer = api.app.test_client().open(f"/api/v1{_path(rule)}", method=method)

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_every_scope_but_its_own_is_403(api: Api, method: str, rule: str) -> None:
    own = SCOPE_OF[method, rule]
    others = api.new_key(*(scope for scope in SCOPES if scope != own))

    answer = api.call(method, _path(rule), key=others)

    assert answer.status_code == 403
    assert answer.get_json()["status"] == 403
    assert f'scope="{own}"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_its_own_scope_alone_is_enough(api: Api, method: str, rule: str) -> None:
    answer = api.call(method, _path(rule), key=api.new_key(SCOPE_OF[method, rule]))

    assert answer.status_code not in (401, 403)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        "Bearer tg_" + "a" * 43,
        "Bearer tg_short",
        "Bearer " + "x" * 5000,
        "Bearer tg_" + "é" * 43,
    ],
)
def test_a_key_that_is_not_one_of_ours_is_401(api: Api, header: str) -> None:
    answer = api.app.test_client().get(
        "/api/v1/callbacks", headers={"Authorization": header.encode().decode("latin-1")}
    )

    assert answer.status_code == 401


def test_the_scheme_may_be_written_small(api: Api) -> None:
    answer = api.app.test_client().get("/api/v1/callbacks", headers={"Authorization": f"bearer {api.key}"})

    assert answer.status_code == 200


def test_a_revoked_key_opens_nothing(api: Api) -> None:
    with api.database.begin() as tx:
        tx.execute(update(_keys).values(revoked_at=api.now))

    assert api.call("GET", "/callbacks").status_code == 401


def test_a_key_ends_by_itself_where_it_was_made_so(api: Api) -> None:
    made = create_key(
        name="for a week",
        scopes=["read"],
        vendor=None,
        days=7,
        actor="test",
        database=api.database,
        now=api.now,
    )
    assert isinstance(made, KeyCreated)

    api.later(7 * 24 * 60 - 1)
    before = api.call("GET", "/callbacks", key=made.key).status_code
    api.later(1)

    assert (before, api.call("GET", "/callbacks", key=made.key).status_code) == (200, 401)


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_so_many_days_are_no_life_of_a_key(api: Api, days: int) -> None:
    refused = create_key(
        name="x", scopes=["read"], vendor=None, days=days, actor="test", database=api.database, now=api.now
    )

    assert isinstance(refused, Refused)


def test_only_the_digest_of_a_key_is_kept(api: Api) -> None:
    with api.database.read() as tx:
        [row] = tx.execute(select(_keys)).mappings()

    assert api.key.startswith("tg_")
    assert len(api.key) == 46
    assert api.key not in str(dict(row))
    assert len(row["digest"]) == 64


def test_nothing_of_the_api_is_kept_by_caches(api: Api) -> None:
    assert api.call("GET", "/callbacks").headers["Cache-Control"] == "no-store"
