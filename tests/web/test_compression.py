"""Pages travel compressed to browsers that understand it, and say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import brotli

if TYPE_CHECKING:
    from tests.web.conftest import Build


def test_sends_a_page_compressed_and_whole(build: Build) -> None:
    client = build().test_client()
    plain = client.get("/nowhere").get_data()
    small = client.get("/nowhere", headers={"Accept-Encoding": "gzip, br"})
    assert small.headers["Content-Encoding"] == "br"
    assert small.headers["Vary"] == "Accept-Encoding"
    assert len(small.get_data()) < len(plain)
    assert brotli.decompress(small.get_data()).startswith(b"<!doctype html>")


def test_leaves_a_page_alone_for_a_browser_that_knows_no_brotli(build: Build) -> None:
    answer = build().test_client().get("/nowhere", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


def test_leaves_everything_else_alone(build: Build) -> None:
    answer = build().test_client().get("/robots.txt", headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in answer.headers
