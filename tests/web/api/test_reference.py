"""The reference page has everything that the document has, needs no key, and takes nothing from elsewhere."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from pydantic import BaseModel

from app.web.api.openapi import operations
from app.web.api.samples import sample_body
from tests.web.api.conftest import Api

VOID = {"meta", "link", "br"}


@pytest.fixture
def page(api: Api) -> str:
    answer = api.app.test_client().get("/api/reference")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.fixture
def document(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = api.app.test_client().get("/api/v1/openapi.json").get_json()
    return found


def _article(page: str, operation_id: str) -> str:
    found = re.search(rf'<article id="{operation_id}">(.*?)</article>', page, re.DOTALL)
    assert found, operation_id
    return unescape(found[1])


def test_every_operation_stands_there_with_what_it_takes_and_answers(page: str, document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        told = _article(page, operation["operationId"])
        short = path.removeprefix("/api/v1")
        assert f">{method}</span> <code>{short}</code>" in told
        assert f"scope <code>{operation['security'][0]['key'][0]}</code>" in told
        assert operation["summary"].replace("`", "") in re.sub("</?code>", "", told)
        for parameter in operation["parameters"]:
            assert parameter["in"] == "header" or f"<code>{parameter['name']}</code>" in told
        for status in operation["responses"]:
            assert status in told or status in ("401", "403", "429", "503"), (path, status)
        for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
            assert f"Body <code>{media_type}</code>" in told
            for name in _members(body["schema"], document):
                assert f"<code>{name}</code>" in told, (path, name)
        assert '"Authorization: Bearer $KEY"' in told


def _members(schema: dict[str, Any], document: dict[str, Any]) -> list[str]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return list(schema.get("properties", ()))


def test_every_link_within_the_page_leads_somewhere(page: str) -> None:
    targets = re.findall(r'href="#([^"]+)"', page)

    assert len(targets) > 60
    assert {target for target in targets if f'id="{target}"' not in page} == set()


def test_nothing_runs_and_nothing_comes_from_elsewhere(api: Api, page: str) -> None:
    answer = api.app.test_client().get("/api/reference")

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "<script" not in page
    assert " style=" not in page
    assert not re.findall(r'(?:src|href)="(?!#|/static/|/api/)', page)
    for asset in re.findall(r'href="(/static/[^"]+)"', page):
        with api.app.test_client().get(asset) as found:
            assert found.status_code == 200


def test_it_is_well_formed(page: str) -> None:
    class Tags(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            if tag not in VOID:
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

    tags = Tags()
    tags.feed(page)

    assert tags.open == []
    identifiers = re.findall(r' id="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


def test_it_is_the_same_page_the_second_time(api: Api, page: str) -> None:
    assert api.app.test_client().get("/api/reference").get_data(as_text=True) == page


def test_the_body_of_every_example_would_be_taken(api: Api, document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    bodies: dict[str, type[BaseModel]] = {
        spec["body"].__name__: spec["body"]
        for name, view in api.app.view_functions.items()
        if name.startswith("api.") and "body" in (spec := getattr(view, "_spec", {}))
    }

    for name, model in bodies.items():
        model.model_validate(sample_body(schemas[name], schemas))
