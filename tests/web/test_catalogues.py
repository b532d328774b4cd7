"""Catalogues: every domain speaks Chinese completely, and no sentence in two ways."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from flask_babel import gettext

from app.web import catalogues
from app.web.catalogues import contradictions, domains, faults

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from tests.web.conftest import Build


@pytest.mark.parametrize("domain", domains())
def test_every_sentence_of_a_domain_has_its_chinese(domain: str) -> None:
    assert list(faults(domain)) == [], f"run flask translations update {domain}, then translate"


def test_no_sentence_is_said_in_two_ways() -> None:
    assert list(contradictions()) == []


@pytest.fixture
def lonely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A domain of its own, with one sentence in a source and one in a template."""
    (tmp_path / "app" / "tea").mkdir(parents=True)
    (tmp_path / "templates" / "tea").mkdir(parents=True)
    (tmp_path / "app" / "tea" / "services.py").write_text('_l("Drink %(count)s cups")')
    (tmp_path / "templates" / "tea" / "show.html").write_text("{% trans %}Good tea{% endtrans %}")
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    monkeypatch.setattr(catalogues, "TRANSLATIONS", tmp_path / "translations")
    return tmp_path


def test_collects_from_sources_and_templates(lonely: Path) -> None:
    assert catalogues.update("tea") == 2
    assert list(faults("tea")) == [
        "tea: not translated: (None, 'Drink %(count)s cups')",
        "tea: not translated: (None, 'Good tea')",
    ]


def test_notices_a_placeholder_that_got_lost(lonely: Path) -> None:
    catalogues.update("tea")
    path = catalogues.catalogue_file("tea")
    text = path.read_text("utf-8").replace('cups"\nmsgstr ""', 'cups"\nmsgstr "多喝茶"')
    path.write_text(re.sub(r'tea"\nmsgstr ""', 'tea"\nmsgstr "好茶"', text), "utf-8")

    assert list(faults("tea")) == ["tea: other placeholders than the English: (None, 'Drink %(count)s cups')"]


def test_notices_a_sentence_that_is_no_longer_used(lonely: Path) -> None:
    catalogues.update("tea")
    (lonely / "templates" / "tea" / "show.html").unlink()

    assert "tea: no longer used: (None, 'Good tea')" in list(faults("tea"))


def test_updating_twice_changes_nothing(lonely: Path) -> None:
    catalogues.update("tea")
    first = catalogues.catalogue_file("tea").read_bytes()
    catalogues.update("tea")

    assert catalogues.catalogue_file("tea").read_bytes() == first


def test_speaks_chinese_unless_english_was_chosen(build: Build) -> None:
    app = build()

    with app.test_request_context("/"):
        assert gettext("Sign out") == "退出登录"
    with app.test_request_context("/", headers={"Cookie": "lang=en"}):
        assert gettext("Sign out") == "Sign out"


def test_the_commands_need_no_keys(browser: FlaskClient) -> None:
    runner = browser.application.test_cli_runner()

    assert runner.invoke(args=["translations", "compile"]).exit_code == 0
    assert runner.invoke(args=["translations", "--help"]).exit_code == 0
