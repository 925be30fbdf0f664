"""Who is told of what, by command."""

from __future__ import annotations

from tests.commands.conftest import Threegate

URL = "https://crm.example.com/hooks"


def test_an_endpoint_is_added_and_its_secret_printed_once(threegate: Threegate) -> None:
    made = threegate.json("webhook", "add", URL, "--type", "lead.connected", "--type", "lead.missed")

    assert made["secret"].startswith("whsec_")
    assert (made["id"], made["types"], made["status"]) == (1, ["lead.connected", "lead.missed"], "on")
    for command in (("list",), ("show", "1"), ("list", "--json"), ("show", "1", "--json")):
        assert made["secret"] not in threegate("webhook", *command).stdout
    (listed,) = threegate.json("webhook", "list")["webhooks"]
    assert listed["deliveries"] == {"waiting": 0, "sent": 0, "failed": 0, "given_up": 0}
    assert listed["created_by"].startswith("command:")


def test_the_secret_alone_is_on_standard_output(threegate: Threegate) -> None:
    assert threegate("webhook", "add", URL).stdout.startswith("whsec_")


def test_what_cannot_be_is_refused_in_one_line(threegate: Threegate) -> None:
    threegate("webhook", "add", "http://10.0.0.1/", code=2)
    threegate("webhook", "add", URL, "--type", "lead.sold", code=2)
    threegate("webhook", "add", URL, "--vendor", "nobody", code=2)
    threegate("webhook", "show", "9", code=1)
    threegate("webhook", "off", "9", code=1)
    threegate("webhook", "replay", "--delivery", "9", code=1)
    threegate("webhook", "replay", "--webhook", "1", code=2)
    threegate("webhook", "replay", "--webhook", "1", "--since", "yesterday", code=2)


def test_in_production_this_machine_cannot_be_told(threegate: Threegate) -> None:
    threegate("webhook", "add", "http://127.0.0.1:8090/hooks")
    threegate.environment |= {"THREEGATE_ENV": "production", "THREEGATE_CLOCK": ""}

    refusal = threegate("webhook", "add", "http://127.0.0.1:8090/hooks", code=2)

    assert "https://" in refusal.stderr


def test_it_is_switched_off_and_on_tried_and_replayed(threegate: Threegate) -> None:
    threegate("webhook", "add", URL)

    assert threegate.json("webhook", "off", "1")["off_because"] == "switched off by a person"
    threegate("webhook", "test", "1", code=1)
    assert threegate.json("webhook", "on", "1")["status"] == "on"
    assert "delivery 1 waits" in threegate("webhook", "test", "1").stdout
    (waiting,) = threegate.json("webhook", "deliveries", "1", "--status", "waiting")["deliveries"]
    assert (waiting["type"], waiting["attempts"], waiting["tried_at"]) == ("ping.test", 0, None)
    assert "delivery 1 waits" in threegate("webhook", "replay", "--delivery", "1").stdout
    assert "0 events wait" in threegate("webhook", "replay", "--webhook", "1", "--since", "2026-11-18T15:00:00Z").stdout


def test_a_secret_is_replaced_and_an_endpoint_removed(threegate: Threegate) -> None:
    old = threegate.json("webhook", "add", URL)["secret"]

    assert threegate.json("webhook", "rotate", "1")["secret"] != old
    threegate("webhook", "remove", "1")
    assert threegate.json("webhook", "list") == {"webhooks": []}
