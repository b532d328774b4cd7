"""What was typed and not stored: kept sealed for whoever typed it, and given back to nobody else.

For other rooms: ``services.name_owner("case_id", lookup)`` says under whose key a text about a record is sealed;
``services.offered(account_id)`` what a person gets back after signing in. A view needs nothing: ``render`` fills the
forms of a page, a post that is refused is kept by the error pages, one that leads on is forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.unsent.keeping import FormKeeper
from app.unsent.views import own
from app.web import typed

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001
    """Open this room in the application."""
    typed.keep_with(app, FormKeeper())
    app.register_blueprint(own.blueprint)
