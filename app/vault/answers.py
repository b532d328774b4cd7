"""What a person sees when the vault refuses: a sentence and an incident number; the erased never existed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from app.core.errors import NotFound
from app.vault.errors import Code, VaultError
from app.web.errors import incident, show_refusal

if TYPE_CHECKING:
    from flask import Flask, Response

log = logging.getLogger("xingfu.vault")


def init_app(app: Flask) -> None:
    """Answer the vault's refusals in this application."""
    app.register_error_handler(VaultError, show)


def note_damage(error: VaultError) -> None:
    """Write down a damaged value that a page shows as such, under this request's incident number.

    Raises the error again where it is none: an outage, or an erasure on purpose.
    """
    if not error.is_damage:
        raise error
    log.error("%s", error, extra={"incident": incident()})


def show(error: VaultError) -> Response:
    """A missing key, a wrong place or altered bytes are alarms; an erased record is a page that does not exist."""
    if error.code == Code.K005.name:
        return show_refusal(NotFound())
    log.error("%s", error, extra={"incident": incident()})
    return show_refusal(error)
