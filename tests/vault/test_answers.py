"""What a person sees when the vault refuses, and what the log keeps of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.vault import Code, VaultError
from app.web.access import public

if TYPE_CHECKING:
    from flask import Flask


@public
def unreadable(code: str) -> str:
    raise VaultError(Code[code], "result.scores")


@pytest.fixture
def shown(fresh_app: Flask) -> Flask:
    fresh_app.add_url_rule("/unreadable/<code>", view_func=unreadable)
    return fresh_app


@pytest.mark.parametrize("code", ["K001", "K002", "K003", "K004", "K006"])
def test_shows_a_sentence_and_an_incident(shown: Flask, code: str, caplog: pytest.LogCaptureFixture) -> None:
    reply = shown.test_client().get(f"/unreadable/{code}")

    assert reply.status_code == 503
    assert "记录暂不可读" in reply.text
    assert code not in reply.text
    assert "result.scores" not in reply.text
    assert code in caplog.text


def test_shows_an_erased_record_as_one_that_never_was(shown: Flask) -> None:
    client = shown.test_client()

    assert client.get("/unreadable/K005").status_code == 404
    assert client.get("/unreadable/K005").text == client.get("/nowhere").text
