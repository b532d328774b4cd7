"""Promises about the shape of the code: small rooms, one way of doing a thing."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from app.config import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = sorted(path for folder in ("app", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))
APP = [path for path in SOURCES if path.is_relative_to(ROOT / "app")]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "handler", "data", "info"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_stays_below_300_lines(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())

    assert lines <= 300, f"{name_of(path)} has {lines} lines: make a folder of rooms with names of their own"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_stays_below_120_lines(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())

    assert lines <= 120, f"{name_of(path)} has {lines} lines: move a part of it to templates/components"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_holds_nothing_unsafe(path: Path) -> None:
    text = path.read_text("utf-8")
    found = re.findall(r"\|\s*safe\b|<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=\"", text)

    assert not found, f"{name_of(path)} holds {found}: the page's policy forbids inline script and style, and |safe"


@pytest.mark.parametrize("path", APP, ids=name_of)
def test_a_module_has_a_noun_for_a_name(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES, f"{name_of(path)}: say what is in it"


@pytest.mark.parametrize("path", APP, ids=name_of)
def test_a_function_stays_below_40_lines(path: Path) -> None:
    functions = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef))
    long = {node.name: node.end_lineno - node.lineno + 1 for node in functions if node.end_lineno}
    too_long = {name: lines for name, lines in long.items() if lines > 40}

    assert not too_long, f"{name_of(path)}: {too_long}; 40 lines at most"


@pytest.mark.parametrize("path", [path for path in APP if "/views/" in str(path)], ids=name_of)
def test_a_view_neither_queries_nor_commits(path: Path) -> None:
    text = path.read_text("utf-8")
    found = re.findall(r"\bsession\(\)|\bselect\(|\.commit\(|db\.session", text)

    assert not found, f"{name_of(path)} holds {found}: queries and commits belong to services and the database room"


def test_only_the_database_room_commits() -> None:
    committing = [name_of(path) for path in APP if re.search(r"\.commit\(\)", path.read_text("utf-8"))]

    assert committing == ["app/core/database.py"], f"only app/core/database.py commits, not {committing}"


SERVICES = [path for path in APP if path.stem == "services" or path.parent.name == "services"]


@pytest.mark.parametrize("path", SERVICES, ids=name_of)
def test_a_service_knows_no_http(path: Path) -> None:
    found = re.findall(
        r"^\s*(?:from|import) (?:flask|werkzeug|flask_login)\b.*$", path.read_text("utf-8"), re.MULTILINE
    )

    assert not found, f"{name_of(path)} holds {found}: a service takes what it needs as arguments"
