"""What vendors do before a call."""

from __future__ import annotations

from tests.conversations.people import OHIO_CALLER
from tests.product import Stage


def posted(stage: Stage, **more: str) -> int:
    """A vendor posts the lead of OHIO_CALLER; its id."""
    body = {
        "campaign": "+18005550199",
        "phone": OHIO_CALLER,
        "first_name": "Joan",
        "last_name": "Tester",
        "state": "OH",
        "zip": "43215",
        **more,
    }
    answer = stage.app.test_client().post("/api/v1/leads", json=body, headers={"Authorization": f"Bearer {stage.key}"})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return int(answer.get_json()["lead_id"])
