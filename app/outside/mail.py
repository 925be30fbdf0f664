"""Mail to the people who sign in: an invitation, a way back in. Never to a caller."""

from __future__ import annotations

import logging
import smtplib
import ssl
import threading
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 15


class Mail(Protocol):
    """Sends, or says in the log that it could not; who asked for it waits for neither."""

    @property
    def is_set(self) -> bool: ...

    def send(self, to: str, subject: str, body: str) -> None: ...


class NullMail:
    """No mail is set."""

    is_set = False

    def send(self, to: str, subject: str, body: str) -> None:
        log.warning("no mail was sent (%s): THREEGATE_MAIL_URL is not set", subject)


class SmtpMail:
    """By `smtp://USER:PASSWORD@HOST:PORT?from=ADDRESS` (STARTTLS where the server offers it), or `smtps://…`."""

    is_set = True

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._is_tls = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if self._is_tls else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = parse_qs(parts.query)["from"][0]

    def send(self, to: str, subject: str, body: str) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, to, subject
        message.set_content(body)
        # In a thread of its own: how long an answer takes must not tell who has an account.
        threading.Thread(target=self._send, args=[message], name="mail").start()

    def _send(self, message: EmailMessage) -> None:
        try:
            with self._connected() as server:
                if self._user:
                    server.login(self._user, self._password)
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            log.error("mail was not sent (%s): %s", message["Subject"], error)

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._is_tls:
            return smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_SECONDS, context=context)
        server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
        elif self._user:
            server.close()
            raise smtplib.SMTPException("the server offers no STARTTLS: a password is not sent in the clear")
        return server
