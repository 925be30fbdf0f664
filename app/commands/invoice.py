"""`threegate invoice …`."""

from __future__ import annotations

import click


@click.group()
def invoice() -> None:
    """Vendors' invoices against our own record."""
