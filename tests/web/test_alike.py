"""A page that is alike for everybody is rendered once, and holds what is one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.web.access import public
from app.web.rendering import render_alike

if TYPE_CHECKING:
    from flask import Flask, Response
    from flask.testing import FlaskClient

    from tests.web.conftest import Build


def _furnish(app: Flask) -> None:
    @app.get("/alike/<name>")
    @public
    def alike(name: str) -> Response:
        return render_alike("errors/error.html", "alike", {"title": name}, advice="", incident="", shows_help=False)


def _client(build: Build) -> FlaskClient:
    return build(_furnish).test_client()


def test_holds_what_is_ones_own_and_nothing_of_the_one_before(build: Build) -> None:
    client = _client(build)
    assert "first-of-all" in client.get("/alike/first-of-all").get_data(as_text=True)
    second = client.get("/alike/second-of-all").get_data(as_text=True)
    assert "second-of-all" in second
    assert "first-of-all" not in second


def test_keeps_nothing_that_came_with_a_request(build: Build) -> None:
    client = _client(build)
    client.get("/alike/stylesheet?next=elsewhere")
    page = client.get("/alike/second-of-all").get_data(as_text=True)
    assert page.count('rel="stylesheet"') == 1
    assert "elsewhere" not in page


def test_escapes_what_is_ones_own(build: Build) -> None:
    page = _client(build).get("/alike/<b>bold").get_data(as_text=True)
    assert "<b>bold" not in page
    assert "&lt;b&gt;bold" in page


def test_follows_the_language_and_look_of_each_browser(build: Build) -> None:
    client = _client(build)
    chinese = client.get("/alike/somebody").get_data(as_text=True)
    client.set_cookie("lang", "en")
    english = client.get("/alike/somebody").get_data(as_text=True)
    assert 'lang="zh-Hans-CN"' in chinese
    assert 'lang="en"' in english
