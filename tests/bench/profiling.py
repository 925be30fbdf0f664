"""Where the time of our webhook goes: cProfile over requests of one caller."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.bench.load import in_process
from tests.bench.webhooks import arrivals

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

REQUESTS = 800


def report(app: WSGIApplication, make_ready: Callable[[], None]) -> None:
    """Prints our own functions by the time spent in and below them, then every function by its own time."""
    in_process(app, arrivals(100), 1)
    make_ready()
    # The caller is a thread of its own; the profile is taken inside it.
    taken = cProfile.Profile()

    def profiled(environ, start_response):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        return taken.runcall(app, environ, start_response)

    sample = in_process(profiled, arrivals(REQUESTS), 1)
    print(f"{REQUESTS} requests, {1e6 / sample.rate:.0f} us each while profiled")
    stats = pstats.Stats(taken)
    stats.sort_stats("cumulative").print_stats("app/|twiml/", 60)
    stats.sort_stats("tottime").print_stats(40)
    stats.sort_stats("cumulative").print_callers("base.py.*(execute)")
