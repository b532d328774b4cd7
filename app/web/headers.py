"""Security headers of every answer, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask, Response

    from app.config import Settings

# ``data:`` images are the ticks and arrows inside Bootstrap's style sheet; nothing else uses them.
CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in CONTENT_SECURITY_POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
HSTS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def init_app(app: Flask, settings: Settings) -> None:
    """Send the headers with every answer of this application."""
    secure = settings.base_url.startswith("https:")
    app.after_request(_sender(HEADERS | (HSTS if secure else {})))


def _sender(headers: dict[str, str]) -> Callable[[Response], Response]:
    def send(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.update(headers)
        return response

    return send
