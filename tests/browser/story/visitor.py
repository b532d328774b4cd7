"""A person of the story at her browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.chinese import Content

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

RIDER, NOTE, CALL, TOPIC, WHY = (
    "骑手小周",
    "夜里睡不好，愿意再谈。",
    "聊了二十分钟，约了周四。",
    "夜班之后怎样睡好",
    "这场讲座正合适",
)
CONTENT = Content(
    (
        *(RIDER, NOTE, CALL, TOPIC, WHY, "把白天睡成夜晚。"),
        *("陈静", "沈督导", "管理员", "李大件", "赵小妹", "百官街道总工会", "崧厦街道总工会", "上虞区总工会"),
        *("幸福有约", "区工人文化宫三楼", "人民路 1 号", "沈老师", "国家二级心理咨询师", "系统里不用实名。"),
    )
)
PARTS_THAT_VARY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/join/)[^/]{6,}|\?.*|#.*")


class Visitor:
    """Somebody who opens pages, fills in what she sees and presses buttons; each page is read in English too."""

    read_in_english: set[str]

    def __init__(self, page: Page, read_in_english: set[str]) -> None:
        self.page = page
        self.read_in_english = read_in_english

    def open(self, path: str) -> None:
        """Open a page by its address."""
        self.page.goto(path)
        self.look()

    def follow(self, name: str) -> None:
        """Follow a link of the page."""
        self.page.get_by_role("link", name=name).first.click()
        self.look()

    def press(self, name: str, inside: Locator | None = None) -> None:
        """Press a button, of the whole page or of a part of it."""
        (inside or self.page).get_by_role("button", name=name).first.click()

    def fill(self, label: str, value: str, inside: Locator | None = None) -> None:
        """Fill in the field with this label."""
        (inside or self.page).get_by_label(label).first.fill(value)

    def sees(self, words: str) -> None:
        """Find words on the page."""
        expect(self.page.get_by_text(words).filter(visible=True).first).to_be_visible()

    def look(self) -> None:
        """Read this page in English, if nobody did before, and come back to Chinese."""
        # Chromium refuses to reload a page that it is still swapping in.
        self.page.wait_for_load_state()
        place = PARTS_THAT_VARY.sub("…", self.page.url)
        if place in self.read_in_english:
            return
        self.read_in_english.add(place)
        self._reload_in("en")
        expect(self.page.locator("html")).to_have_attribute("lang", "en")
        assert not (left := CONTENT.left_on(self.page)), f"{place} in English says {left}"
        self._reload_in("zh")
        expect(self.page.locator("html")).to_have_attribute("lang", "zh-Hans-CN")

    def _reload_in(self, language: str) -> None:
        self.page.context.add_cookies([{"name": "lang", "value": language, "url": self.page.url}])
        self.page.reload()
