"""Error pages: in the person's language, without content, even when everything else is down."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from flask import Blueprint, abort
from flask_login import LoginManager

from app.core.errors import AppError, Conflict, NotFound, TooMany, Unavailable
from app.core.permissions import Permission
from app.web.access import public, requires
from app.web.errors import PAGES

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.web.conftest import Build

SECRET = "王小骑 14 分"
JSON = {"Accept": "application/json"}


def raising(error: Exception) -> Callable[..., Any]:
    def view() -> str:
        raise error

    return public(view)


def stop(code: int) -> str:
    abort(code)


def furnish(app: Flask) -> None:
    LoginManager(app).request_loader(lambda _request: None)
    pages = Blueprint("pages", __name__)
    pages.add_url_rule("/full", view_func=raising(Conflict("这场讲座刚刚满了。")), endpoint="full")
    pages.add_url_rule("/gone", view_func=raising(NotFound()), endpoint="gone")
    pages.add_url_rule("/often", view_func=raising(TooMany()), endpoint="often")
    pages.add_url_rule("/down", view_func=raising(Unavailable()), endpoint="down")
    pages.add_url_rule("/broken", view_func=raising(ValueError(SECRET)), endpoint="broken")
    pages.add_url_rule("/status/<int:code>", view_func=public(stop), endpoint="status")
    pages.add_url_rule("/mine", view_func=requires(Permission.OWN_DATA)(lambda: "mine"), endpoint="mine")
    app.register_blueprint(pages)
    accounts = Blueprint("accounts_public", __name__)
    accounts.add_url_rule("/sign-in", view_func=public(lambda: "sign in"), endpoint="sign_in")
    app.register_blueprint(accounts)


@pytest.fixture
def own(build: Build) -> FlaskClient:
    app = build(furnish)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 418, 422, 429, 500, 503])
def test_every_status_has_a_page_with_a_way_on(own: FlaskClient, status: int) -> None:
    answer = own.get(f"/status/{status}")

    assert answer.status_code == status
    assert answer.text.count("<h1>") == 1
    assert 'href="/"' in answer.text
    assert "12356" in answer.text


def test_speaks_english_to_those_who_chose_it(own: FlaskClient) -> None:
    own.set_cookie("lang", "en")

    assert "Nothing to see here" in own.get("/nowhere").text


def test_a_refusal_shows_its_own_sentence(own: FlaskClient) -> None:
    answer = own.get("/full")

    assert answer.status_code == 409
    assert "这场讲座刚刚满了。" in answer.text


def test_a_refusal_without_a_sentence_shows_that_of_its_status(own: FlaskClient) -> None:
    assert "请等一分钟再试" in own.get("/often").text


def test_a_background_request_gets_the_sentence_as_json(own: FlaskClient) -> None:
    answer = own.get("/full", headers=JSON)

    assert answer.status_code == 409
    assert answer.json == {"message": "这场讲座刚刚满了。"}


def test_a_foreign_record_looks_like_an_address_that_never_was(own: FlaskClient) -> None:
    assert own.get("/gone").data == own.get("/never").data


def test_a_failure_shows_a_number_and_never_its_text(own: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "xingfu"):
        answer = own.get("/broken")

    written = next(record for record in caplog.records if record.name == "xingfu.errors")
    assert answer.status_code == 500
    assert vars(written)["incident"] in answer.text
    assert vars(written)["where"][0] == "ValueError"
    assert SECRET not in answer.text + "".join(str(vars(record)) for record in caplog.records)


def test_something_that_is_down_answers_503_with_a_number(own: FlaskClient) -> None:
    answer = own.get("/down", headers=JSON)

    assert answer.status_code == 503
    assert set(answer.get_json()) == {"message", "incident"}


def test_the_page_about_a_failure_cannot_fail_itself(own: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(own.application.jinja_env.globals, "asset")

    answer = own.get("/broken")

    assert answer.status_code == 500
    assert "12356" in answer.text


def test_a_stranger_is_sent_to_sign_in_and_back(own: FlaskClient) -> None:
    answer = own.get("/mine?page=2")

    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/mine?page%3D2"


def test_a_strangers_background_request_is_told_401(own: FlaskClient) -> None:
    assert own.get("/mine", headers=JSON).status_code == 401


def test_a_wrong_method_names_the_right_ones(own: FlaskClient) -> None:
    answer = own.delete("/full")

    assert answer.status_code in {400, 405}


def test_every_refusal_of_a_use_case_has_a_page() -> None:
    statuses = {kind.status for kind in AppError.__subclasses__()}
    assert statuses <= PAGES.keys()
