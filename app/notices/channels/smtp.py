"""E-mail over SMTP: ``smtp://user:password@host:587`` (STARTTLS) or ``smtps://…:465``."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

TIMEOUT = 10.0  # seconds for each answer of the server
LOCAL = {"127.0.0.1", "localhost", "::1"}


class Smtp:
    """Sends plain-text mails with one neutral subject. Beyond this machine it insists on TLS."""

    subject = "工会服务消息 · Message from your union"

    def __init__(self, address: str, *, sender: str) -> None:
        parts = urlsplit(address)
        self._scheme, self._host = parts.scheme, parts.hostname or "localhost"
        self._port = parts.port or (465 if parts.scheme == "smtps" else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender

    def send(self, to: str, message: str, reference: str) -> None:
        """Hand one mail to the server. Raises ``OSError`` (``SMTPException``) where it is not accepted."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._sender, to, self.subject
        mail["Message-ID"] = f"<{reference}@{self._sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message)
        with self._connect() as server:
            server.send_message(mail)

    def _connect(self) -> smtplib.SMTP:
        if self._scheme == "smtps":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT)
            if self._host not in LOCAL:
                server.starttls(context=ssl.create_default_context())
        if self._user:
            server.login(self._user, self._password)
        return server
