"""The whole API against its own document: schemathesis makes the requests and judges the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from apiflask import APIFlask

from app.simulator.parties import declines
from app.storage.access import SCOPES
from app.storage.database import Database
from app.timekeeping import ManualClock
from app.web import create_app
from tests.builders import licensed
from tests.product import AGENCY, build_stage
from tests.web.api.conftest import key_for

# schemathesis takes seconds to load: by the test alone, not by everybody who collects it.
if TYPE_CHECKING:
    from schemathesis.config import SchemathesisConfig

ANA, BEN = licensed("Ana", 1, "OH", "PA"), licensed("Ben", 2, "PA")
CALLER = "+16145550150"

REAL = {
    "body.campaign": [AGENCY],
    "query.campaign": [AGENCY],
    "body.phone": [CALLER, "(614) 555-0151", "+15125550101"],
    "body.npn": [ANA.npn, BEN.npn],
    "path.npn": [ANA.npn, BEN.npn],
    "query.npn": [ANA.npn],
    "body.state": ["OH", "Pennsylvania", "TX"],
    "path.state": ["OH", "PA"],
    "body.to": ["PA", "TX"],
    "body.zip": ["43215", "19103"],
    "body.loa": ["life", "life|health"],
    "query.cursor": ["YWZ0ZXIgMQ"],
    "query.without": ["OH", "OH,PA"],
    **{f"path.{name}_id": [1, 2] for name in ("lead", "escalation", "decision", "audit", "drill", "request", "line")},
}
"""What there really is, for some of the requests: most of what is drawn blindly ends at the first check."""

GOOD = ["2xx", "401", "403", "404", "409", "410", "422", "429"]
"""What a request may be answered that its schema allows. 422 is also what we say where a body is shaped well and names a
campaign, a producer or a ZIP that is not there, which no schema knows. 400, 405, 413, 415 and every 5xx stay forbidden."""

PASSED_OVER = {
    # A file says by its first bytes what it is, so 415 here is also the answer to what is no PDF.
    ("POST /api/v1/expansion/{state}/documents", "positive_data_acceptance"),
}
"""Operations, and the checks that they cannot pass, for no schema knows why."""


@dataclass
class Findings:
    """What a run found. `problems`: one line for each sort, with the request as curl."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    succeeded: set[str] = field(default_factory=set)
    problems: dict[str, str] = field(default_factory=dict)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_every_answer_to_every_request_is_as_the_document_says(
    database: Database, clock: ManualClock, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """More by hand: pytest tests/web/api/test_conformance.py --fuzz-examples 200 -s."""
    from schemathesis.engine import from_schema

    found = Findings()
    schema = _document(database, clock, tmp_path, request.config.getoption("--fuzz-examples"))

    for happened in from_schema(schema).execute():
        _note(happened, found)

    print(
        f"{found.cases} requests: {dict(sorted(found.statuses.items()))}; {len(found.succeeded)} operations succeeded"
    )
    assert not found.problems, "\n\n".join(f"{told}\n{request}" for told, request in found.problems.items())
    assert found.cases > 1000
    assert not [status for status in found.statuses if status >= 500]


def _document(database: Database, clock: ManualClock, folder: Path, examples: int) -> Any:
    """The document, over a product in which a call came, was taken, and another one was not."""
    import schemathesis

    stage = build_stage(database, clock, folder)
    stage.hire(ANA)
    stage.call_from(CALLER)
    stage.import_roster(ANA, BEN)
    stage.behave(ANA, declines())
    stage.call_from("+16145550152")
    # Else most answers would soon be 429.
    settings = stage.tools.settings.model_copy(update={"api_per_minute": 1_000_000})
    app = create_app(replace(stage.tools, settings=settings), pages_at_once=0)
    _in_time(app, clock)
    key = key_for(database, clock, SCOPES)
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=_config(key, examples))


def _in_time(app: APIFlask, clock: ManualClock) -> None:
    """Half a second goes by with each request, and a name that is drawn twice, which is 422 for another request, is made
    good for two."""
    answer, numbers = app.wsgi_app, count()

    def answer_in_time(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        clock.advance(0.5)
        if 0 < len(environ.get("HTTP_IDEMPOTENCY_KEY", "")) < 200:
            environ["HTTP_IDEMPOTENCY_KEY"] += f" {next(numbers) // 2}"
        return answer(environ, start)

    app.wsgi_app = answer_in_time  # type: ignore[method-assign, assignment]


def _config(key: str, examples: int) -> SchemathesisConfig:
    from schemathesis.config import SchemathesisConfig

    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "base-url": "http://localhost",
            "continue-on-failure": True,
            "headers": {"Authorization": f"Bearer {key}"},
            "generation": {"max-examples": examples, "deterministic": True, "database": "none", "no-shrink": True},
            # Walks along links between operations, of which the document names none.
            "phases": {"stateful": {"enabled": False}},
            "checks": {
                # Asking again without a key fails within 4.32 itself: it hands `max_redirects` on to werkzeug, which takes
                # no such thing. test_keys.py asks every address without a key, with wrong ones, and with every wrong scope.
                "ignored_auth": {"enabled": False},
                "positive_data_acceptance": {"expected-statuses": GOOD},
            },
            "dictionaries": {name.replace(".", "_"): {"values": values} for name, values in REAL.items()},
            "parameters": {name: {"dictionary": name.replace(".", "_"), "probability": 0.7} for name in REAL},
        }
    )


def _note(happened: object, found: Findings) -> None:
    from schemathesis.engine import events

    if isinstance(happened, (events.NonFatalError, events.FatalError)):
        # What schemathesis could not do is no pass.
        found.problems[f"{getattr(happened, 'label', '')}: {happened}"] = ""
    if not isinstance(happened, events.ScenarioFinished):
        return
    for interaction in happened.recorder.interactions.values():
        found.cases += 1
        if interaction.response is not None:
            found.statuses[interaction.response.status_code] += 1
            if interaction.response.status_code < 300:
                found.succeeded.add(str(happened.recorder.label))
    for checks in happened.recorder.checks.values():
        for check in checks:
            if check.failure_info is not None:
                failure = check.failure_info.failure
                if (failure.operation, check.name) in PASSED_OVER:
                    continue
                told = f"{failure.operation} | {check.name} | {failure.message}"[:400]
                found.problems.setdefault(told, check.failure_info.code_sample[:600])
