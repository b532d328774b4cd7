"""Cookies: over https a browser takes them from this very host alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from flask import make_response

from app.config import ROOT
from app.web import cookies
from app.web.access import public

if TYPE_CHECKING:
    from flask import Flask, Response

    from tests.web.conftest import Build

SECURE = "https://xingfu.example"


def _furnish(app: Flask) -> None:
    @app.get("/keep")
    @public
    def keep() -> Response:
        response = make_response("")
        cookies.keep(response, "mark", "value")
        return response

    @app.get("/drop")
    @public
    def drop() -> Response:
        response = make_response(cookies.read("mark") or "nothing")
        cookies.drop(response, "mark")
        return response


def test_are_bound_to_the_host_over_https(build: Build) -> None:
    browser = build(_furnish, base_url=SECURE, phone_codes="https://sms.example").test_client()
    sent = browser.get("/keep", base_url=SECURE).headers["Set-Cookie"]
    assert re.match(r"__Host-mark=value; Secure; HttpOnly; Path=/; SameSite=Lax$", sent)


@pytest.mark.parametrize("address", [SECURE, "http://127.0.0.1:8000"])
def test_are_read_and_dropped_under_the_name_they_were_kept(build: Build, address: str) -> None:
    browser = build(_furnish, base_url=address, phone_codes="https://sms.example").test_client()
    browser.get("/keep", base_url=address)
    assert browser.get("/drop", base_url=address).text == "value"
    assert browser.get("/drop", base_url=address).text == "nothing"


def test_one_that_a_neighbour_planted_under_the_plain_name_is_not_read(build: Build) -> None:
    browser = build(_furnish, base_url=SECURE, phone_codes="https://sms.example").test_client()
    browser.set_cookie("mark", "planted", domain="xingfu.example")
    assert browser.get("/drop", base_url=SECURE).text == "nothing"


def test_are_written_in_one_place() -> None:
    writers = [path for path in (ROOT / "app").rglob("*.py") if re.search(r"\b(set|delete)_cookie\(", path.read_text())]
    assert [path.name for path in writers] == ["cookies.py"]
