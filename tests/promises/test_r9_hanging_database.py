"""R9: a database that accepts and never answers stops neither help nor health, and whoever submits is told plainly."""

from __future__ import annotations

import http.client
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from app.accounts.current import SESSION_COOKIE
from app.accounts.services import sessions
from app.core.database import session, transaction
from app.core.permissions import Role
from tests.cast import Cast
from tests.promises.server import Server
from tests.promises.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.installation import Installation

pytestmark = [pytest.mark.promise]
CROWD = 24
"""People who ask at once, three times the threads of the process."""
AT_ONCE, TOLD = 1.5, 20.0
TOKEN = re.compile(rb'name="csrf-token" content="([^"]+)"')
HELP_LINE = b"12356"


@dataclass
class Answer:
    """What came back, and after how many seconds."""

    status: int
    body: bytes
    seconds: float
    location: str = ""


def _ask(server: Server, method: str, path: str, body: str = "", cookies: Mapping[str, str] | None = None) -> Answer:
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=40)
    kept = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html", "Cookie": kept}
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    answer = Answer(response.status, response.read(), time.monotonic() - begun, response.headers.get("Location") or "")
    connection.close()
    return answer


@pytest.fixture(scope="module")
def wire(postgresql_installation: Installation) -> Iterator[Wire]:
    postgresql_installation.reset()
    with Wire(postgresql_installation.settings) as wire:
        yield wire


@pytest.fixture(scope="module")
def server(wire: Wire) -> Iterator[Server]:
    with Server(wire.settings) as server:
        yield server


@pytest.fixture(scope="module")
def worker(wire: Wire, postgresql_installation: Installation) -> dict[str, str]:
    """The cookies of a worker who is signed in."""
    people = Cast(postgresql_installation.app)
    account = people.make(Role.WORKER, "工友", unit=people.township)
    with postgresql_installation.app.app_context(), transaction():
        return {SESSION_COOKIE: sessions.open_session(session().merge(account, load=True), second_factor=True)}


def test_a_submission_is_refused_plainly_with_help_and_taken_once_the_database_is_back(
    wire: Wire, server: Server, worker: dict[str, str]
) -> None:
    with server.client(worker) as browser:
        token = TOKEN.search(browser.insist("GET", "/check")[1])
        assert token
        form = {"csrf_token": token[1].decode()}
        sitting = browser.insist("POST", "/questionnaires/full/start", urlencode(form))[2].split("/")[2]
    answers = urlencode({f"q{item}": int(item < 9) for item in range(1, 10)} | form | {"key": f"{sitting}-phq9"})
    address = f"/sittings/{sitting}/phq9"

    wire.hang()
    refused = _ask(server, "POST", address, answers, browser.cookies)
    again = _ask(server, "POST", address, answers, browser.cookies)
    wire.release()
    taken = _ask(server, "POST", address, answers, browser.cookies)

    assert (refused.status, again.status) == (503, 503)
    assert HELP_LINE in refused.body
    assert "没有保存" in refused.body.decode()
    assert (refused.seconds < 12, again.seconds < 5) == (True, True), (refused.seconds, again.seconds)
    assert taken.status == 303, taken.body


def test_help_and_health_answer_while_every_thread_waits_for_the_database(
    wire: Wire, server: Server, worker: dict[str, str]
) -> None:
    wire.hang()
    with ThreadPoolExecutor(CROWD) as pool:
        crowd = [pool.submit(_ask, server, "GET", "/", "", worker) for _ in range(CROWD)]
        time.sleep(0.5)
        pages = [_ask(server, "GET", path, "", worker) for path in ("/healthz", "/help", "/check", "/bye")]
        seconds = [answer.seconds for answer in pages]
        told = [each.result() for each in crowd]
    wire.release()

    assert [answer.status for answer in pages] == [200] * 4
    assert HELP_LINE in pages[1].body
    assert max(seconds) < AT_ONCE, seconds
    assert {answer.status for answer in told} == {503}
    assert max(answer.seconds for answer in told) < TOLD


def test_slow_clients_hold_no_thread(server: Server) -> None:
    starts = b"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na", b"GET / HTTP/1.1\r\nHo"
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(60)]
    for number, each in enumerate(slow):
        each.sendall(starts[number % 2])
    time.sleep(0.3)
    for each in slow:
        each.sendall(b"b")

    answers = [_ask(server, "GET", path) for path in ("/sign-in", "/healthz", "/sign-in")]

    assert [answer.status for answer in answers] == [200] * 3
    assert max(answer.seconds for answer in answers) < AT_ONCE
    assert slow[0].recv(100).startswith(b"HTTP/1.1 408")
    for each in slow:
        each.close()
