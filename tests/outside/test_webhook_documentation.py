"""What docs/webhooks.md says about signatures is true: its code is run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from app.domain.webhook_types import FOR_VENDORS, PING, EventType
from app.storage.webhooks import new_secret
from app.timekeeping import SystemClock

DOCUMENT = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
BODY = b'{"type":"ping.test"}'


@pytest.fixture
def is_ours() -> Callable[..., bool]:
    (by_hand,) = [code for code in re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL) if "def is_ours" in code]
    names: dict[str, Any] = {}
    exec(by_hand, names)
    checked: Callable[..., bool] = names["is_ours"]
    return checked


def test_the_check_by_hand_takes_what_is_ours_and_nothing_else(is_ours: Callable[..., bool]) -> None:
    secret, other, now = new_secret(), new_secret(), SystemClock().now()
    signature = " ".join(Webhook(each).sign("evt_1", now, BODY.decode()) for each in (other, secret))
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }

    assert is_ours(secret, headers, BODY, now.timestamp())
    assert is_ours(other, headers, BODY, now.timestamp())
    assert not is_ours(new_secret(), headers, BODY, now.timestamp())
    assert not is_ours(secret, headers, BODY + b" ", now.timestamp())
    assert not is_ours(secret, {**headers, "webhook-id": "evt_2"}, BODY, now.timestamp())
    assert not is_ours(secret, headers, BODY, now.timestamp() + 301)


def test_every_type_is_in_the_table_in_its_order() -> None:
    rows = re.findall(r"^\| `([a-z]+\.[a-z]+)` \|", DOCUMENT, re.MULTILINE)

    assert rows == [*EventType, PING]
    assert len(FOR_VENDORS) == 9
