"""Joins settings, database, carrier and clock into Tools. Imported by doors only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.carrier import Carrier
from app.outside.mail import Mail, NullMail, SmtpMail
from app.outside.notices import Notices, NullNotices
from app.settings import Settings
from app.storage.database import Database
from app.timekeeping import Clock
from twiml import phrases


@dataclass(frozen=True)
class Tools:
    """What a door hands to a workflow."""

    settings: Settings
    database: Database
    carrier: Carrier
    clock: Clock
    wording: Callable[[str, str, Mapping[str, str]], str] = phrases.say
    notices: Notices = field(default_factory=NullNotices)
    mail: Mail = field(default_factory=NullMail)


def tools(settings: Settings | None = None) -> Tools:
    """The tools of this process, by its settings. Raises Misconfigured and pydantic's ValidationError."""
    settings = settings or Settings()
    return Tools(
        settings=settings,
        database=Database(settings.database_url, synchronous=settings.sqlite_synchronous),
        carrier=_carrier(settings),
        clock=settings.clock(),
        notices=_notices(settings),
        mail=SmtpMail(settings.mail_url) if settings.mail_url else NullMail(),
    )


def _notices(settings: Settings) -> Notices:
    if not settings.notify_urls:
        return NullNotices()
    from app.outside.notices import AppriseNotices

    return AppriseNotices(settings.notify_urls, tells_opened=settings.notify_opened)


def _carrier(settings: Settings) -> Carrier:
    from app.carrier import NullCarrier

    if not settings.twilio_account_sid or not settings.twilio_auth_token:
        return NullCarrier()
    from app.carrier.twilio import TwilioCarrier

    return TwilioCarrier(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token,
        base_url=settings.twilio_api_base_url,
    )
