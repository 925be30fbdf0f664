"""`threegate packet …`."""

from __future__ import annotations

import click


@click.command()
def packet() -> None:
    """The evidence of a state, a producer or a call, as a ZIP file."""
