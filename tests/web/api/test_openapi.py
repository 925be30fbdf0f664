"""The OpenAPI document says what there is."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.web.api.conftest import AGENCY, Api
from tests.web.api.test_keys import ROUTES

FILES = {"get_file": ["application/pdf", "image/jpeg", "image/png", "text/plain"]}


@pytest.fixture
def document(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = api.app.test_client().get("/api/v1/openapi.json").get_json()
    return found


def test_it_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"

    validate(document)


def test_it_names_every_address_with_its_errors(document: dict[str, Any]) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]

    assert len(operations) == len(ROUTES)
    for operation in operations:
        assert operation["security"] == [{"key": []}]
        assert {"401", "403"} <= operation["responses"].keys()
        for status, response in operation["responses"].items():
            kinds = (
                ["application/problem+json"]
                if status >= "400"
                else FILES.get(operation["operationId"], ["application/json"])
            )
            assert sorted(response["content"]) == sorted(kinds)


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
