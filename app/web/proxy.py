"""The proxy in front: only where TLS ends before this program are its headers believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Believe exactly one proxy when ``base_url`` is https (this program speaks plain HTTP); otherwise none."""
    if settings.base_url.startswith("https:"):
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
