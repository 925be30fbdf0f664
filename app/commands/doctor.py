"""`threegate doctor`: what is misconfigured, and the mend."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from app.commands.output import command_tools, print_json
from app.settings import Settings
from app.workflows.admin.examine import Finding, examine, examine_settings


@click.command()
@click.option("--json", "as_json", is_flag=True)
@click.option("--twiml-bin", is_flag=True, help="Print a fallback document to keep at the carrier, and nothing else.")
def doctor(as_json: bool, twiml_bin: bool) -> None:
    """Look at settings, database, clock, numbers and states. Exit 1 where something needs mending."""
    if twiml_bin:
        _print_twiml_bin()
        return
    findings = list(_findings())
    well = not any(finding.mend for finding in findings)
    if as_json:
        print_json({"ok": well, "findings": [vars(finding) | {"ok": not finding.mend} for finding in findings]})
    else:
        for finding in findings:
            click.echo(
                f"{'MEND' if finding.mend else 'note' if finding.hint else 'ok  '} {finding.what}: {finding.told}"
            )
            if finding.mend or finding.hint:
                click.echo(f"     {finding.mend or finding.hint}")
    sys.exit(0 if well else 1)


def _print_twiml_bin() -> None:
    """A document that needs no server of ours; every leg that it could reach ends with it."""
    from app.carrier.rendering import caller_fallback

    click.echo(caller_fallback(written_down=False))
    click.echo(
        'Paste this into a TwiML Bin and set its address as a number\'s "primary handler fails" while none of our own '
        "machines can answer /voice/fallback: it apologizes and asks to call again. Nothing writes these calls down.",
        err=True,
    )


def _findings() -> Iterator[Finding]:
    yield from examine_settings(Settings())
    with_ = command_tools()
    yield from examine(with_.database, with_.clock)
