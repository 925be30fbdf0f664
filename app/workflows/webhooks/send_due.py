"""Deliveries that are due are sent: a thread for each endpoint, so that no receiver waits for another's.

At least once: what is sent and not written down is sent again, under the same id. Claimed in the database, so two
schedulers are harmless; no transaction is open while anything is sent.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic

from app.domain.webhook_retries import next_try
from app.outside.vendor_hooks import Answer, VendorHooks
from app.storage import ledger, webhooks, webhooks_deliveries
from app.storage.database import Collision, Database, OutOfReach
from app.storage.webhooks import SCHEDULER, Endpoint
from app.storage.webhooks_deliveries import Claimed

log = logging.getLogger(__name__)

BATCH_SECONDS = 15.0
"""Real seconds after which the rest of what was claimed together is put back: the lease must outlast a slow receiver."""

Roll = Callable[[], float]


def send_due(
    *, database: Database, sender: VendorHooks, now: Callable[[], datetime], roll: Roll = random.random
) -> int:
    """Send all that is due, and wait until it is done. Returns how many tries were made."""
    lanes = Lanes(database=database, sender=sender, now=now, roll=roll)
    lanes.start_due()
    return lanes.wait()


class Lanes:
    """One thread for each endpoint that has something due; the rest of the process waits for none of them."""

    def __init__(
        self, *, database: Database, sender: VendorHooks, now: Callable[[], datetime], roll: Roll = random.random
    ) -> None:
        self._database, self._sender, self._now, self._roll = database, sender, now, roll
        self._at_work: dict[int, threading.Thread] = {}
        self._tries = 0
        self._lock = threading.Lock()

    def start_due(self) -> None:
        """Begin with every endpoint that has something due and nobody at it."""
        with self._database.read() as tx:
            due = webhooks_deliveries.endpoints_due(tx, self._now())
        with self._lock:
            for endpoint_id in due:
                if endpoint_id not in self._at_work:
                    # Daemons: a receiver that takes its time does not keep the process from ending.
                    thread = threading.Thread(
                        target=self._work, args=(endpoint_id,), name=f"webhooks of {endpoint_id}", daemon=True
                    )
                    self._at_work[endpoint_id] = thread
                    thread.start()

    def wait(self) -> int:
        """Until every thread is through. Returns how many tries were made so far."""
        with self._lock:
            threads = list(self._at_work.values())
        for thread in threads:
            thread.join()
        return self._tries

    def _work(self, endpoint_id: int) -> None:
        try:
            while tries := _send_some(endpoint_id, self._database, self._sender, self._now, self._roll):
                with self._lock:
                    self._tries += tries
        except (*OutOfReach, Collision):
            log.warning("webhooks of endpoint %s wait: the database is out of reach", endpoint_id)
        except Exception:
            log.exception("webhooks of endpoint %s failed; they are due again", endpoint_id)
        finally:
            with self._lock:
                del self._at_work[endpoint_id]


def _send_some(
    endpoint_id: int, database: Database, sender: VendorHooks, now: Callable[[], datetime], roll: Roll
) -> int:
    """Claim, send, settle. Returns how many were tried; 0 where nothing was due."""
    with database.begin() as tx:
        at = now()
        endpoint = webhooks.load(tx, endpoint_id)
        claimed = webhooks_deliveries.claim(tx, endpoint_id, at) if endpoint else []
    if endpoint is None or not claimed:
        return 0
    answers, began = list[Answer](), monotonic()
    for each in claimed:
        if answers and (monotonic() - began > BATCH_SECONDS or answers[-1].gone):
            break
        answers.append(
            sender.post(endpoint.url, event_id=each.event_id, payload=each.payload, secrets=endpoint.secrets_at(at))
        )
    _settle(endpoint, claimed, answers, database=database, now=now(), roll=roll)
    return len(answers)


def _settle(
    endpoint: Endpoint,
    claimed: Sequence[Claimed],
    answers: Sequence[Answer],
    *,
    database: Database,
    now: datetime,
    roll: Roll,
) -> None:
    """All of it in one transaction: what was taken, what was not, and what that says of the endpoint."""
    with database.begin() as tx:
        failures = 0
        for each, answer in zip(claimed, answers, strict=False):
            if answer.taken:
                assert answer.code is not None
                failures = 0
                webhooks_deliveries.sent(tx, each, now, code=answer.code, answer=answer.text)
                continue
            failures += 1
            webhooks_deliveries.failed(
                tx,
                each,
                now,
                code=answer.code,
                error=answer.error,
                answer=answer.text,
                next_try_at=None if answer.gone else next_try(each.attempts, now, roll()),
            )
        for each in claimed[len(answers) :]:
            webhooks_deliveries.put_back(tx, each)
        if any(answer.taken for answer in answers):
            webhooks.succeeded(tx, endpoint.id)
        dead = webhooks.failed(tx, endpoint.id, failures, now) if failures else False
        why = _why_off(answers, dead)
        if why and webhooks.switch_off(tx, endpoint.id, by=SCHEDULER, because=why, now=now):
            facts = {"endpoint": endpoint.id, "why": why}
            ledger.write(tx, kind="webhook_off", now=now, actor=SCHEDULER, facts=facts)


def _why_off(answers: Sequence[Answer], dead: bool) -> str:
    if any(answer.gone for answer in answers):
        return "the receiver answered 410: it wants to hear nothing any more"
    return "for five days every delivery failed" if dead else ""
