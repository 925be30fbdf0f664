"""The pass with which a browser registers as a softphone. Made here, without asking the carrier."""

from __future__ import annotations

from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant


def softphone_token(account_sid: str, key_sid: str, key_secret: str, *, identity: str, seconds: int) -> str:
    """A pass for `identity`, good for `seconds` of real time, to be rung and nothing else.

    It names no TwiML application, so no browser can call out with it. Source: Twilio, Access Tokens.
    """
    token = AccessToken(account_sid, key_sid, key_secret, identity=identity, ttl=seconds)
    token.add_grant(VoiceGrant(incoming_allow=True))
    return str(token.to_jwt())
