"""Servers under measurement: started with two processes each, and their CPU time read from the process tree."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from app.config import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
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
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    own = root.cpu_times()
    return float(total + own.children_user + own.children_system)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(target: str, *, environment: dict[str, str], ready: str, database: psutil.Process | None) -> Iterator[Server]:
    """Run a WSGI target with two gthread processes until the block ends; ``ready`` is a path that answers."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-k", "gthread", "-w", "2", "--threads", "4", "--keep-alive", "30"]
    command += ["-b", f"127.0.0.1:{port}", "--log-level", "error", target]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        wait_for(port, ready)
        yield Server(port, psutil.Process(process.pid), database)
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
            time.sleep(0.02)
        else:
            return time.perf_counter() - started
    raise TimeoutError(f"nothing answers on port {port}")
