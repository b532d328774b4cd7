"""Opening a page as a browser does: its token, the cookies it sets, and everything it loads."""

from __future__ import annotations

import re
import urllib.request
from dataclasses import dataclass

TOKEN = re.compile(r'name="csrf[-_]token"[^>]*?(?:content|value)="([^"]+)"')


@dataclass(frozen=True)
class Page:
    """A page that was opened once: its CSRF token, and the cookies that belong to it."""

    token: str
    cookie: str


def open_page(port: int, path: str, cookie: str = "") -> Page:
    """Open a page that has a form. Raises ``RuntimeError`` where it shows no token."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Cookie": cookie} if cookie else {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read().decode()
        cookies = [header.split(";")[0] for header in answer.headers.get_all("Set-Cookie", [])]
    found = TOKEN.search(text)
    if not found:
        raise RuntimeError(f"{path} shows no token")
    return Page(found[1], "; ".join(cookies))
