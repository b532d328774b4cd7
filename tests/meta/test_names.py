"""Promises about names: view, endpoint, template and test carry one name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from app.config import ROOT
from app.core.permissions import Role

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATES = ROOT / "templates"
PAGES = sorted(path for path in TEMPLATES.glob("*/*/*.html") if not path.name.startswith("_"))
SOURCES = [*(ROOT / "app").rglob("*.py"), *TEMPLATES.rglob("*.html")]
WORDS = "\n".join(path.read_text("utf-8") for path in SOURCES)


def name_of(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_template_is_used(page: Path) -> None:
    assert f'"{name_of(page)}"' in WORDS, f"nobody renders or includes templates/{name_of(page)}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_template_lies_with_its_room_and_audience(page: Path) -> None:
    room, audience, _ = page.relative_to(TEMPLATES).parts
    views = ROOT / "app" / room / "views"
    known = {path.stem for path in views.glob("*")} | {"components", "public", *Role}

    assert audience in known, f"app/{room}/views knows no {audience}"


def test_every_rendered_template_exists() -> None:
    named = set(re.findall(r'render\w*\(\s*"([\w/.]+\.html)"', WORDS))

    assert {name for name in named if not (TEMPLATES / name).exists()} == set()
    assert len(named) > 40
