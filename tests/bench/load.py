"""Closed-loop callers: each sends its next request when the last one is answered."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from threading import Barrier, Lock, Thread
from typing import TYPE_CHECKING, Any

from tests.bench.webhooks import Arrival

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

MUST_SAY = b"<Dial"


class NotMeasured(Exception):
    """Most calls were made no offer: this is not the path that was to be measured."""


@dataclass(frozen=True)
class Sample:
    """One round: its requests in a second, the seconds that each took, sorted, and how many were made no offer.

    `cpu` is this process's own CPU seconds a request: another's load does not change it much.
    """

    rate: float
    seconds: tuple[float, ...]
    turned_away: int
    cpu: float


def percentile(samples: Iterable[Sample], percent: int) -> float:
    """Milliseconds, the median over the rounds."""
    return 1_000 * median(s.seconds[min(len(s.seconds) - 1, len(s.seconds) * percent // 100)] for s in samples)


Caller = Callable[[Arrival], bytes]


def in_process(app: WSGIApplication, arrivals: Sequence[Arrival], threads: int) -> Sample:
    """No server and no socket: the application called as a WSGI server calls it."""
    return _round(lambda: _wsgi(app), arrivals, threads)


def over_loopback(port: int, arrivals: Sequence[Arrival], threads: int) -> Sample:
    """Connections that are kept, one a caller."""
    return _round(lambda: _connection(port), arrivals, threads)


def _round(make_caller: Callable[[], Caller], arrivals: Sequence[Arrival], threads: int) -> Sample:
    waiting, lock, start = iter(arrivals), Lock(), Barrier(threads + 1)
    seconds: list[float] = []
    failures: list[BaseException] = []
    turned_away: list[bytes] = []

    def work() -> None:
        mine: list[float] = []
        try:
            caller = make_caller()
            start.wait()
            while True:
                with lock:
                    arrival = next(waiting, None)
                if arrival is None:
                    break
                began = time.perf_counter()
                answer = caller(arrival)
                mine.append(time.perf_counter() - began)
                if MUST_SAY not in answer:
                    turned_away.append(answer)
        except BaseException as error:
            failures.append(error)
            start.abort()
        seconds.extend(mine)

    workers = [Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    start.wait()
    began, cpu = time.perf_counter(), time.process_time()
    for worker in workers:
        worker.join()
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    if failures:
        raise failures[0]
    if len(turned_away) > len(seconds) // 2:
        raise NotMeasured(turned_away[0].decode(errors="replace"))
    return Sample(len(seconds) / took, tuple(sorted(seconds)), len(turned_away), cpu / len(seconds))


def _wsgi(app: WSGIApplication) -> Caller:
    def started(_status: str, _headers: list[tuple[str, str]], *_: Any) -> Any: ...

    def call(arrival: Arrival) -> bytes:
        parts = app(arrival.environ(), started)
        answer = b"".join(parts)
        close = getattr(parts, "close", None)
        if close is not None:
            close()
        return answer

    return call


def _connection(port: int) -> Caller:
    line = socket.create_connection(("127.0.0.1", port), timeout=30)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(arrival: Arrival) -> bytes:
        line.sendall(arrival.on_the_wire())
        answer = b""
        while True:
            some = line.recv(65536)
            if not some:
                raise ConnectionError(f"closed after {answer!r}")
            answer += some
            head, found, body = answer.partition(b"\r\n\r\n")
            if found and len(body) >= _length(head):
                return answer

    return call


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError(f"no Content-Length in {head!r}")
