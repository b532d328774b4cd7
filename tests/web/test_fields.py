"""Fields: one line of a template is a whole field; input is brought into its one spelling."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from flask import render_template_string

from app.web.rendering import render
from tests.web.gallery import EverythingForm

if TYPE_CHECKING:
    from flask import Flask

    from tests.web.conftest import Build

FILLED = {
    "phone": "138 0000 0001",
    "password": "a long sentence",
    "code": "１２３ 456",
    "topic": "rider",
    "mood": "1",
    "groups": ["rider", "courier"],
    "seats": "30",
    "starts_at": "2026-11-05T19:00",
    "idempotency_key": "k" * 24,
}


@pytest.fixture
def app(build: Build) -> Flask:
    app = build()
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def sent(app: Flask) -> EverythingForm:
    with app.test_request_context("/", method="POST", data=FILLED):
        form = EverythingForm()
        form.validate()
        return form


def errors_of(app: Flask, **changed: Any) -> dict[str, list[str]]:
    with app.test_request_context("/", method="POST", data=FILLED | changed):
        form = EverythingForm()
        form.validate()
        return {name: [str(error) for error in errors] for name, errors in form.errors.items()}


def drawn(app: Flask, name: str, **changed: Any) -> str:
    with app.test_request_context("/", method="POST", data=FILLED | changed):
        form = EverythingForm()
        form.validate()
        return render_template_string("{{ field }}", field=form[name])


def test_accepts_what_is_filled_in_well(app: Flask) -> None:
    assert errors_of(app) == {}


def test_brings_a_phone_number_into_its_one_spelling(app: Flask) -> None:
    assert sent(app).phone.data == "+8613800000001"


@pytest.mark.parametrize("number", ["123", "abc", "1380000000", "+1"])
def test_refuses_what_is_no_phone_number(app: Flask, number: str) -> None:
    assert errors_of(app, phone=number)["phone"] == ["请检查手机号：应为 11 位的中国大陆手机号码。"]


def test_understands_full_width_digits_in_a_code(app: Flask) -> None:
    assert sent(app).code.data == "123456"


def test_refuses_a_code_that_is_not_six_digits(app: Flask) -> None:
    assert errors_of(app, code="12345")["code"] == ["验证码是 6 位数字。"]


def test_reads_a_moment_from_the_wall_clock(app: Flask) -> None:
    assert sent(app).starts_at.data == datetime(2026, 11, 5, 11, 0, tzinfo=UTC)


def test_says_in_chinese_what_is_missing_or_out_of_bounds(app: Flask) -> None:
    errors = errors_of(app, phone="", seats="900", mood="7")

    assert errors["phone"] == ["请填写这一项。"]
    assert errors["seats"] == ["请填写 1 到 500 之间的数。"]
    assert errors["mood"] == ["请从列出的选项中选择。"]


def test_counts_in_its_messages(app: Flask) -> None:
    assert errors_of(app, note="长" * 201)["note"] == ["最多 200 个字。"]


def test_draws_label_hint_control_and_error_as_one(app: Flask) -> None:
    field = drawn(app, "phone", phone="1")

    assert '<label class="form-label" for="phone">手机号</label>' in field
    assert 'aria-describedby="phone-hint phone-error"' in field
    assert 'aria-invalid="true"' in field
    assert 'autocomplete="tel"' in field
    assert 'value="1"' in field


def test_never_sends_a_password_back(app: Flask) -> None:
    assert "a long sentence" not in drawn(app, "password")


def test_draws_choices_as_a_named_group(app: Flask) -> None:
    field = drawn(app, "mood")

    assert field.count('type="radio"') == 4
    assert "<legend" in field
    assert 'value="1" checked' in field


def test_says_which_fields_may_be_left_out(app: Flask) -> None:
    assert "（选填）" in drawn(app, "note")
    assert "（选填）" not in drawn(app, "seats")


def test_escapes_what_was_typed(app: Flask) -> None:
    assert "<script>" not in drawn(app, "note", note="</textarea><script>")


def test_a_refused_form_is_answered_with_422(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data=FILLED | {"seats": ""}):
        form = EverythingForm()
        form.validate()
        assert render("errors/error.html", form=form, title="", advice="", incident="").status_code == 422


def test_spaces_do_not_fill_in_what_is_required(app: Flask) -> None:
    assert "phone" in errors_of(app, phone="   ")
    assert "password" in errors_of(app, password=" " * 12)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_refuses_a_moment_at_the_ends_of_the_calendar(app: Flask, moment: str) -> None:
    assert errors_of(app, starts_at=moment)["starts_at"]
