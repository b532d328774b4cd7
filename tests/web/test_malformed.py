"""What no page of ours sends is refused before anything reads it, and a file never stands in for a text."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from flask import request

from app.web.access import LARGEST_FORM, LARGEST_UPLOAD, public, uploads
from app.web.fields import TextField, UploadField
from app.web.forms import Form
from app.web.numbers import LARGEST, LARGEST_ROW, row_number, whole_number

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from tests.web.conftest import Build


class Unread(BytesIO):
    """A body of more bytes than anybody should read."""

    def __init__(self) -> None:
        super().__init__(b"x" * (4 * LARGEST_FORM))


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


@pytest.mark.parametrize("path", ["/preferences", "/nowhere"])
def test_more_than_a_form_is_refused_with_the_headers_of_every_answer(browser: FlaskClient, path: str) -> None:
    answer = browser.post(path, data=b"x" * (LARGEST_FORM + 1))
    assert answer.status_code == 413
    assert "12356" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", "multipart/form-data"])
def test_not_a_byte_of_what_is_too_big_is_read(browser: FlaskClient, kind: str) -> None:
    sent = Unread()
    answer = browser.post("/preferences", input_stream=sent, content_length=LARGEST_FORM + 1, content_type=kind)
    assert (answer.status_code, sent.tell()) == (413, 0)


def test_not_a_byte_is_read_of_a_body_that_does_not_say_its_length(browser: FlaskClient) -> None:
    sent, chunked = Unread(), {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = browser.post("/preferences", input_stream=sent, environ_overrides=chunked)
    assert (answer.status_code, sent.tell()) == (411, 0)


def test_a_view_that_declares_it_takes_a_file(build: Build) -> None:
    taking = uploads(public(lambda: str(len(request.form["text"]))))
    house = build(lambda app: app.add_url_rule("/file", endpoint="file", view_func=taking, methods=["POST"]))
    house.config.update(WTF_CSRF_ENABLED=False, MAX_FORM_MEMORY_SIZE=None)
    browser = house.test_client()
    assert browser.post("/file", data={"text": "x" * LARGEST_FORM}).text == str(LARGEST_FORM)
    assert browser.post("/file", data={"text": "x" * LARGEST_UPLOAD}).status_code == 413


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
