"""What no page of ours sends is refused before anything reads it, and a file never stands in for a text."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from app.web.fields import TextField, UploadField
from app.web.forms import Form
from app.web.malformed import LARGEST_BODY
from app.web.numbers import LARGEST, LARGEST_ROW, row_number, whole_number

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from tests.web.conftest import Build


class PosterForm(Form):
    """A text and a file."""

    name = TextField("Name")
    picture = UploadField("Picture")


@pytest.mark.parametrize("path", ["/help?a=%00", "/help?%00=a", "/q/%00"])
def test_a_nul_in_an_address_is_refused(browser: FlaskClient, path: str) -> None:
    assert browser.get(path).status_code == 400


@pytest.mark.parametrize("data", [{"lang": "zh\x00"}, {"lang\x00": "zh"}])
def test_a_nul_in_a_form_is_refused_before_its_token_is_looked_at(browser: FlaskClient, data: dict[str, str]) -> None:
    browser.application.config["WTF_CSRF_ENABLED"] = False
    answer = browser.post("/preferences", data=data)
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers


def test_a_body_over_the_limit_is_too_big_whoever_reads_it(browser: FlaskClient) -> None:
    assert browser.post("/preferences", data=b"x" * (LARGEST_BODY + 1)).status_code == 413


def sent(app: Flask, **data: object) -> PosterForm:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context("/", method="POST", data=data):
        return PosterForm()


def test_a_file_never_stands_in_for_a_text(build: Build) -> None:
    assert sent(build(), name=(BytesIO(b"hello"), "a.txt")).name.data is None


def test_a_text_never_stands_in_for_a_file(build: Build) -> None:
    assert sent(build(), picture="a.txt").picture.data is None


def test_a_form_takes_its_text_and_its_file(build: Build) -> None:
    form = sent(build(), name="海报", picture=(BytesIO(b"hello"), "a.png"))
    assert (form.name.data, form.picture.data.filename) == ("海报", "a.png")


def test_a_number_is_what_a_database_can_hold() -> None:
    assert whole_number("0") == 0
    assert whole_number(str(LARGEST)) == LARGEST
    assert row_number(str(LARGEST_ROW)) == LARGEST_ROW


@pytest.mark.parametrize("text", ["", "-1", "1.0", "²", "９", " 1", str(LARGEST + 1), "9" * 5_000])
def test_what_is_no_such_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        whole_number(text)
