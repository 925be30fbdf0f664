"""Errors: problem+json under /api/v1, and nowhere else; hostile input is refused and never 500."""

from __future__ import annotations

import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.storage.database import Database
from app.timekeeping import SystemClock
from app.web import create_app
from tests.web.api.conftest import AGENCY, Api, tools_over

PROBLEM = "application/problem+json"
LEAD = {"campaign": AGENCY, "phone": "+16145550150"}


def _post(api: Api, content: bytes, content_type: str = "application/json", path: str = "/leads") -> Any:
    return api.call("POST", path, data=content, headers={"Content-Type": content_type})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "", 404),
        ("GET", "/calls/CA00000000000000000000000000000000", 404),
        ("GET", "/calls/%00", 404),
        ("GET", "/calls/..%2F..%2Fetc", 404),
        ("GET", "/decisions/1", 404),
        ("GET", "/decisions/99999999999999999999", 404),
        ("GET", "/leads/-1", 404),
        ("GET", "/producers/%F0%9F%98%80", 404),
        ("DELETE", "/leads", 405),
        ("POST", "/callbacks", 405),
        ("GET", "/callbacks?limit=0", 422),
        ("POST", "/nothing", 404),
        ("POST", "/escalations/1/claim", 404),
    ],
)
def test_an_error_of_the_api_is_a_problem_document(api: Api, method: str, path: str, status: int) -> None:
    answer = api.call(method, path)

    assert answer.status_code == status
    assert answer.content_type == PROBLEM
    body = answer.get_json()
    assert body["status"] == status
    assert set(body) == {"type", "title", "status", "detail", "errors"}


def test_a_405_names_what_is_allowed(api: Api) -> None:
    assert "POST" in api.call("DELETE", "/leads").headers["Allow"]


def test_other_doors_keep_their_own_content_types(api: Api) -> None:
    client = api.app.test_client()

    assert client.get("/nothing").content_type.startswith("text/html")
    assert client.get("/api/v10/nothing").content_type.startswith("text/html")
    assert client.get("/voice/incoming").content_type.startswith("text/html")
    unsigned = client.post("/voice/incoming", data={"CallSid": "CA1"})
    assert unsigned.status_code == 403
    assert "json" not in unsigned.content_type


class _StoppedClock:
    speed = 1.0

    def now(self) -> datetime:
        raise RuntimeError("the clock has stopped")


def test_a_surprise_is_a_logged_problem_that_tells_nothing(
    api: Api, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(tools_over(api.database, _StoppedClock(), tmp_path))
    headers = {"Authorization": f"Bearer {api.key}"}

    answer = app.test_client().post("/api/v1/ping", json={"campaign": AGENCY, "state": "OH"}, headers=headers)

    assert answer.status_code == 500
    assert answer.content_type == PROBLEM
    assert "clock" not in answer.get_data(as_text=True)
    assert "the clock has stopped" in caplog.text


def test_a_database_out_of_reach_is_503(tmp_path: Path) -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing")
    app = create_app(tools_over(nowhere, SystemClock(), tmp_path), pages_at_once=0)

    answer = app.test_client().get("/api/v1/callbacks", headers={"Authorization": "Bearer tg_" + "a" * 43})

    assert answer.status_code == 503
    assert answer.content_type == PROBLEM
    assert answer.headers["Retry-After"]


@pytest.mark.parametrize("path", ["/leads", "/ping", "/authority/check"])
@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe{}", 400),
        (b'{"campaign": NaN}', 400),
        (b"[" * 30_000, 400),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
        (b'{"npn": ' + b"9" * 5000 + b"}", 400),
        (b"[]", 422),
        (b"null", 422),
        (b'"text"', 422),
        (b"{}", 422),
        (b'{"campaign": "+18005550199", "campaign": "+18005550198"}', 422),
        (b'{"campaign": "\\u0000"}', 422),
        (b'{"campaign": "\\ud800"}', 422),
        (b'{"\\udfff": 1}', 422),
    ],
)
def test_what_is_no_sound_json_object_is_refused(api: Api, path: str, content: bytes, status: int) -> None:
    answer = _post(api, content, path=path)

    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == PROBLEM


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_body_that_is_not_called_json_is_415(api: Api, content_type: str) -> None:
    assert _post(api, json.dumps(LEAD).encode(), content_type).status_code == 415


def test_a_body_over_64_kb_is_413(api: Api) -> None:
    big = json.dumps({**LEAD, "address": "x" * 70_000}).encode()

    assert _post(api, big).status_code == 413


def test_a_body_over_64_kb_without_a_length_is_413(api: Api) -> None:
    # What a chunked body looks like behind a server that ends it itself.
    answer = api.call(
        "POST",
        "/leads",
        input_stream=io.BytesIO(b"x" * 1_000_000),
        headers={"Content-Type": "application/json"},
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""},
    )

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"unknown": 1}, "/unknown"),
        ({"lead_id": 5}, "/lead_id"),
        ({"first_name": 7}, "/first_name"),
        ({"first_name": ["a"]}, "/first_name"),
        ({"phone": None}, "/phone"),
        ({"phone": "anonymous"}, "/phone"),
        ({"phone": 16145550150}, "/phone"),
        ({"campaign": "not a number"}, "/campaign"),
        ({"campaign": "+18005550111"}, "/campaign"),
        ({"first_name": "x" * 10_000}, "/first_name"),
        ({"zip": "4" * 30}, "/zip"),
        ({"ping_id": "1"}, "/ping_id"),
        ({"ping_id": True}, "/ping_id"),
        ({"ping_id": 2**40}, "/ping_id"),
        ({"ping_id": 77}, "/ping_id"),
        ({"consent": {"deep": {"nul": "a\0"}}}, "/consent/deep/nul"),
        ({"consent": ["a"]}, "/consent"),
    ],
)
def test_each_wrong_field_is_pointed_at(api: Api, change: dict[str, Any], pointer: str) -> None:
    api.campaign()

    body = api.post("/leads", {**LEAD, **change}, status=422)

    assert pointer in [error["pointer"] for error in body["errors"]]


@pytest.mark.parametrize("name", ["José", "\u202eevil", "😀", "</Say><Dial>900", "=HYPERLINK(1)", "x' OR 1=1 --"])
def test_text_of_any_kind_is_kept_as_it_is(api: Api, name: str) -> None:
    api.campaign()

    lead = api.post("/leads", {**LEAD, "first_name": name}, status=201)

    assert api.get(f"/leads/{lead['lead_id']}")["first_name"] == name
