"""Every page and act × every role, from the app's own table of routes: a new one cannot be forgotten."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.domain.roles import Role
from app.web.console.rights import RIGHTS
from tests.builders import licensed
from tests.console.conftest import token_of
from tests.product import Stage

ANN = licensed("Ann", 1, "OH")

_OPEN = {"security", "static"}
"""Blueprints that who is not signed in may reach: flask-security's own pages."""

_MACHINES = {"api", "voice", "callbacks", "notices", "texts", "calendar_feed", "upkeep", "openapi", "reference"}
"""Blueprints that machines reach, by signature, key or secret address; tests/web/api/test_keys.py has their matrix."""


def _pages(stage: Stage) -> Iterator[tuple[Rule, str]]:
    for rule in stage.app.url_map.iter_rules():
        if rule.endpoint in RIGHTS:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method


def _address(rule: Rule) -> str:
    """The rule with something in each blank that nothing has."""
    return re.sub(
        r"<(?:([a-z]+)(?:\([^)]*\))?:)?\w+>", lambda blank: "987654" if blank[1] == "int" else "ZZ", rule.rule
    )


def test_every_route_is_a_machines_or_has_rights(stage: Stage) -> None:
    endpoints = {rule.endpoint for rule in stage.app.url_map.iter_rules()}

    strangers = {
        endpoint for endpoint in endpoints - RIGHTS.keys() if endpoint.partition(".")[0] not in _OPEN | _MACHINES
    }

    assert not strangers
    assert not RIGHTS.keys() - endpoints, "the table names pages that are not there"


def test_nobody_who_is_not_signed_in_sees_or_does_anything(stage: Stage) -> None:
    client = stage.app.test_client()

    for rule, method in _pages(stage):
        answer = client.open(_address(rule), method=method)

        assert answer.status_code == 302, (method, rule.rule, answer.status_code)
        assert answer.headers["Location"].startswith("/login"), (method, rule.rule)


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_a_role_reaches_what_the_table_gives_it_and_nothing_else(
    role: Role, stage: Stage, signed_in_client: Callable[..., FlaskClient]
) -> None:
    stage.hire(ANN)
    client = signed_in_client(role.value, **({"npn": ANN.npn} if role is Role.PRODUCER else {}))
    token = token_of(client)

    for rule, method in _pages(stage):
        form: dict[str, Any] = {} if method == "GET" else {"data": {"csrf_token": token}}
        status = client.open(_address(rule), method=method, **form).status_code

        if role in RIGHTS[rule.endpoint]:
            assert status != 403, (method, rule.rule)
            assert status < 500, (method, rule.rule, status)
        else:
            assert status == 403, (method, rule.rule, status)


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_no_act_is_done_without_a_form_of_ours(
    role: Role, stage: Stage, signed_in_client: Callable[..., FlaskClient]
) -> None:
    stage.hire(ANN)
    client = signed_in_client(role.value, **({"npn": ANN.npn} if role is Role.PRODUCER else {}))

    for rule, method in _pages(stage):
        if method != "GET" and role in RIGHTS[rule.endpoint]:
            assert client.open(_address(rule), method=method).status_code == 400, (method, rule.rule)
