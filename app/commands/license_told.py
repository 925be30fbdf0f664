"""How the license desk's commands tell what goes with a license, and who was suspended."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NoReturn

import click

from app.commands.output import instant, print_table, refuse
from app.domain.lines import Line
from app.storage.ledger import Entry
from app.workflows.licenses.change_license import Objection, Refused, Suspended
from app.workflows.licenses.impact import COUNTED, GoingLine, Gone, Impact

NAMED = 20
"""So many of those who are left are named for one state and line."""


def refused(found: Refused) -> NoReturn:
    refuse(found.why, code=2 if found.objection is Objection.WRONG else 1)


def tell_gone(gone: Gone) -> None:
    if not gone.lines:
        click.echo("No authority goes.")
        return
    size = f"{_number(len(gone.lines), 'line')} in {_number(len(gone.states), 'state')}"
    click.echo(f"Authority that goes: {size}: {', '.join(gone.states)}")
    header = ("state", "loa", "license", "expires_on", "rests", "open", "left", "who")
    print_table(header, (_line_row(each) for each in gone.lines))
    for state, lines in gone.dark.items():
        click.echo(f"Dark: {state} for {', '.join(lines)}: open, and nobody else could take a call")
    click.echo(f"Promised calls that nobody else could keep: {len(gone.callbacks)}")
    for each in gone.callbacks:
        click.echo(
            f"  lead {each.lead_id}, callback {each.callback_id}, {'|'.join(each.states)}, due {instant(each.due_at)}, "
            f"promised by {instant(each.promised_by)}"
        )


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _line_row(each: GoingLine) -> tuple[str, ...]:
    held = each.going.license
    named = [producer.npn for producer in each.left[:NAMED]]
    return (
        *(held.state, str(held.line), held.license_number, str(held.expires_on or "")),
        *("itself" if each.going.itself else "on it", "open" if each.is_open else "", _counted(each)),
        " ".join([*named, *(["…"] if len(each.left) > NAMED else [])]),
    )


def _counted(each: GoingLine) -> str:
    return f"{COUNTED} or more" if len(each.left) == COUNTED else str(len(each.left))


def impact_object(found: Impact) -> dict[str, Any]:
    share = found.share
    return {
        "npn": found.producer.npn,
        "name": found.producer.name,
        "resident_state": found.producer.resident_state,
        "without": list(found.without),
        "at": instant(found.at),
        **gone_object(found.gone),
        "last_30_days": {
            "arrived": share.arrived,
            "arrived_there": share.arrived_there,
            "bridged": share.bridged,
            "bridged_there": share.bridged_there,
            "bridged_there_to_them": share.bridged_by_them,
        },
    }


def gone_object(gone: Gone) -> dict[str, Any]:
    return {
        "states": list(gone.states),
        "lines": [
            {
                "state": each.going.license.state,
                "loa": str(each.going.license.line),
                "license_number": each.going.license.license_number,
                "expires_on": each.going.license.expires_on.isoformat() if each.going.license.expires_on else None,
                "itself": each.going.itself,
                "open": each.is_open,
                "left": len(each.left),
                "left_npns": [producer.npn for producer in each.left[:NAMED]],
                "dark": each.is_dark,
            }
            for each in gone.lines
        ],
        "dark_states": list(gone.dark),
        "callbacks": [
            {
                "callback_id": each.callback_id,
                "lead_id": each.lead_id,
                "states": list(each.states),
                "due_at": instant(each.due_at),
                "promised_by": instant(each.promised_by),
            }
            for each in gone.callbacks
        ],
    }


def suspended_object(found: Suspended) -> dict[str, Any]:
    return {
        "npn": found.npn,
        "name": found.name,
        "state": found.state,
        "suspended": [str(line) for line in found.lines],
        "version": found.version,
        "ledger_id": found.entry_id,
        **gone_object(found.gone),
        "exposed": [
            {
                "call_sid": each.call_sid,
                "at": instant(each.at),
                "states": list(each.states),
                "decision_id": each.decision_id,
                "why": each.why,
            }
            for each in found.exposed
        ],
    }


def lapse_object(entry: Entry, back: set[tuple[str, str, Line]]) -> dict[str, Any]:
    facts = entry.facts
    home = {str(line) for npn, state, line in back if (npn, state) == (facts["npn"], facts["state"])}
    ended_at = datetime.fromisoformat(facts["ended_at"])
    return {
        "ledger_id": entry.entry_id,
        "noted_at": instant(entry.at),
        "ended_at": instant(ended_at),
        "npn": facts["npn"],
        "name": facts["name"],
        "state": facts["state"],
        "lines": facts["lines"],
        "how": facts["how"],
        "states": sorted({state for state, _ in facts["going"]}),
        "going": [{"state": state, "loa": line} for state, line in facts["going"]],
        "callbacks": facts["callbacks"],
        "stands": "back in force" if home.issuperset(facts["lines"]) else "lapsed",
    }
