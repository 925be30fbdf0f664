"""`threegate serve` and `threegate scheduler`: the two processes of the product."""

from __future__ import annotations

from typing import Any

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Threads of each process.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """The web process: webhooks, API and pages (gunicorn)."""
    from app.settings import Settings

    settings = Settings()
    settings.check_server()
    settings.clock()
    _server(
        {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "threads": threads,
            "worker_class": "gthread",
            # Twilio waits 15 s for a document; whatever takes longer has no reader left.
            "timeout": 30,
            "graceful_timeout": 20,
            "keepalive": 95,
            # Each worker makes its own app: connections to a database must not cross a fork.
            "preload_app": False,
            "control_socket_disable": True,
        },
        # The other half is the carrier's, whatever pages are asked for (HOUSE.md).
        pages_at_once=max(1, threads // 2),
    ).run()


def _server(options: dict[str, Any], *, pages_at_once: int) -> Any:
    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            from app.web import create_app

            return create_app(pages_at_once=pages_at_once)

    return Server()


@click.command()
def scheduler() -> None:
    """The scheduler process: everything that is due, once a second. A second one does no harm."""
    from app import scheduler as process
    from app.commands.drill_requested import DrillsInChildren
    from app.settings import Settings, process_environment
    from app.wiring import tools
    from app.workflows.authority.keep_anchors import Anchoring
    from app.workflows.do_requested import HANDLERS
    from app.workflows.licenses.ask_drill import KIND
    from app.workflows.packet.requested import KIND as PACKET
    from app.workflows.packet.requested import packets

    settings = Settings()
    settings.check_server()
    drills = DrillsInChildren(process_environment())
    evidence = packets(Anchoring(settings.public_base_url, settings.anchor_key, settings.anchor_dir))
    try:
        process.run(tools(settings), {**HANDLERS, KIND: drills, PACKET: evidence})
    finally:
        drills.stop()
