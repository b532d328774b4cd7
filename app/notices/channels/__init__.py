"""Channels: each sends one message to one person, behind the same small interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import urlsplit

from app.notices.channels.console import Console
from app.notices.channels.gateway import Gateway
from app.notices.channels.smtp import Smtp
from app.notices.kinds import Channel

if TYPE_CHECKING:
    from app.config import Settings


class Sender(Protocol):
    """Sends a message; raises whatever went wrong, and is then called again later with the same reference."""

    def send(self, to: str, message: str, reference: str) -> None:
        """Send; ``reference`` stays the same when the same message is sent again."""


class Senders(NamedTuple):
    """The senders of this installation."""

    mail: Sender
    phone: Sender

    def of(self, channel: Channel) -> Sender:
        """The sender of a channel that leaves the program."""
        return self.mail if channel is Channel.MAIL else self.phone


def senders(settings: Settings) -> Senders:
    """What the settings name: consoles, a mail server, a gateway."""
    return Senders(_mail(settings), _phone(settings.phone_codes))


def _mail(settings: Settings) -> Sender:
    if urlsplit(settings.mail).scheme in {"smtp", "smtps"}:
        return Smtp(settings.mail, sender=settings.mail_from)
    return Console("mail")


def _phone(address: str) -> Sender:
    if urlsplit(address).scheme in {"http", "https"}:
        return Gateway(address)
    return Console("phone")
