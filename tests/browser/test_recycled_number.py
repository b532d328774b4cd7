"""A number that a carrier gave to somebody else, walked in two browsers: the new holder's and the former owner's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from app.accounts.models import Account
from app.accounts.services import recovery_codes
from app.core.database import session, transaction
from app.subjects import services as subjects
from tests.accounts.phone import NEW_NUMBER, NEW_PASSWORD, codes_sent, phone_of
from tests.care.scenes import measured

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Live, OpenPage

pytestmark = pytest.mark.browser
RESULTS = 'main a[href^="/results/"]'


def confirm(live: Live, page: Page, phone: str, *, beginning: str) -> None:
    page.goto(beginning)
    page.get_by_label("手机号").first.fill(phone)
    page.get_by_role("button", name="发送验证码").click()
    page.get_by_label("六位验证码").fill(codes_sent(live.app, phone)[-1])
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("是您本人吗？")


def test_opens_nothing_to_its_new_holder_and_everything_to_its_former_owner(live: Live, browser_page: OpenPage) -> None:
    people, owner = live.people, live.people.worker
    phone = phone_of(live.app, owner)
    measured(live.app, people.subject_of(owner))
    with live.app.app_context():
        subjects.refill(1)
        with transaction():
            code = recovery_codes.give(session().get_one(Account, owner.id))
    holder, back = browser_page(), browser_page()

    confirm(live, holder, phone, beginning=f"/join/{people.township.join_code}/phone")
    holder.locator('input[name="mine"]').check()
    holder.get_by_role("button", name="新建我自己的账号").click()
    holder.get_by_label("设一个密码").fill(NEW_PASSWORD)
    holder.get_by_role("button", name="完成加入").click()
    holder.get_by_role("link", name="我记好了").click()
    holder.goto("/results")
    expect(holder.locator(RESULTS)).to_have_count(0)

    confirm(live, back, NEW_NUMBER, beginning="/forgotten")
    back.get_by_text("我的账号用的是另一个号码").click()
    back.get_by_label("您的找回码").fill(code)
    back.locator('input[name="former"]').fill(phone)
    back.get_by_role("button", name="继续").click()
    back.locator('input[name="password"]').fill(NEW_PASSWORD)
    back.locator("main form button[type=submit]").first.click()
    back.get_by_role("link", name="我记好了").click()
    back.goto("/results")
    expect(back.locator(RESULTS).first).to_be_visible()
