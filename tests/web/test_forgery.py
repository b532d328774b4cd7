"""Forged requests: nothing is changed without a token of this browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from flask import Blueprint, render_template_string

from app.web.access import public

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from tests.web.conftest import Build


def furnish(app: Flask) -> None:
    page = Blueprint("page", __name__)
    page.add_url_rule("/page", view_func=public(lambda: render_template_string("{{ csrf_token() }}")), endpoint="show")
    page.add_url_rule("/change", view_func=public(lambda: "changed"), methods=["POST"], endpoint="change")
    app.register_blueprint(page)


@pytest.fixture
def own(build: Build) -> FlaskClient:
    return build(furnish).test_client()


def test_refuses_a_change_without_a_token_and_says_that_nothing_happened(own: FlaskClient) -> None:
    answer = own.post("/change")

    assert answer.status_code == 400
    assert "没有任何改动" in answer.text


def test_refuses_another_browsers_token(own: FlaskClient) -> None:
    token = own.get("/page").text

    assert own.application.test_client().post("/change", data={"csrf_token": token}).status_code == 400


def test_takes_the_token_from_a_form(own: FlaskClient) -> None:
    assert own.post("/change", data={"csrf_token": own.get("/page").text}).text == "changed"


def test_takes_the_token_from_the_header_of_a_background_request(own: FlaskClient) -> None:
    assert own.post("/change", headers={"X-CSRFToken": own.get("/page").text}).text == "changed"


def test_needs_no_referrer_under_https(build: Build) -> None:
    browser = build(furnish, base_url="https://xingfu.example", phone_codes="https://sms.example").test_client()
    token = browser.get("/page", base_url="https://xingfu.example").text

    assert browser.post("/change", base_url="https://xingfu.example", data={"csrf_token": token}).text == "changed"


def test_hides_its_cookie_from_scripts_and_other_sites(build: Build) -> None:
    browser = build(furnish, base_url="https://xingfu.example", phone_codes="https://sms.example").test_client()

    cookie = browser.get("/page", base_url="https://xingfu.example").headers["Set-Cookie"]

    assert re.match(r"__Host-page=[^;]+; ", cookie)
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
