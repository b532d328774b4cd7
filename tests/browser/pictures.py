"""Takes the pictures of the README from a fictional district: ``python -m tests.browser.pictures FOLDER``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect, sync_playwright

from tests.browser.district import demo_district, sign_in_as
from tests.conftest import ARGUMENTS, CHROMIUM
from tests.installation import install

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Live

WORKERS = 300
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "device_scale_factor": 1}


class Album:
    """Opens pages of the district and keeps pictures of them in a folder."""

    def __init__(self, browser: Browser, district: Live, folder: Path) -> None:
        self.browser, self.district, self.folder = browser, district, folder

    def open(self, who: str, path: str) -> Page:
        """A page as a member of the cast sees it, the workers on a phone and the staff at a desk."""
        screen = PHONE if "worker" in who else DESK
        context = self.browser.new_context(
            locale="zh-CN", reduced_motion="reduce", color_scheme="light", base_url=self.district.address, **screen
        )
        context.add_cookies(sign_in_as(who, self.district))
        page = context.new_page()
        page.goto(path)
        return page

    def keep(self, page: Page, name: str) -> None:
        """Take the picture of what is on the screen."""
        page.screenshot(path=self.folder / f"{name}.png")


def take_all(album: Album) -> None:
    """All pictures."""
    album.keep(album.open("worker", "/"), "worker-start")
    _take_questionnaire(album)
    results = album.open("worker", "/results")
    results.locator(".link-row").first.click()
    album.keep(results, "result")
    cases = album.open("counsellor", "/cases")
    album.keep(cases, "caseload")
    cases.get_by_role("link", name="林小满").click()
    cases.set_viewport_size({"width": 1440, "height": 1400})
    album.keep(cases, "case")
    album.keep(album.open("admin", "/lectures/manage"), "lectures")


def _take_questionnaire(album: Album) -> None:
    """Answer until the safety answer, which brings help to the screen."""
    page = album.open("worker2", "/questionnaires")
    page.locator(".battery", has_text="心情与压力自测").get_by_role("button").click()
    for number in range(1, 9):
        expect(page.locator(".progress-label")).to_contain_text(f"{number} / ")
        if number == 3:
            page.mouse.move(0, 0)
            album.keep(page, "questionnaire")
        page.locator(".question:visible").get_by_text("好几天", exact=True).click()
    expect(page.locator(".progress-label")).to_contain_text("9 / ")
    page.locator(".question:visible").get_by_text("好几天", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    album.keep(page, "help")


def main(folder: Path) -> None:
    """Load a district, take the pictures, throw the district away."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        empty, full = Path(temporary, "empty"), Path(temporary, "full")
        empty.mkdir()
        full.mkdir()
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=[*ARGUMENTS, "--lang=zh-CN"], env={"LANGUAGE": "zh_CN"}
        )
        with demo_district(full, install(empty), workers=WORKERS) as district:
            take_all(Album(browser, district, folder))
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
