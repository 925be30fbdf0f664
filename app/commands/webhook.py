"""`threegate webhook …`: who is told what happened, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

import click

from app.commands.output import command_tools, instant, operator, print_json, print_table, refuse
from app.commands.webhook_listen import listen
from app.domain import instants
from app.domain.webhook_types import EventType
from app.storage import webhooks, webhooks_deliveries
from app.storage.webhooks import Endpoint
from app.storage.webhooks_deliveries import STATUSES, Delivery
from app.wiring import Tools
from app.workflows.admin.refused import Refused
from app.workflows.webhooks import keep_endpoint, replay
from app.workflows.webhooks.keep_endpoint import WithSecret

Found = TypeVar("Found")

NUMBER = click.IntRange(1, 2**31 - 1)


@click.group()
def webhook() -> None:
    """Webhooks out: who is told what, and what became of it."""


webhook.add_command(listen)


@webhook.command()
@click.argument("url")
@click.option("--type", "types", multiple=True, metavar="TYPE", help=f"Of all by default: {', '.join(EventType)}.")
@click.option("--vendor", metavar="SLUG", help="Of this vendor's leads only.")
@click.option("--description", default="", help="One line, for people.")
@click.option("--json", "as_json", is_flag=True)
def add(url: str, types: tuple[str, ...], vendor: str | None, description: str, as_json: bool) -> None:
    """Tell URL what happens from now on. Prints the secret, once: deliveries are signed with it.

    \b
    threegate webhook add https://crm.example.com/threegate --type lead.connected --type lead.missed
    """
    with_ = command_tools()
    added = keep_endpoint.add_endpoint(
        url,
        types=types,
        vendor=vendor,
        description=description,
        local=with_.settings.env != "production",
        **_how(with_),
    )
    if isinstance(added, Refused):
        refuse(str(added))
    _print_secret(added, as_json=as_json)


@webhook.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """Every endpoint, and how it is doing."""
    with command_tools().database.read() as tx:
        found = webhooks.listed(tx)
        counted = webhooks_deliveries.counts(tx, [each.id for each in found])
    if as_json:
        print_json({"webhooks": [_shape(each) | {"deliveries": counted[each.id]} for each in found]})
        return
    header = ("id", "status", "vendor", "types", "url", *(status.replace("_", " ") for status in STATUSES))
    print_table(
        header,
        (
            (
                str(each.id),
                each.status,
                each.vendor or "",
                " ".join(each.types) or "all",
                each.url,
                *(str(counted[each.id][status]) for status in STATUSES),
            )
            for each in found
        ),
    )


@webhook.command()
@click.argument("endpoint_id", type=NUMBER, metavar="ID")
@click.option("--json", "as_json", is_flag=True)
def show(endpoint_id: int, as_json: bool) -> None:
    """One endpoint."""
    with command_tools().database.read() as tx:
        _print_endpoint(_there(webhooks.load(tx, endpoint_id), endpoint_id), as_json=as_json)


@webhook.command()
@click.argument("endpoint_id", type=NUMBER, metavar="ID")
@click.option("--json", "as_json", is_flag=True)
def off(endpoint_id: int, as_json: bool) -> None:
    """Tell it nothing, until it is switched on again."""
    _switch(endpoint_id, on=False, as_json=as_json)


@webhook.command()
@click.argument("endpoint_id", type=NUMBER, metavar="ID")
@click.option("--json", "as_json", is_flag=True)
def on(endpoint_id: int, as_json: bool) -> None:
    """Tell it again, of what happens from now on; `replay` sends what it missed."""
    _switch(endpoint_id, on=True, as_json=as_json)


@webhook.command()
@click.argument("endpoint_id", type=NUMBER, metavar="ID")
@click.option("--json", "as_json", is_flag=True)
def rotate(endpoint_id: int, as_json: bool) -> None:
    """Print a new secret; for 24 hours deliveries carry the old one's signature, too."""
    with_ = command_tools()
    rotated = keep_endpoint.rotate_secret(endpoint_id, **_how(with_))
    _print_secret(_there(rotated, endpoint_id), as_json=as_json)


@webhook.command()
@click.argument("endpoint_id", type=NUMBER, metavar="ID")
def remove(endpoint_id: int) -> None:
    """Forget it. Its log is kept for 30 days, where nobody sees it."""
    with_ = command_tools()
    _there(keep_endpoint.remove_endpoint(endpoint_id, **_how(with_)), endpoint_id)
    click.echo(f"webhook {endpoint_id} is removed: it is told nothing any more")


@webhook.command()
@click.argument("endpoint_id", type=NUMBER, metavar="ID")
def test(endpoint_id: int) -> None:
    """Send it a `ping.test`: the scheduler does, within seconds."""
    with_ = command_tools()
    delivery_id = _there(keep_endpoint.try_endpoint(endpoint_id, **_how(with_)), endpoint_id)
    click.echo(f"delivery {delivery_id} waits; see threegate webhook deliveries {endpoint_id}")


@webhook.command()
@click.argument("endpoint_id", type=NUMBER, metavar="ID")
@click.option("--status", type=click.Choice(STATUSES), help="Only those.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def deliveries(endpoint_id: int, status: str | None, limit: int, as_json: bool) -> None:
    """What it was sent in the last 30 days and what it answered, newest first."""
    with command_tools().database.read() as tx:
        _there(webhooks.load(tx, endpoint_id), endpoint_id)
        wanted = STATUSES if status is None else (status,)
        found = webhooks_deliveries.listed(tx, endpoint_id, statuses=wanted, limit=limit)
    if as_json:
        print_json({"deliveries": [_delivery(each) for each in found]})
        return
    header = ("id", "type", "happened", "status", "tries", "tried", "next try", "code", "error")
    print_table(
        header,
        (
            (
                str(each.id),
                each.type,
                instant(each.at) or "",
                each.status,
                str(each.attempts),
                instant(each.tried_at) or "",
                instant(each.next_try_at) or "",
                "" if each.status_code is None else str(each.status_code),
                each.error,
            )
            for each in found
        ),
    )


@webhook.command("replay")
@click.option("--delivery", "delivery_id", type=NUMBER, metavar="ID", help="One delivery; `deliveries` has its ID.")
@click.option("--webhook", "endpoint_id", type=NUMBER, metavar="ID", help="With --since: all that happened since then.")
@click.option("--since", metavar="INSTANT", help="ISO 8601 with its offset, e.g. 2026-11-18T15:00:00Z.")
def replay_(delivery_id: int | None, endpoint_id: int | None, since: str | None) -> None:
    """Send again, under the same ids.

    \b
    threegate webhook replay --delivery 17
    threegate webhook replay --webhook 1 --since 2026-11-18T15:00:00Z
    """
    with_ = command_tools()
    if delivery_id is not None and endpoint_id is None and since is None:
        again = _there(replay.replay_delivery(delivery_id, **_how(with_)), delivery_id, what="delivery")
        click.echo(f"delivery {again.id} waits")
        return
    if delivery_id is not None or endpoint_id is None or since is None:
        refuse("give --delivery ID, or --webhook ID and --since INSTANT")
    found = _there(replay.replay_since(endpoint_id, _instant(since), **_how(with_)), endpoint_id)
    more = "" if found.complete else "; there are more: replay again with a later --since"
    click.echo(f"{found.count} events wait to be sent{more}")


def _how(with_: Tools) -> dict[str, Any]:
    return {"actor": operator(), "database": with_.database, "now": with_.clock.now()}


def _switch(endpoint_id: int, *, on: bool, as_json: bool) -> None:
    with_ = command_tools()
    changed = keep_endpoint.change_endpoint(endpoint_id, on=on, local=True, **_how(with_))
    _print_endpoint(_there(changed, endpoint_id), as_json=as_json)


def _there(found: Found | Refused | None, id_: int, *, what: str = "webhook") -> Found:
    if found is None:
        refuse(f"no {what} has the ID {id_}", code=1)
    if isinstance(found, Refused):
        refuse(str(found), code=1)
    return found


def _instant(text: str) -> datetime:
    try:
        return instants.parse(text)
    except ValueError as error:
        refuse(f"--since: {error}")


def _print_secret(made: WithSecret, *, as_json: bool) -> None:
    if as_json:
        print_json({**_shape(made.endpoint), "secret": made.secret})
        return
    click.echo(made.secret)
    click.echo(f"webhook {made.endpoint.id}; its secret is not shown again", err=True)


def _print_endpoint(endpoint: Endpoint, *, as_json: bool) -> None:
    if as_json:
        print_json(_shape(endpoint))
        return
    print_table(("", ""), ((name.replace("_", " "), _shown(value)) for name, value in _shape(endpoint).items()))


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(value) or "all"
    return "" if value is None else str(value)


def _shape(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "description": endpoint.description,
        "types": list(endpoint.types),
        "vendor": endpoint.vendor,
        "status": endpoint.status,
        "off_at": instant(endpoint.off_at),
        "off_because": endpoint.off_because,
        "failures": endpoint.failures,
        "failing_since": instant(endpoint.failing_since),
        "created_at": instant(endpoint.created_at),
        "created_by": endpoint.created_by,
    }


def _delivery(one: Delivery) -> dict[str, Any]:
    return {
        "id": one.id,
        "event_id": one.event_id,
        "type": one.type,
        "happened_at": instant(one.at),
        "status": one.status,
        "attempts": one.attempts,
        "tried_at": instant(one.tried_at),
        "next_try_at": instant(one.next_try_at),
        "status_code": one.status_code,
        "error": one.error,
        "answer": one.answer,
        "payload": one.payload,
    }
