"""Servers under measurement: started with two processes each, and their CPU time read from the process tree."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from app.config import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GUNICORN = ("gunicorn", "-k", "gthread", "-w", "2", "--threads", "8", "--keep-alive", "30", "--log-level", "error")
GRANIAN = ("granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "8", "--log-level", "error")
PRODUCT = "app.wsgi:application"
FLOOR = "benchmarks.floor:create_app()"


@dataclass(frozen=True)
class Launch:
    """How to start one side: what to serve, in which environment, and which page shows that it is up."""

    target: str
    environment: Mapping[str, str]
    ready: str
    kind: str
    database: psutil.Process | None = None
    server: str = "gunicorn"

    def command(self, port: int) -> list[str]:
        """The command line of the server."""
        if self.server == "gunicorn":
            return [sys.executable, "-m", *GUNICORN, "-b", f"127.0.0.1:{port}", self.target]
        module, _, call = self.target.partition(":")
        factory = ["--factory"] if call.endswith("()") else []
        return [sys.executable, "-m", *GRANIAN, *factory, "--port", str(port), f"{module}:{call.removesuffix('()')}"]


@dataclass(frozen=True)
class Server:
    """A running server: its address, its first process, and the database server's, if there is one."""

    port: int
    root: psutil.Process
    database: psutil.Process | None = None

    def cpu_seconds(self) -> float:
        """CPU seconds used so far by the server's and the database's process trees."""
        return sum(_tree_seconds(process) for process in (self.root, self.database) if process)

    def pss_mib(self) -> float:
        """The proportional set size of the largest web process, in MiB."""
        return float(max(child.memory_full_info().pss for child in self.root.children())) / 2**20


def _tree_seconds(root: psutil.Process) -> float:
    total = 0.0
    for process in [root, *root.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    ended = root.cpu_times()
    return float(total + ended.children_user + ended.children_system)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(launch: Launch) -> Iterator[Server]:
    """Run one side with two web processes until the block ends; what it writes to its log goes to a sink."""
    port = free_port()
    log = subprocess.DEVNULL if not os.environ.get("BENCH_LOG") else None
    environment = {**os.environ, **launch.environment}
    process = subprocess.Popen(launch.command(port), cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        wait_for(port, launch.ready)
        yield Server(port, psutil.Process(process.pid), launch.database)
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int, path: str, patience: float = 30.0) -> float:
    """Wait until a page answers; returns the seconds it took."""
    started = time.perf_counter()
    while time.perf_counter() - started < patience:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).read()
        except OSError:
            time.sleep(0.01)
        else:
            return time.perf_counter() - started
    raise TimeoutError(f"nothing answers on port {port}; BENCH_LOG=1 shows what the server says")
