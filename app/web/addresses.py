"""Addresses that a form or a link hands us: only pages of this site are safe to go to."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_PLAIN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def safe_next(address: str | None, default: str = "/") -> str:
    """``address`` when it is a path of this site, else ``default``: never another site."""
    if not address or not _PLAIN_PATH.fullmatch(address):
        return default
    parts = urlsplit(address)
    return default if parts.scheme or parts.netloc else address
