"""The kinds of notices: each room says who is told what when one of its kinds falls due.

``register("lecture.booked", resolve)`` in a room's ``init_app``; ``enqueue("lecture.booked", booking=booking.id.hex)``
in its services. ``resolve`` gets the payload, later and in a reading transaction of the job process, and answers with
the deliveries; an empty list means that nobody need be told. The words are in ``texts.toml``.
"""

from __future__ import annotations

import enum
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from app.notices import texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    Resolve = Callable[[dict[str, Any]], list["Delivery"]]


class Channel(enum.StrEnum):
    """The ways to reach a person."""

    IN_APP = "in_app"
    MAIL = "mail"
    PHONE = "phone"


@dataclass(frozen=True)
class Delivery:
    """One message to one person by one channel. ``to`` is an account id, an e-mail address or a number in E.164.

    Raises ``KeyError`` where ``texts.toml`` has no such text.
    """

    channel: Channel | str
    to: UUID | str
    text_key: str
    values: dict[str, Any] = field(default_factory=dict)
    language: str = "zh"

    def __post_init__(self) -> None:
        """Refuse what could never be sent."""
        Channel(self.channel)
        texts.known()[self.text_key]

    def as_payload(self) -> dict[str, Any]:
        """What its own outbox row holds."""
        return {"kind": DELIVER, **asdict(self), "channel": str(self.channel), "to": str(self.to)}


DELIVER = "deliver"
_kinds: dict[str, Resolve] = {}


def register(kind: str, resolve: Resolve) -> None:
    """Let ``resolve`` decide whom a notice of this kind goes to; a second registration replaces the first."""
    _kinds[kind] = resolve


def resolve(payload: dict[str, Any]) -> list[Delivery]:
    """The deliveries of a notice as it was enqueued. Raises ``KeyError`` for a kind that no room registered."""
    values = dict(payload)
    kind = values.pop("kind")
    return _kinds[kind](values)


def registered() -> frozenset[str]:
    """The kinds that somebody delivers."""
    return frozenset(_kinds)
