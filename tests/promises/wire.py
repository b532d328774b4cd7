"""The line between the program and PostgreSQL: a TCP proxy that hangs when told to, accepting and never answering."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import replace
from threading import Event, Thread
from typing import TYPE_CHECKING

from sqlalchemy import make_url

if TYPE_CHECKING:
    from app.config import Settings


class Wire:
    """Carries bytes both ways; use it as a context manager."""

    def __init__(self, settings: Settings) -> None:
        url = make_url(settings.database_url)
        self._server = f"{url.query['host']}/.s.PGSQL.{url.port or 5432}"
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._flows = Event()
        self._flows.set()
        self.port = int(self._listener.getsockname()[1])
        self.settings = replace(settings, database_url=self._through(settings.database_url))

    def _through(self, address: str) -> str:
        url = make_url(address).set(host="127.0.0.1", port=self.port, query={})
        return url.render_as_string(hide_password=False)

    def __enter__(self) -> Wire:
        """Carry."""
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_problem: object) -> None:
        """Let everything through and close the door."""
        self._flows.set()
        self._listener.close()

    def hang(self) -> None:
        """From now on connections are accepted and nothing is carried."""
        self._flows.clear()

    def release(self) -> None:
        """Carry again, also what was held back."""
        self._flows.set()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self._listener.accept()
                Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        self._flows.wait()
        far = socket.socket(socket.AF_UNIX)
        far.connect(self._server)
        Thread(target=self._carry, args=(far, near), daemon=True).start()
        self._carry(near, far)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError), source, target:
            while data := source.recv(65536):
                self._flows.wait()
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)
