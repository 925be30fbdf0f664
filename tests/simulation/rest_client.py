"""Twilio's own client, talking to the simulated REST half without a socket."""

from __future__ import annotations

from typing import Any

import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from app.simulator.rest import WsgiAdapter
from tests.simulation.scripted import ACCOUNT, TOKEN, Stage

HOME = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}"


def session(world: Stage) -> requests.Session:
    """Plain requests with the account's credentials."""
    plain = requests.Session()
    plain.trust_env = False
    plain.auth = (ACCOUNT, TOKEN)
    plain.mount("https://", WsgiAdapter(world.exchange.rest))
    return plain


def client(world: Stage) -> Any:
    """The real twilio-python, whose session reaches the simulated carrier."""
    http_client = TwilioHttpClient(timeout=10)
    http_client.session.mount("https://", WsgiAdapter(world.exchange.rest))
    return Client(ACCOUNT, TOKEN, http_client=http_client)
