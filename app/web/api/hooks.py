"""/webhooks: who is told what happened, and what became of it. A vendor's key sees that vendor's endpoints only."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal, Self, TypeVar

from apiflask import APIBlueprint
from pydantic import Field, StringConstraints, model_validator

from app.domain.webhook_types import WORDS, open_to
from app.storage import webhooks, webhooks_deliveries
from app.storage.webhooks import Endpoint
from app.storage.webhooks_deliveries import STATUSES, Delivery
from app.web.api.bodies import takes, takes_query, wrong_field
from app.web.api.fields import Answer, Body, Instant, example
from app.web.api.keys import key, needs, tools
from app.web.api.paging import Page, after_cursor, cursor_after
from app.web.api.problems import Problem
from app.web.api.records import ID
from app.web.api.routes import REFUSES_BODIES, add
from app.workflows.admin.refused import Refused
from app.workflows.webhooks import keep_endpoint, replay
from app.workflows.webhooks.keep_endpoint import WithSecret

Found = TypeVar("Found")

Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Types = Annotated[list[Annotated[str, StringConstraints(max_length=40)]], Field(max_length=20)]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
DeliveryStatus = Literal["waiting", "sent", "failed", "given_up"]


class NewEndpoint(Body):
    """Without `types`, or with none: told of everything. `vendor` (a slug): of that vendor's leads only."""

    url: Url
    types: Types = Field(default_factory=list)
    description: Description = ""
    vendor: Annotated[str, StringConstraints(min_length=1, max_length=60)] | None = None


class EndpointChange(Body):
    """What is given is changed. `types` as an empty list: everything."""

    model_config = example(status="off")

    url: Url | None = None
    types: Types | None = None
    description: Description | None = None
    status: Literal["on", "off"] | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set or all(value is None for value in vars(self).values()):
            raise ValueError("give something to change: url, types, description, status")
        return self


class ReplaySince(Body):
    since: Instant


class WebhookEndpoint(Answer):
    """`types` empty: everything that is open to it. `failing_since`: nothing but failures from then on."""

    id: int
    url: str
    description: str
    types: list[str]
    vendor: str | None
    status: str
    off_at: datetime | None
    off_because: str
    failures: int
    failing_since: datetime | None
    created_at: datetime
    old_secret_until: datetime | None


class WebhookSecret(WebhookEndpoint):
    """`secret` is shown now and never again."""

    secret: str


class WebhookEndpoints(Answer):
    items: list[WebhookEndpoint]
    next_cursor: str | None


class WebhookType(Answer):
    """`means`: what has happened when it is told."""

    type: str
    means: str


class WebhookTypes(Answer):
    """What this key's endpoints may be told of."""

    items: list[WebhookType]


class WebhookDelivery(Answer):
    """One event for one endpoint. `answer` is the beginning of what the receiver said, `payload` what it was sent."""

    id: int
    webhook_id: int
    event_id: str
    type: str
    happened_at: datetime
    status: str
    attempts: int
    replays: int
    made_at: datetime
    tried_at: datetime | None
    next_try_at: datetime | None
    status_code: int | None
    error: str
    answer: str
    payload: dict[str, Any]


class WebhookDeliveries(Answer):
    """Newest first."""

    items: list[WebhookDelivery]
    next_cursor: str | None


class WebhookTest(Answer):
    """`GET /webhooks/{id}/deliveries` says what came of it, within seconds."""

    delivery_id: int


class WebhooksReplayed(Answer):
    """`complete` false: there are more; ask again with a later `since`."""

    count: int
    complete: bool


class DeliveryQuery(Page):
    status: DeliveryStatus | None = None


def add_to(blueprint: APIBlueprint) -> None:
    one = f"/webhooks/{ID}webhook_id>"
    add(blueprint, "GET", "/webhooks", list_webhooks, WebhookEndpoints, problems=[422])
    add(blueprint, "POST", "/webhooks", post_webhook, WebhookSecret, status=201, problems=[409, *REFUSES_BODIES])
    add(blueprint, "GET", "/webhooks/types", list_webhook_types, WebhookTypes)
    add(blueprint, "GET", one, get_webhook, WebhookEndpoint, problems=[404])
    add(blueprint, "PATCH", one, patch_webhook, WebhookEndpoint, problems=[404, *REFUSES_BODIES])
    add(blueprint, "DELETE", one, delete_webhook, WebhookEndpoint, problems=[404])
    add(blueprint, "POST", f"{one}/rotate", rotate_webhook, WebhookSecret, problems=[404, 409, 413])
    add(blueprint, "POST", f"{one}/test", try_webhook, WebhookTest, status=202, problems=[404, 409, 413])
    add(blueprint, "POST", f"{one}/replay", replay_webhook, WebhooksReplayed, problems=[404, 409, *REFUSES_BODIES])
    add(blueprint, "GET", f"{one}/deliveries", list_webhook_deliveries, WebhookDeliveries, problems=[404, 422])
    again = f"/deliveries/{ID}delivery_id>/replay"
    add(blueprint, "POST", again, replay_webhook_delivery, WebhookDelivery, problems=[404, 409, 413])


def _how() -> dict[str, Any]:
    return {"actor": key().actor, "database": tools().database, "now": tools().clock.now()}


def _mine() -> dict[str, Any]:
    return {"only_vendor": key().vendor_id, **_how()}


def _local() -> bool:
    """Whether this machine may be told, for trying out."""
    return tools().settings.env != "production"


@needs("webhooks")
def list_webhook_types() -> WebhookTypes:
    """Every event that there is, and what it means."""
    return WebhookTypes(items=[WebhookType(type=str(each), means=WORDS[each]) for each in open_to(key().vendor_id)])


@needs("webhooks")
@takes_query(Page)
def list_webhooks(query: Page) -> WebhookEndpoints:
    """Every endpoint, oldest first."""
    with tools().database.read() as tx:
        found = webhooks.listed(tx, vendor_id=key().vendor_id, after=after_cursor(query.cursor), limit=query.limit + 1)
    page = found[: query.limit]
    return WebhookEndpoints(
        items=[WebhookEndpoint(**_fields(each)) for each in page],
        next_cursor=cursor_after(page[-1].id) if len(found) > len(page) else None,
    )


@needs("webhooks")
@takes(NewEndpoint)
def post_webhook(body: NewEndpoint) -> WebhookSecret:
    """Be told from now on. The answer has the secret that deliveries are signed with, once."""
    return _secret(
        keep_endpoint.add_endpoint(
            body.url,
            types=body.types,
            description=body.description,
            vendor=body.vendor,
            vendor_id=key().vendor_id,
            local=_local(),
            **_how(),
        )
    )


@needs("webhooks")
def get_webhook(webhook_id: int) -> WebhookEndpoint:
    """One endpoint, and how it is doing."""
    return WebhookEndpoint(**_fields(_endpoint(webhook_id)))


@needs("webhooks")
@takes(EndpointChange)
def patch_webhook(webhook_id: int, body: EndpointChange) -> WebhookEndpoint:
    """Change where, what of, or whether it is told."""
    changed = keep_endpoint.change_endpoint(
        webhook_id,
        url=body.url,
        types=body.types,
        description=body.description,
        on=None if body.status is None else body.status == "on",
        local=_local(),
        **_mine(),
    )
    return WebhookEndpoint(**_fields(_there(changed)))


@needs("webhooks")
def delete_webhook(webhook_id: int) -> WebhookEndpoint:
    """It is told nothing any more. The answer is how it was."""
    return WebhookEndpoint(**_fields(_there(keep_endpoint.remove_endpoint(webhook_id, **_mine()))))


@needs("webhooks")
def rotate_webhook(webhook_id: int) -> WebhookSecret:
    """A new secret; for 24 hours deliveries carry the old one's signature, too."""
    return _secret(keep_endpoint.rotate_secret(webhook_id, **_mine()))


@needs("webhooks")
def try_webhook(webhook_id: int) -> WebhookTest:
    """Send it a `ping.test`."""
    return WebhookTest(delivery_id=_there(keep_endpoint.try_endpoint(webhook_id, **_mine())))


@needs("webhooks")
@takes(ReplaySince)
def replay_webhook(webhook_id: int, body: ReplaySince) -> WebhooksReplayed:
    """Send all that happened since then (again), at most 30 days back and 10,000 events at once."""
    found = _there(replay.replay_since(webhook_id, body.since, **_mine()))
    return WebhooksReplayed(count=found.count, complete=found.complete)


@needs("webhooks")
@takes_query(DeliveryQuery)
def list_webhook_deliveries(webhook_id: int, query: DeliveryQuery) -> WebhookDeliveries:
    """What it was sent in the last 30 days, and what it answered; newest first."""
    endpoint = _endpoint(webhook_id)
    with tools().database.read() as tx:
        found = webhooks_deliveries.listed(
            tx,
            endpoint.id,
            statuses=STATUSES if query.status is None else (query.status,),
            before=after_cursor(query.cursor) or None,
            limit=query.limit + 1,
        )
    page = found[: query.limit]
    return WebhookDeliveries(
        items=[_delivery(each) for each in page],
        next_cursor=cursor_after(page[-1].id) if len(found) > len(page) else None,
    )


@needs("webhooks")
def replay_webhook_delivery(delivery_id: int) -> WebhookDelivery:
    """Send one delivery again, under the same id."""
    return _delivery(_there(replay.replay_delivery(delivery_id, **_mine())))


def _endpoint(webhook_id: int) -> Endpoint:
    with tools().database.read() as tx:
        return _there(webhooks.load(tx, webhook_id, vendor_id=key().vendor_id))


def _there(found: Found | Refused | None) -> Found:
    """What was found, or the problem instead."""
    if found is None:
        raise Problem(404, "There is no such webhook.")
    if isinstance(found, Refused):
        name, why = next(iter(found.errors.items()))
        raise wrong_field(name, why) if name else Problem(409, f"Not done: {why}.")
    return found


def _secret(found: WithSecret | Refused | None) -> WebhookSecret:
    made = _there(found)
    return WebhookSecret(**_fields(made.endpoint), secret=made.secret)


def _fields(endpoint: Endpoint) -> dict[str, Any]:
    shown = {name: getattr(endpoint, name) for name in WebhookEndpoint.model_fields}
    return {**shown, "types": list(endpoint.types)}


def _delivery(one: Delivery) -> WebhookDelivery:
    same = {name: getattr(one, name) for name in WebhookDelivery.model_fields if hasattr(one, name)}
    told = {"webhook_id": one.endpoint_id, "happened_at": one.at, "payload": json.loads(one.payload)}
    return WebhookDelivery(**{**same, **told})
