"""The JSON API, /api/v1 (INTERFACE.md section 5), and the three addresses for those who run us."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apiflask import APIFlask

    from app.wiring import Tools


def add_api(app: APIFlask, tools: Tools) -> None:
    """Every address of the API, with errors as problem+json there and nowhere else; /healthz, /readyz and /metrics."""
    from app.web.api import (
        audits,
        authority,
        authority_matrix,
        bulk,
        complaints,
        dispositions,
        drills,
        escalations,
        expansion,
        exports,
        hooks,
        imports,
        invoices,
        leads,
        licenses,
        moves,
        nipr,
        outbound,
        packets,
        people,
        presence,
        records,
        reference,
        renewals,
        reports,
        upkeep,
        work_lists,
        wrong_state,
    )
    from app.web.api.door import new_blueprint
    from app.web.api.keys import keep_tools
    from app.web.api.openapi import describe
    from app.web.api.problems import answer_unmatched_addresses

    keep_tools(app, tools)
    describe(app)
    blueprint = new_blueprint()
    for subject in (
        authority,
        leads,
        outbound,
        records,
        wrong_state,
        dispositions,
        work_lists,
        escalations,
        presence,
        imports,
        nipr,
        moves,
        renewals,
        audits,
        complaints,
        expansion,
        drills,
        licenses,
        authority_matrix,
        reports,
        bulk,
        invoices,
        hooks,
        exports,
        people,
        packets,
    ):
        subject.add_to(blueprint)
    app.register_blueprint(blueprint)
    app.register_blueprint(upkeep.new_blueprint())
    app.register_blueprint(reference.new_blueprint())
    answer_unmatched_addresses(app)
