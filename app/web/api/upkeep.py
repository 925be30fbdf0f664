"""/healthz, /readyz, /metrics: for those who run us. No key; /metrics only from the own network."""

from __future__ import annotations

import ipaddress
import logging
from typing import Any

from apiflask import APIBlueprint
from flask import Response, abort, jsonify, request

from app.storage import work
from app.storage.counts import Counts, counts
from app.storage.database import Broken, OutOfReach, migrated
from app.web.api.keys import tools

log = logging.getLogger(__name__)

_OWN_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7", "fe80::/10")
)
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-Ip")


def new_blueprint() -> APIBlueprint:
    blueprint = APIBlueprint("upkeep", __name__, enable_openapi=False)
    blueprint.get("/healthz")(healthz)
    blueprint.get("/readyz")(readyz)
    blueprint.get("/metrics")(metrics)
    return blueprint


def healthz() -> Response:
    """The process is alive. Never asks the database: calls are answered without it, too."""
    return jsonify(status="alive")


def readyz() -> tuple[Response, int]:
    """Whether the database is reachable and migrated.

    The scheduler is another process: the age of its heartbeat is told, null where it was never seen. Neither makes this
    process unready, because calls are served without it.
    """
    state: dict[str, Any] = {"database": False, "migrated": False, "scheduler_age_seconds": None}
    try:
        with tools().database.read() as tx:
            state["database"] = True
            state["migrated"] = migrated(tx)
            if state["migrated"]:
                beat = work.last_beat(tx, "scheduler")
                age = None if beat is None else (tools().clock.now() - beat).total_seconds()
                state["scheduler_age_seconds"] = age
    except Broken as error:
        log.warning("not ready: %s", type(error).__name__)
    ready = state["database"] and state["migrated"]
    return jsonify(state), 200 if ready else 503


def metrics() -> Response:
    """Prometheus text; never a number or a name of anybody."""
    if not _from_own_network():
        abort(403)
    from prometheus_client import CONTENT_TYPE_LATEST

    return Response(_exposition(), content_type=CONTENT_TYPE_LATEST)


def _from_own_network() -> bool:
    """What a proxy passes on comes from outside, however near the proxy is."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return any(address in network for network in _OWN_NETWORKS)


def _exposition() -> bytes:
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()
    reachable = Gauge("threegate_database_up", "1 while the database can be reached", registry=registry)
    try:
        now = tools().clock.now()
        with tools().database.read() as tx:
            found = counts(tx, now)
            beat = work.last_beat(tx, "scheduler")
        reachable.set(1)
        _count(registry, found)
        if beat is not None:
            age = Gauge(
                "threegate_scheduler_heartbeat_age_seconds", "Since the scheduler's heartbeat", registry=registry
            )
            age.set((now - beat).total_seconds())
    except OutOfReach:
        reachable.set(0)
    return generate_latest(registry)


def _count(registry: Any, found: Counts) -> None:
    from prometheus_client import Gauge

    for name, label, told, numbers in (
        ("calls", "disposition", "Calls by how they came out", found.calls),
        ("calls_live", "phase", "Calls in progress by phase", found.live_calls),
        ("attempts", "outcome", "Attempts to reach a producer by outcome", found.attempts),
        ("leads", "custody", "Leads by custody", found.leads),
        ("callbacks", "status", "Callbacks by status", found.callbacks),
        ("escalations", "status", "Escalations by status", found.escalations),
        ("texts", "status", "Texts by status", found.texts),
    ):
        gauge = Gauge(f"threegate_{name}", told, [label], registry=registry)
        for value, number in sorted(numbers.items()):
            gauge.labels(value).set(number)
    overdue = Gauge("threegate_leads_overdue", "Leads past the instant at which a step was owed", registry=registry)
    overdue.set(found.overdue_leads)
