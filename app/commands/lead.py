"""`threegate lead …`."""

from __future__ import annotations

import click


@click.group()
def lead() -> None:
    """Leads in bulk."""
