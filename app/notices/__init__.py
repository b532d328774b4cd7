"""Notices to people: an outbox written with the act, and channels that deliver it.

``services.enqueue`` promises, ``kinds.register`` says whom a kind goes to, ``delivery.deliver_due`` delivers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.notices import delivery, kinds
from app.notices.channels import senders
from app.notices.views import own

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Open this room in the application."""
    app.extensions[delivery.EXTENSION] = senders(settings)
    kinds.register("phone.code", _phone_code)
    own.init_app(app)


def _phone_code(payload: dict[str, Any]) -> list[kinds.Delivery]:
    """A code goes to the phone that asked for it, whoever holds it."""
    values = {"code": payload["code"]}
    return [kinds.Delivery(kinds.Channel.PHONE, payload["phone"], "phone.code", values, payload.get("language", "zh"))]
