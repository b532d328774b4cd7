"""The hashing process, from the side of who asks: a process of its own, so that a hash takes time from nobody else.

It runs at low priority, so pages go first wherever there is too little time for everything; one question at a time, and
few threads that wait for theirs. It starts with the first question and again after it died.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import select
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from flask_babel import lazy_gettext as _

from app.core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

PROGRAM = Path(__file__).parent.parent / "hashing_process.py"
PATIENCE = 8.0  # seconds until a question is given up
ASKERS = 3  # threads at most; strangers take turns, and of people who are in, few change a password at once

log = logging.getLogger("xingfu.hashing")


class Hasher:
    """Asks a hashing process of a given cost. Raises ``Unavailable`` where no answer comes in time."""

    def __init__(self, kib: int) -> None:
        self.kib = kib
        self._places, self._turn = threading.BoundedSemaphore(ASKERS), threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._asker = os.getpid()
        atexit.register(self.stop)

    def hash(self, password: str) -> str:
        """The Argon2id string of a password."""
        return cast("str", self._ask({"password": password}))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is the right one; where nothing is stored, no, at the same cost."""
        return cast("bool", self._ask({"password": password, "stored": stored}))

    def stop(self) -> None:
        """End the process; the next question starts another one."""
        process, self._process = self._process, None
        if process is None:
            return
        if self._asker == os.getpid():
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                cast("IO[bytes]", pipe).close()

    def _ask(self, question: dict[str, str | None]) -> str | bool:
        line = json.dumps(question).encode() + b"\n"
        with self._alone():
            answer = self._exchange(line) or self._exchange(line)
        if answer is None:
            raise _unavailable()
        return cast("str | bool", json.loads(answer))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._begin_anew_in_a_fork()
        places, turn = self._places, self._turn
        if not places.acquire(blocking=False):
            raise _unavailable()
        try:
            if not turn.acquire(timeout=PATIENCE):
                raise _unavailable()
            try:
                yield
            finally:
                turn.release()
        finally:
            places.release()

    def _begin_anew_in_a_fork(self) -> None:
        """Never share a process with the one this was forked from: each would read the other's answers."""
        if self._asker != os.getpid():
            self.stop()
            self._places, self._turn = threading.BoundedSemaphore(ASKERS), threading.Lock()
            self._asker = os.getpid()

    def _exchange(self, line: bytes) -> bytes | None:
        """The answer; None where the process died meanwhile. Raises ``Unavailable`` where it says nothing."""
        process = self._process = self._process or self._start()
        stdin, stdout = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
        try:
            stdin.write(line)
            if not select.select([stdout], [], [], PATIENCE)[0]:
                log.error("the hashing process says nothing; it is started again")
                self.stop()
                raise _unavailable()
            answer = stdout.readline()
        except OSError:
            answer = b""
        if not answer.endswith(b"\n"):
            log.error("the hashing process died; it is started again")
            self.stop()
            return None
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-I", str(PROGRAM), str(self.kib)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)  # noqa: S603 -- ours


def _unavailable() -> Unavailable:
    return Unavailable(_("Many people are signing in right now. Please try again in a minute."))
