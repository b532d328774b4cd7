"""Menus: what exists, in order, with the present page marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.core.permissions import Role
from app.web import navigation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from tests.web.conftest import Build


@pytest.fixture
def app(build: Build, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(navigation, "_entries", {})
    navigation.register(Role.WORKER, "Later", "web_public.robots", "list", 20)
    navigation.register(Role.WORKER, "First", "web_public.leave", "home", 10)
    navigation.register(Role.WORKER, "Missing", "nowhere.at_all", "home", 5)
    navigation.register(Role.ADMIN, "Other", "web_public.leave", "home", 1)
    app = build()
    with app.test_request_context("/bye"):
        yield app


@pytest.mark.usefixtures("app")
def test_shows_what_exists_for_the_role_in_order() -> None:
    assert [link.label for link in navigation.links(Role.WORKER)] == ["First", "Later"]


@pytest.mark.usefixtures("app")
def test_marks_the_present_page_alone() -> None:
    assert [link.active for link in navigation.links(Role.WORKER)] == [True, False]


@pytest.mark.usefixtures("app")
def test_a_stranger_has_no_menu() -> None:
    assert navigation.links(None) == []


@pytest.mark.usefixtures("app")
def test_registering_again_replaces() -> None:
    navigation.register(Role.WORKER, "Renamed", "web_public.leave", "home", 30)

    assert [link.label for link in navigation.links(Role.WORKER)] == ["Later", "Renamed"]


@pytest.mark.usefixtures("app")
def test_a_door_to_a_page_that_is_not_there_is_none() -> None:
    assert navigation.door("web_public.leave") == "/bye"
    assert navigation.door("nowhere.at_all") is None
