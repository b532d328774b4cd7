"""A real server for an installation, on a free port: gunicorn, which a test may kill as often as it likes.

``--preload`` makes the next process a copy of a master that holds no connection, so a killed one is back in a blink.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.config import Settings

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0


def environment(settings: Settings) -> dict[str, str]:
    """The settings as environment variables, complete."""
    return {f"XINGFU_{field.name.upper()}": str(getattr(settings, field.name)) for field in fields(settings)}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """Gunicorn with one worker process or more; use it as a context manager."""

    def __init__(
        self, settings: Settings, *, application: str = "app.wsgi:application", threads: int = 8, workers: int = 1
    ) -> None:
        self.port = free_port()
        self.kills = 0
        self._environment = {**os.environ, **environment(settings)}
        self._command = [
            *(sys.executable, "-m", "gunicorn", application, "--preload", "--bind", f"127.0.0.1:{self.port}"),
            *("--worker-class", "app.lanes.Worker", "--threads", str(threads), "--workers", str(workers)),
            *("--log-level", "critical"),
        ]
        self._master: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        """Start, and wait for the first answer."""
        self.start()
        return self

    def start(self) -> None:
        """Start, and wait for the first answer."""
        self._master = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, start_new_session=True)
        end = time.monotonic() + PATIENCE
        while not self.answers():
            assert self._master.poll() is None, "the server did not start"
            assert time.monotonic() < end, "the server did not answer in time"
            time.sleep(0.1)

    def __exit__(self, *_problem: object) -> None:
        """Stop everything that was started."""
        assert self._master
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._master.pid, signal.SIGKILL)
        self._master.wait()

    def answers(self) -> bool:
        """Whether it answers at all."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """``kill -9`` of the process that serves."""
        assert self._master
        for worker in psutil.Process(self._master.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                worker.kill()
                self.kills += 1

    def restart(self) -> None:
        """Stop as for an update, with SIGTERM, and start again."""
        assert self._master
        self._master.terminate()
        self._master.wait(PATIENCE)
        self.start()

    def fill_disk(self, seconds: float) -> None:
        """Let no process that serves write into a file, for so long; a process begun meanwhile may."""
        assert self._master
        workers = psutil.Process(self._master.pid).children()
        for limit in (1, psutil.RLIM_INFINITY):
            for worker in workers:
                worker.rlimit(psutil.RLIMIT_FSIZE, (limit, psutil.RLIM_INFINITY))
            time.sleep(seconds if limit == 1 else 0)

    def client(self, cookies: Mapping[str, str] | None = None) -> Caller:
        """A client of this server."""
        return Caller(self.port, dict(cookies or {}))


class Caller:
    """A client that sends forms and asks for JSON, and tries again, the very same, until there is an answer."""

    def __init__(self, port: int, cookies: dict[str, str]) -> None:
        self.port, self.cookies = port, cookies
        self.tries = 0
        self._connection: http.client.HTTPConnection | None = None

    def insist(self, method: str, path: str, body: str = "", *, give_up_after: float = 60.0) -> tuple[int, bytes, str]:
        """Status, body and location of the first answer that is neither a broken connection nor a 5xx."""
        end = time.monotonic() + give_up_after
        while time.monotonic() < end:
            self.tries += 1
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, answer, location = self._once(method, path, body)
                if status < 500:
                    return status, answer, location
            self.close()
            time.sleep(0.03)
        raise AssertionError(f"no answer to {method} {path}")

    def __enter__(self) -> Caller:
        """Itself; it hangs up in the end."""
        return self

    def __exit__(self, *_problem: object) -> None:
        """Hang up."""
        self.close()

    def _once(self, method: str, path: str, body: str) -> tuple[int, bytes, str]:
        connection = self._connection = self._connection or http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=10
        )
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        answer = response.read()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return response.status, answer, response.headers.get("Location", "")

    def close(self) -> None:
        """Hang up."""
        if self._connection:
            self._connection.close()
        self._connection = None
