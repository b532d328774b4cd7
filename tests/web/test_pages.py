"""Small pages: choices are kept and lead back here only, the way out tells nothing, machines are turned away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.web.addresses import safe_next

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.web.conftest import Build


@pytest.fixture
def own(build: Build) -> FlaskClient:
    app = build()
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


def test_keeps_a_choice_and_goes_back_to_the_page(own: FlaskClient) -> None:
    answer = own.post(
        "/preferences", data={"theme": "dark", "text": "large", "next": "/bye?x=1"}, follow_redirects=True
    )

    assert answer.request.path == "/bye"
    assert 'data-bs-theme="dark" class="text-large"' in answer.text


def test_ignores_a_choice_that_was_not_offered(own: FlaskClient) -> None:
    assert "Set-Cookie" not in own.post("/preferences", data={"theme": "<script>", "lang": "xx"}).headers


def test_shows_the_defaults_for_a_cookie_that_was_tampered_with(own: FlaskClient) -> None:
    own.set_cookie("theme", "evil")

    assert 'data-bs-theme="auto"' in own.get("/bye").text


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "/a\nb",
        "javascript:1",
        "evil",
    ],
)
def test_never_leads_to_another_site(address: str | None) -> None:
    assert safe_next(address) == "/"


@pytest.mark.parametrize("address", ["/", "/lectures?page=2", "/讲座"])
def test_leads_back_to_a_page_of_this_site(address: str) -> None:
    assert safe_next(address) == address


def test_the_way_out_says_nothing_about_us(own: FlaskClient) -> None:
    page = own.get("/bye").text

    assert not any(word in page for word in ("幸福", "心理", "工会", "筛查"))


def test_no_page_is_for_search_engines(own: FlaskClient) -> None:
    assert "Disallow: /" in own.get("/robots.txt").text


def test_a_phone_can_keep_the_site_on_its_home_screen(own: FlaskClient) -> None:
    answer = own.get("/manifest.webmanifest")

    assert answer.mimetype == "application/manifest+json"
    assert answer.get_json(force=True)["name"] == "幸福有约"
