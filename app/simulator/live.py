"""The same world in running time: events on a shifted clock, webhooks over sockets, the REST half served to others."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import TYPE_CHECKING

from werkzeug.serving import make_server

from app.simulator.exchange import Exchange
from app.simulator.rest import Silence

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)
LONGEST_NAP_SECONDS = 0.5
"""Real seconds; how soon `stop` is noticed."""


def run_live(exchange: Exchange, stop: threading.Event, *, webhooks_at_once: int = 32) -> None:
    """Drive `exchange` on its running clock until `stop`; webhooks go out from a pool, so a slow one holds up
    no other.

    An event that fails is logged, and the world goes on.
    """
    if not exchange.clock.speed:
        raise TypeError("run_live needs a clock that runs; a ManualClock is moved by Exchange.run")
    with ThreadPoolExecutor(webhooks_at_once, thread_name_prefix="carrier") as pool:
        exchange.errands = pool.submit
        try:
            while not stop.is_set():
                if _is_due(exchange):
                    try:
                        exchange.do_next_event()
                    except Exception:
                        log.exception("the simulated carrier stumbled")
        finally:
            exchange.errands = None


def _is_due(exchange: Exchange) -> bool:
    """Whether the next event is due; sleeps towards it where it is not, woken by anything newly planned."""
    with exchange.changed:
        when = exchange.next_event_at()
        if when is not None and when <= exchange.now:
            return True
        nap = LONGEST_NAP_SECONDS
        if when is not None:
            nap = min(nap, (when - exchange.now).total_seconds() / exchange.clock.speed)
        exchange.changed.wait(max(nap, 0.001))
        return False


def serve_rest(
    exchange: Exchange,
    port: int = 0,
    *,
    stall_seconds: float = 20,
    beside: Mapping[str, WSGIApplication] = MappingProxyType({}),
) -> tuple[str, Callable[[], None]]:
    """Serve the REST half on loopback; its address, and what stops it. Port 0 takes a free one.

    A request that a fault leaves unanswered hangs for `stall_seconds`, then gets a 504. `beside`: what else answers
    there, by its path.
    """
    stopping = threading.Event()

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if (other := beside.get(environ["PATH_INFO"])) is not None:
            return other(environ, start_response)
        try:
            return exchange.rest(environ, start_response)
        except Silence:
            stopping.wait(stall_seconds)
            start_response("504 Gateway Timeout", [("Content-Type", "text/plain")])
            return [b"no answer"]

    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="carrier-rest", daemon=True)
    thread.start()

    def stop() -> None:
        stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()

    return f"http://127.0.0.1:{server.server_port}", stop
