"""`threegate person …`."""

from __future__ import annotations

import click


@click.group()
def person() -> None:
    """One person's data: all of it, or gone."""
