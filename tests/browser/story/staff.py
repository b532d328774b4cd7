"""The chapters of the staff: counsellor, supervisor and admin, each signed in with a password and a second factor."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pyotp
from playwright.sync_api import expect

from app.core import clock
from tests.accounts.phone import phone_of
from tests.browser.story.visitor import CALL, NOTE, RIDER, TOPIC, WHY, Visitor
from tests.cast import PASSWORD

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask

    from app.accounts.models import Account


class Staff(Visitor):
    """Somebody at a desk."""

    def sign_in(self, app: Flask, account: Account) -> None:
        """Phone, password, and the six digits of an authenticator that is set up on the way."""
        self.open("/sign-in")
        self.fill("您的手机号", phone_of(app, account))
        self.fill("密码", PASSWORD)
        self.press("登录")
        self.page.wait_for_url("**/second-factor/**")
        self.look()
        key = self.page.locator("code").text_content() or ""
        self.fill("六位验证码", pyotp.TOTP(key).now())
        self.press("登录")
        expect(self.page).to_have_url("/")
        self.look()


class Counsellor(Staff):
    """Who answers the alert and cares for the person."""

    def read_notice(self) -> None:
        """A notice without a word about health leads to the board."""
        self.open("/notices")
        self.follow("有一件事需要您现在处理")
        expect(self.page).to_have_url("/alerts")

    def acknowledge(self) -> None:
        """Take the alert."""
        self.press("我来接手")
        self.sees("第一次联系")
        self.open("/alerts")
        self.follow(RIDER)

    def take_case(self) -> None:
        """Take the person out of triage."""
        self.open("/triage")
        self.press("接手", self.page.locator(".triage-row", has_text=RIDER))
        self.sees("个案由您跟进")
        self.look()

    def propose_tier(self) -> None:
        """Confirm the proposed tier, which a supervisor signs."""
        expect(self.page.get_by_label("干预级别")).to_have_value("4")
        self.press("保存级别")
        self.sees("4 级等待督导签字")

    def write(self) -> None:
        """Write down a call and a note."""
        form = self.page.locator("#contact-form")
        form.get_by_text("电话", exact=True).click()
        form.get_by_text("已联系上", exact=True).click()
        self.fill("简要内容", CALL, form)
        self.press("保存联系记录", form)
        self.sees(CALL)
        self.page.locator("summary", has_text="写记录").click()
        self.fill("记录", NOTE, self.page.locator("#note-form"))
        self.press("保存记录")
        self.sees(NOTE)

    def recommend(self) -> None:
        """Suggest the lecture, with a word to the worker."""
        self._open_case()
        self.page.locator(".page-actions").get_by_role("link", name="讲座").click()
        self.look()
        offer = self.page.locator(".lecture-offer", has_text=TOPIC)
        offer.locator("summary", has_text="推荐").click()
        self.fill("给职工的一句话", WHY, offer)
        self.press("推荐", offer)
        self.sees("等待答复")

    def see_tier_signed(self) -> None:
        """The tier holds."""
        self._open_case()
        expect(self.page.locator(".case-lead")).to_contain_text("4")
        expect(self.page.get_by_text("等待督导签字")).to_have_count(0)

    def see_attendance(self) -> None:
        """The life line says that the worker was there."""
        self._open_case()
        line = self.page.locator(".timeline li", has_text=TOPIC)
        expect(line.get_by_text("已出席").first).to_be_visible()

    def _open_case(self) -> None:
        self.open("/cases")
        self.follow(RIDER)


class Supervisor(Staff):
    """Who looks a second time."""

    def sign(self) -> None:
        """Sign the proposed tier."""
        self.open("/signatures")
        expect(self.page.locator(".signature", has_text=RIDER)).to_be_visible()
        self.press("签字")
        self.sees("已签字")


class Admin(Staff):
    """Who schedules lectures and never sees a result."""

    def schedule(self, *, capacity: int) -> None:
        """Plan a lecture for the coming hour, so that its doors are open already."""
        starts = _soon()
        self.open("/lectures/manage/new")
        self.fill("主题", TOPIC)
        self.fill("内容介绍", "把白天睡成夜晚。")
        self.fill("日期", starts.date().isoformat())
        self.fill("开始", starts.strftime("%H:%M"))
        self.fill("结束", "23:59")
        self.fill("座位", str(capacity))
        self.page.get_by_label("报名截止").select_option("0")
        self.page.get_by_text("睡眠", exact=True).click()
        self.press("保存")
        self.sees("讲座已排进日历")
        self.look()

    def mark_attendance(self) -> None:
        """Everybody came."""
        self.page.reload()
        expect(self.page.locator("#roster tbody tr")).to_have_count(2)
        expect(self.page.locator("#roster", has_text=RIDER)).to_be_visible()
        self.press("其余全部到场")
        expect(self.page.locator('.mark-attended[aria-pressed="true"]')).to_have_count(2)


def _soon() -> datetime:
    """Forty minutes from now, on the same day as the minute before midnight in which the lecture ends."""
    starts = clock.local(clock.now()) + timedelta(minutes=40)
    return starts - timedelta(minutes=1) if (starts.hour, starts.minute) == (23, 59) else starts
