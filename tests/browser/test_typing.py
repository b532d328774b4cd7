"""Writing in a real browser: saved while one types, without a network, after a restart, before the session ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.care.scenes import in_care

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Live, OpenPage

pytestmark = pytest.mark.browser

TEXT = "她说昨晚睡了五个小时，想换到白班。"


def _open(live: Live, page: Page) -> Locator:
    """A case, its note's form open."""
    case_id = in_care(live.app, live.people.subject_of(live.people.worker), live.people.counsellor)
    page.goto(f"/cases/{case_id}")
    return _area(page)


def _area(page: Page) -> Locator:
    area = page.locator("#note-text")
    if not area.is_visible():
        page.get_by_text("写记录").first.click()
    return area


def test_nothing_that_is_typed_is_lost(live: Live, browser_page: OpenPage) -> None:
    page = browser_page(live.people.counsellor)
    page.clock.install()
    area = _open(live, page)
    area.press_sequentially(TEXT)
    page.clock.run_for(3_500)
    state = page.locator("#note-form .typing-state")
    expect(state).to_contain_text("草稿已保存")

    page.context.set_offline(True)
    area.press_sequentially("明天再打一次电话。")
    page.locator("#note-form button.btn-primary").click()
    expect(state).to_contain_text("还没有提交")
    expect(area).to_have_value(TEXT + "明天再打一次电话。")
    page.context.set_offline(False)
    page.clock.run_for(20_000)
    expect(state).to_contain_text("草稿已保存")

    page.clock.run_for(13 * 60_000)
    expect(page.locator(".typing-warning")).to_contain_text("两分钟后")
    page.get_by_role("button", name="继续使用").click()
    expect(page.locator(".typing-warning")).to_have_count(0)

    page.reload()
    expect(_area(page)).to_have_value(TEXT + "明天再打一次电话。")
    page.locator("#note-form button.btn-primary").click()
    expect(page.locator(".messages")).to_contain_text("记录已保存")
    page.reload()
    expect(_area(page)).to_have_value("")
