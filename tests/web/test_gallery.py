"""The components as a browser shows them: no barrier that axe finds, nothing wider than a phone, no CSP violation."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask_login import LoginManager, UserMixin
from werkzeug.serving import make_server

from app.core.permissions import Role
from app.web.assets import build as build_assets
from tests.installation import settings_for
from tests.web import gallery

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask, Request
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.web.conftest import Build

pytestmark = pytest.mark.browser
SCREENS = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}
LOOKS = [
    pytest.param("worker", "phone", {}, id="worker-phone"),
    pytest.param("worker", "phone", {"theme": "dark", "text": "large", "lang": "en"}, id="worker-phone-dark-large"),
    pytest.param("public", "phone", {"lang": "en"}, id="public-phone-english"),
    pytest.param("staff", "desk", {}, id="staff-desk"),
    pytest.param("staff", "desk", {"theme": "dark", "text": "large"}, id="staff-desk-dark-large"),
    pytest.param("staff", "phone", {}, id="staff-phone"),
]


class Viewer(UserMixin):  # type: ignore[misc]
    """Somebody signed in, in the role of the page."""

    def __init__(self, role: Role) -> None:
        self.role = role


def _load(request: Request) -> Viewer:
    return Viewer(Role.COUNSELLOR if "staff" in request.path else Role.WORKER)


def _furnish(app: Flask) -> None:
    login = LoginManager(app)
    login.request_loader(_load)
    gallery.furnish(app, Path(__file__).parent / "templates")


@pytest.fixture
def address(build: Build, tmp_path: Path) -> Iterator[str]:
    build_assets(settings_for(tmp_path))
    server = make_server("127.0.0.1", 0, build(_furnish), threaded=True)
    gallery.fill_menus()
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()


def _open(context: BrowserContext, address: str, base: str, cookies: dict[str, str]) -> tuple[Page, list[str]]:
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{address}/gallery/{base}")
    return page, complaints


def _barriers(page: Page) -> list[Any]:
    found = Axe().run(page).response["violations"]
    return [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]


@pytest.mark.parametrize(("base", "screen", "cookies"), LOOKS)
def test_components_have_no_barrier_and_fit_the_screen(
    chromium: Browser, address: str, base: str, screen: str, cookies: dict[str, str], tmp_path: Path
) -> None:
    context = chromium.new_context(viewport=SCREENS[screen], color_scheme="light")  # type: ignore[arg-type]
    page, complaints = _open(context, address, base, cookies)
    page.screenshot(path=tmp_path / "page.png", full_page=True)

    assert _barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREENS[screen]["width"]
    assert complaints == []
    context.close()


def test_a_refused_form_shows_its_errors_and_moves_there(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport=SCREENS["phone"])  # type: ignore[arg-type]
    page, _complaints = _open(context, address, "worker", {})

    page.get_by_role("button", name="继续").click()

    assert page.locator(".error-summary").evaluate("node => node === document.activeElement")
    assert page.locator("#phone").get_attribute("aria-invalid") == "true"
    assert _barriers(page) == []
    context.close()


def test_follows_the_dark_mode_of_the_system(chromium: Browser, address: str) -> None:
    context = chromium.new_context(color_scheme="dark")
    page, _complaints = _open(context, address, "worker", {})

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 32, 29)"
    context.close()


def test_leaves_quickly_without_a_way_back(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport=SCREENS["phone"])  # type: ignore[arg-type]
    page, _complaints = _open(context, address, "worker", {})

    page.locator("[data-leave]").click()
    page.wait_for_url("**/bye")

    assert page.go_back() is None or "gallery" not in page.url
    context.close()
