"""The OpenAPI document says what there is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from app.storage.access import SCOPES
from app.web.api.openapi import operations
from tests.web.api.conftest import AGENCY, Api
from tests.web.api.test_keys import ROUTES, SCOPE_OF

FILE = {"type": "string", "format": "binary"}


@pytest.fixture
def document(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = api.app.test_client().get("/api/v1/openapi.json").get_json()
    return found


def test_it_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"

    validate(document)


def test_it_names_every_address_with_its_errors(document: dict[str, Any]) -> None:
    found = [operation for _, _, operation in operations(document)]

    assert len(found) == len(ROUTES)
    for operation in found:
        [[scope]] = [security["key"] for security in operation["security"]]
        assert scope in SCOPES
        assert {"401", "403", "429", "503"} <= operation["responses"].keys()
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"]
            elif any(one["schema"] != FILE for one in response["content"].values()):
                assert list(response["content"]) == ["application/json"]


def test_every_operation_says_what_it_is(document: dict[str, Any]) -> None:
    groups = {tag["name"] for tag in document["tags"]}
    names = [operation["operationId"] for _, _, operation in operations(document)]

    assert len(names) == len(set(names))
    assert all(tag["description"] for tag in document["tags"])
    for _, _, operation in operations(document):
        assert operation["summary"].endswith((".", "?"))
        assert set(operation["tags"]) <= groups


def test_the_scope_is_the_one_that_is_asked_for(document: dict[str, Any]) -> None:
    told = {
        (method, path.removeprefix("/api/v1")): operation["security"][0]["key"][0]
        for method, path, operation in operations(document)
    }

    assert told == {
        (method, re.sub(r"<(?:int\(max=\d+\):)?(\w+)>", r"{\1}", rule)): scope
        for (method, rule), scope in SCOPE_OF.items()
    }


def test_every_answer_tells_of_the_limit_and_every_post_takes_a_name(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        for status, response in operation["responses"].items():
            assert {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} <= response["headers"].keys()
            assert ("Retry-After" in response["headers"]) == (status in ("429", "503"))
        named = [parameter for parameter in operation["parameters"] if parameter["name"] == "Idempotency-Key"]
        assert len(named) == (1 if method == "POST" else 0), path


def test_every_body_is_required_and_a_file_says_how_it_may_come(document: dict[str, Any]) -> None:
    bodies = [operation["requestBody"] for _, _, operation in operations(document) if "requestBody" in operation]

    assert all(body["required"] for body in bodies)
    assert sum("multipart/form-data" in body["content"] for body in bodies) >= 4
    assert all({"multipart/form-data", "application/json"} & body["content"].keys() for body in bodies)


def test_a_query_has_no_null(document: dict[str, Any]) -> None:
    for _, path, operation in operations(document):
        for parameter in operation["parameters"]:
            assert "null" not in str(parameter["schema"]), (path, parameter["name"])


def test_bodies_take_nothing_that_is_not_named(document: dict[str, Any]) -> None:
    for name in (
        "NewLead",
        "OutboundRequest",
        "Ping",
        "AuthorityCheck",
        "Presence",
        "Assignment",
        "CallNow",
        "Schedule",
        "Resolving",
    ):
        assert document["components"]["schemas"][name]["additionalProperties"] is False


def test_an_answer_has_the_members_that_are_promised(api: Api, document: dict[str, Any]) -> None:
    api.campaign()

    answer = api.post("/leads", {"campaign": AGENCY, "phone": "+16145550150"}, status=201)

    assert set(document["components"]["schemas"]["LeadAccepted"]["required"]) == set(answer)
