"""Lanes: which threads serve a request, by what of it has arrived."""

from __future__ import annotations

import pytest

from app.lanes import SMALL, lane_of

LINES = b"Host: a\r\nAccept: text/html\r\n"


@pytest.mark.parametrize(
    ("first_line", "lane"),
    [
        (b"GET /help HTTP/1.1", "always"),
        (b"HEAD /healthz HTTP/1.1", "always"),
        (b"GET /help?from=poster HTTP/1.1", "always"),
        (b"GET /static/app.css HTTP/1.1", "always"),
        (b"POST /check HTTP/1.1", "usual"),
        (b"GET /helpers HTTP/1.1", "usual"),
        (b"nonsense", "usual"),
    ],
)
def test_pages_without_the_database_have_threads_of_their_own(first_line: bytes, lane: str) -> None:
    assert lane_of(first_line + b"\r\n" + LINES + b"\r\n") == lane


@pytest.mark.parametrize(
    "arrived", [b"", b"GET /help HTTP/1.1\r\nHo", b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab"]
)
def test_an_incomplete_request_gets_no_thread(arrived: bytes) -> None:
    assert lane_of(arrived) is None


def test_a_form_is_served_once_it_is_complete() -> None:
    assert lane_of(b"POST / HTTP/1.1\r\ncontent-length: 3\r\n" + LINES + b"\r\nabc") == "usual"


@pytest.mark.parametrize(
    "line", [b"Content-Length: %d" % SMALL, b"Transfer-Encoding: chunked", b"Expect: 100-continue"]
)
def test_what_cannot_wait_in_the_kernel_is_read_by_threads_for_it(line: bytes) -> None:
    assert lane_of(b"POST / HTTP/1.1\r\n" + line + b"\r\n\r\n") == "large"


def test_endless_headers_do_not_wait() -> None:
    assert lane_of(b"a" * SMALL) == "large"
