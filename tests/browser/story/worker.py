"""The worker's chapters: she joins, answers, reads, books and leaves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.accounts.phone import NEW_NUMBER, NEW_PASSWORD, NEW_PHONE, codes_sent
from tests.browser.story.visitor import RIDER, TOPIC, Visitor

if TYPE_CHECKING:
    from flask import Flask

SEVERAL_DAYS, MORE_THAN_HALF = "好几天", "一半以上的天数"


class Worker(Visitor):
    """The rider at a red light."""

    def join(self, app: Flask, join_code: str) -> None:
        """From the poster to an account, with the code that came to the phone."""
        self.open(f"/join/{join_code}")
        self.follow("开始")
        self.fill("您的手机号", NEW_PHONE)
        self.press("发送验证码")
        self.look()
        self.fill("六位验证码", codes_sent(app, NEW_NUMBER)[-1])
        self.press("继续")
        self.look()
        self.fill("设一个密码", NEW_PASSWORD)
        self.fill("怎么称呼您", RIDER)
        self.page.get_by_label("您做什么工作").select_option("delivery_rider")
        self.press("完成加入")
        self.look()
        self.follow("我记好了")

    def consent(self) -> None:
        """Agree to be asked and to be called, each by itself."""
        expect(self.page).to_have_url("/consent")
        self.look()
        for purpose in ("screening", "contact"):
            self.page.locator(f'input[name="{purpose}"][value="yes"]').check()
        self.press("保存并继续")
        expect(self.page).to_have_url("/")
        self.look()

    def answer_until_help(self) -> None:
        """Four questions lead to nine; the ninth brings help to the screen before any other question."""
        self.press("开始")
        self.page.wait_for_url("**/sittings/**")
        self.look()
        self._answer(MORE_THAN_HALF, first=1, last=4)
        self.press("完成")
        self.sees("第 2 部分")
        self._at(1)
        self.look()
        self._answer(SEVERAL_DAYS, first=1, last=8)
        self._at(9)
        self._tap(SEVERAL_DAYS)
        card = self.page.get_by_role("dialog")
        expect(card).to_be_visible()
        expect(card.get_by_role("link", name="12356")).to_be_visible()
        expect(self.page.locator(".question:visible")).to_have_count(0)

    def finish(self) -> None:
        """Go on to the end, and read the result in plain words."""
        self.press("继续答题")
        self._at(10)
        self.page.locator(".question:visible .choice").first.click()
        self.press("完成这一部分")
        self._answer(SEVERAL_DAYS, first=1, last=7)
        self.press("完成，看结果")
        self.sees("谢谢您愿意说出来，这很不容易。")
        self.sees("本结果不是诊断")
        expect(self.page.get_by_role("link", name="12356").first).to_be_visible()
        self.look()

    def book(self, *, wait: bool = False) -> None:
        """Take a seat with one tap on the lecture's page."""
        self.open("/lectures")
        self.follow(TOPIC)
        self.press("排候补" if wait else "报名")
        self.sees("您在候补名单的第" if wait else "座位已经留好")
        self.look()

    def give_back(self) -> None:
        """Give the seat back."""
        self.open("/lectures")
        self.follow(TOPIC)
        self.page.get_by_text("取消报名").first.click()
        self.press("取消报名")
        self.sees("已退回")
        self.look()

    def accept(self) -> None:
        """Say yes to what the counsellor suggests, with one tap, and wait for a seat."""
        self.open("/")
        self.sees("咨询师推荐给您")
        self.press("好，帮我报名")
        self.sees("已进入候补名单")

    def find_the_seat(self) -> None:
        """The place on the waiting list became a seat, and a notice says so."""
        self.open("/")
        self.sees("座位已留")
        self.open("/notices")
        self.sees(f"“{TOPIC}”有您的座位了")
        self.open("/bookings")
        self.sees(TOPIC)

    def leave(self) -> None:
        """Sign out; the token of the session opens nothing any more."""
        kept = self.page.context.cookies()
        self.open("/me")
        self.press("退出登录")
        expect(self.page).to_have_url("/sign-in")
        self.page.context.add_cookies(kept)  # type: ignore[arg-type]  # what a thief of the cookies would do
        self.page.goto("/results")
        expect(self.page).to_have_url("/sign-in?next=/results")

    def _answer(self, option: str, *, first: int, last: int) -> None:
        for number in range(first, last + 1):
            self._at(number)
            self._tap(option)

    def _tap(self, option: str) -> None:
        self.page.locator(".question:visible").get_by_text(option, exact=True).click()

    def _at(self, number: int) -> None:
        expect(self.page.locator(".progress-label")).to_have_text(re.compile(rf"^{number} / "))
