"""`threegate serve` and `threegate scheduler`: the two processes of the product."""

from __future__ import annotations

from typing import Any

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 64), help="Threads of each process.")
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
        }
    ).run()


def _server(options: dict[str, Any]) -> Any:
    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            from app.web import create_app

            return create_app()

    return Server()


@click.command()
def scheduler() -> None:
    """The scheduler process: everything that is due, once a second. A second one does no harm."""
    from app import scheduler as process
    from app.settings import Settings
    from app.wiring import tools

    settings = Settings()
    settings.check_server()
    process.run(tools(settings))
