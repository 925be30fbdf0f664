"""How the system is: what `threegate doctor` says, versions, what waits. Nothing that is secret."""

from __future__ import annotations

import platform
from importlib import metadata

from flask import Response

from app.domain.licensing import RULE_VERSION
from app.storage import ledger, requested_work, work
from app.web.console.doors import Section, read, render, tools
from app.workflows.admin.examine import examine, examine_settings
from app.workflows.admin.import_file import KIND

LIBRARIES = ("flask", "flask-security", "sqlalchemy", "psycopg", "twilio", "gunicorn")


def add_to(pages: Section) -> None:
    pages.add("GET", "/system", system)


def system() -> Response:
    with_ = tools()
    findings = [*examine_settings(with_.settings), *examine(with_.database, with_.clock)]
    with read() as tx:
        beat = work.last_beat(tx, "scheduler")
        roster_version = ledger.roster_version(tx)
        imports = requested_work.open_count(tx, KIND)
    return render(
        "admin/system.html",
        findings=findings,
        well=not any(finding.mend for finding in findings),
        beat=beat,
        roster_version=roster_version,
        rule_version=RULE_VERSION,
        imports=imports,
        kind=with_.database.dialect,
        version=metadata.version("threegate"),
        python=platform.python_version(),
        libraries=[(name, metadata.version(name)) for name in LIBRARIES],
    )
