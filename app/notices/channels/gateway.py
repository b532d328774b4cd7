"""An SMS gateway: one JSON object posted over HTTPS."""

from __future__ import annotations

import json
from base64 import b64encode
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

TIMEOUT = 10.0  # seconds for a gateway to answer


class _NoRedirects(HTTPRedirectHandler):
    """A gateway that points elsewhere is not trusted with a phone number."""

    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        """Follow nothing: the answer then counts as a failure."""


class Gateway:
    """Posts ``{"to", "text", "reference"}`` to one address; user and password in it become Basic authentication.

    ``reference`` also goes as ``Idempotency-Key``, so that a gateway can drop a message it already has.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._headers = {"Content-Type": "application/json; charset=utf-8"}
        if parts.username:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
        self._address = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        self._opener = build_opener(_NoRedirects)

    def send(self, to: str, message: str, reference: str) -> None:
        """Post one message. Raises ``OSError`` where the gateway does not answer with 2xx in time."""
        body = json.dumps({"to": to, "text": message, "reference": reference}, ensure_ascii=False).encode()
        headers = {**self._headers, "Idempotency-Key": reference}
        request = Request(self._address, data=body, headers=headers, method="POST")  # noqa: S310 - the address is a setting
        with self._opener.open(request, timeout=TIMEOUT):
            pass
