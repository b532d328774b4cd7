"""The self-check: for anybody, from a poster too, and nothing is stored."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from app.audit.models import Entry
from app.screening.models import Result, Sitting
from tests.screening.scenes import CARD, WORN, rows

if TYPE_CHECKING:
    from flask import Flask

    from tests.cast import Cast
    from tests.client import Client


@pytest.mark.parametrize("language", ["zh", "en"])
def test_tells_a_stranger_how_she_is_and_stores_nothing(client: Client, app: Flask, language: str) -> None:
    client.http.set_cookie("lang", language)
    client.get("/check")
    page = client.submit("questions", **WORN)
    assert CARD in page.text
    assert 'class="chart"' in page.text
    assert (rows(app, Sitting), rows(app, Result), rows(app, Entry)) == (0, 0, 0)


def test_opens_the_first_question_from_a_poster_without_a_password(client: Client, people: Cast) -> None:
    page = client.get(f"/q/{people.township.join_code}")
    assert page.form("questions").names >= set(WORN)
    assert page.form("questions").action.endswith(people.township.join_code)


def test_knows_no_poster_that_could_not_be_one(client: Client) -> None:
    client.get("/q/no-poster", status=404)


def test_leads_from_an_old_poster_to_the_questions_without_its_unit(client: Client) -> None:
    page = client.get("/q/aaaaaaaaaa", status=404)
    assert "/check" in page.links
    client.get("/check")
    client.submit("questions", **WORN)
    assert "/join/aaaaaaaaaa" not in client.page.links


def test_shows_everybody_the_same_script_whatever_code_was_asked_first(client: Client, people: Cast) -> None:
    script = re.search(r"questionnaire\.(\w{10})", client.get("/check").text)
    client.get(f"/q/{script[1] if script else 'a' * 10}", status=404)
    assert "questionnaire." in client.get(f"/q/{people.township.join_code}").text


def test_leads_from_a_poster_to_its_unit(client: Client, people: Cast) -> None:
    client.get(f"/q/{people.township.join_code}")
    client.submit("questions", **WORN)
    assert f"/join/{people.township.join_code}" in client.page.links
