"""app/carrier/addresses.py: rules and addresses are one and the same."""

from __future__ import annotations

import pytest
from flask import Flask, request

from app.carrier import addresses
from app.carrier.addresses import Addresses

CALL = "CA1111222233334444555566667777888a"
AT = Addresses("https://threegate.example/base/")
RULES_AND_ADDRESSES = {
    addresses.INCOMING: AT.incoming(),
    addresses.STATUS: AT.status(),
    addresses.FALLBACK: AT.fallback(),
    addresses.SMS_INCOMING: AT.sms_incoming(),
    addresses.SMS_STATUS: AT.sms_status(),
    addresses.ZIP: AT.zip(CALL, 2),
    addresses.AFTER: AT.after(CALL, 2),
    addresses.ACKNOWLEDGED: AT.acknowledged(CALL, 2),
    addresses.NUMBER: AT.number(CALL, 2),
    addresses.TIME: AT.time(CALL, 2),
    addresses.TIME_CONFIRMED: AT.time_confirmed(CALL, 2),
    addresses.HOLD: AT.hold(CALL, 2),
    addresses.MENU: AT.menu(CALL),
    addresses.REDIRECTED: AT.redirected(CALL, 2),
    addresses.SCREEN: AT.screen(CALL, 2),
    addresses.KEY: AT.key(CALL, 2),
    addresses.CONCLUDED: AT.concluded(CALL, 2),
    addresses.PROGRESS: AT.progress(CALL, 2),
    addresses.RECORDED: AT.recorded(CALL, 2),
    addresses.CALLBACK_SCREEN: AT.callback_screen(7),
    addresses.CALLBACK_KEY: AT.callback_key(7),
    addresses.CALLBACK_ANSWERED: AT.callback_answered(7),
    addresses.CALLBACK_CONCLUDED: AT.callback_concluded(7),
    addresses.CALLBACK_SERVED: AT.callback_served(7),
    addresses.CALLBACK_PROGRESS: AT.callback_progress(7),
    addresses.CALLBACK_STATUS: AT.callback_status(7),
    addresses.NOTICE: AT.notice(7),
    addresses.NOTICE_KEY: AT.notice_key(7),
    addresses.NOTICE_STATUS: AT.notice_status(7),
}


@pytest.mark.parametrize(("rule", "address"), RULES_AND_ADDRESSES.items())
def test_every_address_leads_to_its_own_door(rule: str, address: str) -> None:
    app = Flask(__name__)
    for known in RULES_AND_ADDRESSES:
        app.add_url_rule(known, endpoint=known, view_func=lambda **_: str(request.url_rule), methods=["POST"])

    path = address.removeprefix("https://threegate.example/base").partition("#")[0]

    assert app.test_client().post(path).text == rule


def test_every_rule_of_the_module_is_tested_here() -> None:
    rules = {
        value
        for name, value in vars(addresses).items()
        if name.isupper() and isinstance(value, str) and value.startswith("/")
    }

    assert rules == RULES_AND_ADDRESSES.keys()


def test_reports_are_retried_after_timeouts_and_errors_of_ours() -> None:
    for address in (
        AT.status(),
        AT.sms_status(),
        AT.progress(CALL, 1),
        AT.recorded(CALL, 1),
        AT.callback_progress(7),
        AT.callback_status(7),
        AT.notice_status(7),
    ):
        assert address.endswith("#rp=ct,rt,5xx&rc=2")


def test_documents_are_not_asked_for_twice_because_the_caller_waits() -> None:
    for address in (
        AT.incoming(),
        AT.screen(CALL, 1),
        AT.key(CALL, 1),
        AT.concluded(CALL, 1),
        AT.zip(CALL, 1),
        AT.acknowledged(CALL, 1),
        AT.number(CALL, 1),
        AT.time(CALL, 1),
        AT.time_confirmed(CALL, 1),
        AT.hold(CALL, 1),
        AT.callback_screen(7),
        AT.callback_key(7),
        AT.callback_answered(7),
        AT.callback_concluded(7),
        AT.callback_served(7),
        AT.notice(7),
        AT.notice_key(7),
    ):
        assert "#" not in address


def test_the_doors_where_an_error_must_hang_up_are_named() -> None:
    assert {
        addresses.SCREEN,
        addresses.KEY,
        # A callback is placed to the producer: every document of it is theirs, what follows the talk too.
        addresses.CALLBACK_SCREEN,
        addresses.CALLBACK_KEY,
        # But for the one that the person's own leg asks, where a document that ends bridges as well.
        addresses.CALLBACK_ANSWERED,
        addresses.CALLBACK_CONCLUDED,
        addresses.CALLBACK_SERVED,
    } == addresses.PRODUCER_LEG
