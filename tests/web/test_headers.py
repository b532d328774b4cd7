"""Headers: every answer carries the policy, and nothing dynamic is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.web.headers import CONTENT_SECURITY_POLICY

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.web.conftest import Build


@pytest.mark.parametrize("path", ["/bye", "/nothing-here", "/healthz", "/robots.txt"])
def test_every_answer_carries_the_policy(browser: FlaskClient, path: str) -> None:
    headers = browser.get(path).headers

    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_no_source_of_scripts_or_styles_is_unsafe() -> None:
    assert CONTENT_SECURITY_POLICY["script-src"] == CONTENT_SECURITY_POLICY["style-src"] == "'self'"
    assert "unsafe" not in "".join(CONTENT_SECURITY_POLICY.values())


def test_insists_on_https_where_the_site_has_it(build: Build) -> None:
    answer = build(base_url="https://xingfu.example", phone_codes="https://sms.example").test_client().get("/bye")

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_says_nothing_of_https_on_this_machine(browser: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in browser.get("/bye").headers


def test_believes_a_proxy_only_where_https_ends_in_one(build: Build, browser: FlaskClient) -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    behind = build(base_url="https://xingfu.example", phone_codes="https://sms.example").test_client()

    assert browser.get("/metrics", headers=forwarded).status_code == 200
    assert behind.get("/metrics", headers=forwarded).status_code == 404
