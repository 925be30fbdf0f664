"""`threegate export …`."""

from __future__ import annotations

import click


@click.group()
def export() -> None:
    """Everything out, as CSV or JSON lines."""
