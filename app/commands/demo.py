"""`threegate demo`: the whole product with a simulated carrier, no account and no server."""

from __future__ import annotations

import sys

import click


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--once", is_flag=True, help="A scripted tour in the terminal, under a minute.")
@click.option("--speed", type=click.FloatRange(min=0, min_open=True), help="How many times as fast as real time.")
@click.option("--seed", default=0, show_default=True, help="Other callers.")
def demo(port: int, once: bool, speed: float | None, seed: int) -> None:
    """Everything at once: simulated callers, producers and carrier, on a database of its own."""
    from app.commands.demo_morning import play_morning
    from app.settings import process_environment
    from app.simulator.demo import run

    sys.exit(run(port=port, once=once, speed=speed, environment=process_environment(), play=play_morning, seed=seed))
