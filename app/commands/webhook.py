"""`threegate webhook …`."""

from __future__ import annotations

import click


@click.group()
def webhook() -> None:
    """Webhooks out: who is told what, and what became of it."""
