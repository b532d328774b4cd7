"""A gunicorn worker with threads apart for help and health, which gives a thread only to a request that has arrived.

Pages of ``ALWAYS`` need no database, so whatever the other threads wait for, these are answered. A request of up to
``SMALL`` bytes waits in the kernel until it is complete, then it is served; a larger one is read by a thread for large
ones only. So neither a database that hangs nor clients that send slowly stop anybody else.
"""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from selectors import EVENT_READ
from typing import TYPE_CHECKING, Any

from gunicorn.workers.gthread import ThreadWorker

if TYPE_CHECKING:
    from collections.abc import Callable

ALWAYS = frozenset({b"/help", b"/check", b"/healthz", b"/bye", b"/manifest.webmanifest", b"/robots.txt"})
STATIC = b"/static/"
ALWAYS_THREADS, LARGE_THREADS = 3, 2
SMALL = 32 * 1024
"""Bytes of a request that waits for its end in the kernel, whose buffer holds twice as many."""
PATIENCE, LINGER = 10.0, 2.0
"""Seconds that a request may take to arrive; the same once the process stops."""
SILENCE = struct.pack("ll", 15, 0)
"""Seconds and microseconds that a thread waits for a client that neither sends nor reads."""
TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_UNBOUNDED = re.compile(rb"\r\n(?:transfer-encoding|expect|upgrade):", re.IGNORECASE)


def lane_of(arrived: bytes) -> str | None:
    """Which threads serve a request of which so many bytes have arrived; None while a small one is incomplete."""
    head, end, body = arrived.partition(b"\r\n\r\n")
    if not end:
        return None if len(arrived) < SMALL else "large"
    found = _LENGTH.search(head + b"\r\n")
    length = int(found[1]) if found else 0
    if length + len(head) > SMALL or _UNBOUNDED.search(head):
        return "large"
    if len(body) < length:
        return None
    method, _space, rest = head.partition(b" ")
    path = rest.partition(b" ")[0].partition(b"?")[0]
    is_open = method in {b"GET", b"HEAD"} and (path in ALWAYS or path.startswith(STATIC))
    return "always" if is_open else "usual"


@dataclass
class _Arriving:
    """A connection whose next request has not arrived whole."""

    connection: Any
    since: float
    bytes: int = 0


class Worker(ThreadWorker):  # type: ignore[misc]
    """Serves each request in the threads of its lane."""

    def init_process(self) -> None:
        """Open the lanes."""
        self._arriving: dict[int, _Arriving] = {}
        apart = {"always": ALWAYS_THREADS, "large": LARGE_THREADS}
        self._lanes = {lane: ThreadPoolExecutor(threads) for lane, threads in apart.items()}
        super().init_process()

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """The threads for everything else."""
        self._lanes["usual"] = ThreadPoolExecutor(self.cfg.threads)
        return self._lanes["usual"]

    def enqueue_req(self, conn: Any) -> None:
        """Wait for the next request of a connection; it is on no list of the loop's at this moment."""
        arriving = _Arriving(conn, time.monotonic())
        self._arriving[id(conn)] = arriving
        self._look(arriving)

    def murder_pending(self) -> None:
        """Hang up on those whose request takes too long to arrive."""
        super().murder_pending()
        patience = PATIENCE if self.alive else LINGER
        late = [each for each in self._arriving.values() if time.monotonic() - each.since > patience]
        for each in late:
            self._forget(each)
            with contextlib.suppress(OSError):
                if each.bytes:
                    each.connection.sock.send(TIMED_OUT)
            self.nr_conns -= 1
            each.connection.close()

    def _look(self, arriving: _Arriving) -> None:
        conn = arriving.connection
        read_ahead = conn.parser.unreader.buf.getvalue() if conn.parser else b""
        try:
            arrived = read_ahead + conn.sock.recv(2 * SMALL, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            arrived = read_ahead
        except OSError:
            return self._serve(arriving, "usual")
        lane = lane_of(arrived)
        if lane is None and self._wakes(arriving):
            # Woken without anything new: the client has hung up, or the buffer is full.
            lane = "large" if len(arrived) == arriving.bytes else None
        if lane:
            return self._serve(arriving, lane)
        arriving.bytes = len(arrived)
        return self._wait(arriving, len(arrived) - len(read_ahead))

    def _wakes(self, arriving: _Arriving) -> bool:
        return arriving.connection.sock.fileno() in self.poller.get_map()

    def _wait(self, arriving: _Arriving, held: int) -> None:
        """Wake up when more bytes have arrived than the kernel holds of this request."""
        conn = arriving.connection
        conn.sock.setblocking(False)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, held + 1)
        if not self._wakes(arriving):
            look: Callable[[], None] = partial(self._look, arriving)
            self.poller.register(conn.sock, EVENT_READ, lambda _socket: look())

    def _serve(self, arriving: _Arriving, lane: str) -> None:
        self._forget(arriving)
        conn = arriving.connection
        conn.data_ready = True
        with contextlib.suppress(OSError):
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
            for silence in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                conn.sock.setsockopt(socket.SOL_SOCKET, silence, SILENCE)
        done = self._lanes[lane].submit(self.handle, conn)
        done.add_done_callback(lambda future: self.method_queue.defer(self.finish_request, conn, future))

    def _forget(self, arriving: _Arriving) -> None:
        self._arriving.pop(id(arriving.connection), None)
        with contextlib.suppress(KeyError, ValueError, OSError):
            self.poller.unregister(arriving.connection.sock)
