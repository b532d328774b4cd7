"""What every page shares: guards, headers, errors, fields, charts, languages.

Where to look: ``access`` guards a view, ``forms`` and ``fields`` make a form, ``rendering.render`` answers with a page,
``navigation.register`` puts a room into the menus, ``health.register`` adds a check to ``/readyz``, ``charts`` draws,
``languages`` formats moments and days. The macros are in ``templates/components``; each file opens with its list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.web import (
    assets,
    catalogues,
    compression,
    context,
    errors,
    forgery,
    headers,
    health,
    languages,
    limits,
    logs,
    malformed,
    pages,
    proxy,
)

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Open this room in the application."""
    for unchanging in (malformed, compression, languages, errors, health, pages):
        unchanging.init_app(app)
    for part in (forgery, limits, headers, logs, context, assets, catalogues, proxy):
        part.init_app(app, settings)
