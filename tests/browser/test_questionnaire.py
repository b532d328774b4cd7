"""Questionnaires in a real browser: on a phone, by keyboard, without a network, without JavaScript."""

from __future__ import annotations

from time import sleep
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.accounts.services import consents
from app.core.database import session, transaction
from app.safety.models import Alert
from app.screening.models import Result

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from tests.browser.conftest import Live, OpenPage

pytestmark = pytest.mark.browser


def _begin(page: Page, battery: str = "一分钟心情自测") -> None:
    page.goto("/questionnaires")
    page.locator(".battery", has_text=battery).get_by_role("button").click()
    expect(page.locator("form.one-at-a-time")).to_be_visible()


def _question(page: Page) -> Locator:
    return page.locator(".question:visible")


def _tap(page: Page, option: str) -> None:
    _question(page).get_by_text(option, exact=True).click()


def _at(page: Page, place: str) -> None:
    expect(page.locator(".progress-label")).to_have_text(place)


def _rows(live: Live, model: type[Any]) -> int:
    with live.app.app_context(), transaction(writes=False):
        return session().scalar(select(func.count()).select_from(model)) or 0


def test_shows_one_question_at_a_time_and_leads_to_the_result(live: Live, browser_page: OpenPage) -> None:
    page = browser_page(live.people.worker)
    _begin(page)
    _at(page, "1 / 4")
    _tap(page, "好几天")
    _at(page, "2 / 4")
    expect(_question(page)).to_have_count(1)
    _tap(page, "完全不会")
    _at(page, "3 / 4")
    _tap(page, "好几天")
    _at(page, "4 / 4")
    _tap(page, "完全不会")
    page.get_by_role("button", name="完成，看结果").click()
    expect(page.get_by_text("本结果不是诊断")).to_be_visible()


def test_goes_back_to_the_question_before(live: Live, browser_page: OpenPage) -> None:
    page = browser_page(live.people.worker)
    _begin(page)
    _tap(page, "好几天")
    _at(page, "2 / 4")
    page.get_by_role("button", name="上一题").click()
    _at(page, "1 / 4")
    expect(_question(page).get_by_label("好几天", exact=True)).to_be_checked()


def test_keeps_answers_while_the_network_is_gone_and_sends_them_after(live: Live, browser_page: OpenPage) -> None:
    page = browser_page(live.people.worker)
    _begin(page)
    page.context.set_offline(True)
    _tap(page, "好几天")
    _at(page, "2 / 4")
    _tap(page, "几乎每天")
    expect(page.get_by_role("status").filter(has_text="网络中断，稍后重试")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    page.reload()
    _at(page, "3 / 4")


def test_hands_in_once_when_the_network_returns(live: Live, browser_page: OpenPage) -> None:
    page = browser_page(live.people.worker)
    _begin(page, "幸福感自测")
    for _question_of_five in range(5):
        _tap(page, "大部分时间")
        page.wait_for_timeout(350)
    page.context.set_offline(True)
    page.get_by_role("button", name="完成，看结果").click()
    expect(page.get_by_role("status").filter(has_text="网络中断，稍后重试")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("本结果不是诊断")).to_be_visible()
    assert _rows(live, Result) == 1


def test_resumes_at_the_same_question_on_another_device(live: Live, browser_page: OpenPage) -> None:
    phone = browser_page(live.people.worker)
    _begin(phone)
    _tap(phone, "好几天")
    _at(phone, "2 / 4")
    expect(phone.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    tablet = browser_page(live.people.worker, viewport={"width": 820, "height": 1180})
    _begin(tablet)
    _at(tablet, "2 / 4")


def test_keeps_no_answer_in_the_browser(live: Live, browser_page: OpenPage) -> None:
    page = browser_page(live.people.worker)
    _begin(page)
    _tap(page, "几乎每天")
    _at(page, "2 / 4")
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_shows_the_help_card_before_the_next_question(live: Live, browser_page: OpenPage) -> None:
    page = browser_page(live.people.worker)
    _begin(page, "心情与压力自测")
    for _question_of_eight in range(8):
        _tap(page, "完全不会")
        page.wait_for_timeout(300)
    _at(page, "9 / 9")
    _tap(page, "好几天")
    card = page.get_by_role("dialog")
    expect(card).to_be_visible()
    expect(card).to_be_focused()
    expect(card.get_by_role("link", name="12356")).to_be_visible()
    expect(_question(page)).to_have_count(0)
    page.get_by_role("button", name="继续答题").click()
    _at(page, "10 / 10")
    expect(page.get_by_text("这些问题在您工作")).to_be_visible()
    assert _rows(live, Alert) == 1


def test_shows_the_help_card_without_any_network(live: Live, browser_page: OpenPage) -> None:
    page = browser_page(live.people.worker)
    _begin(page, "心情与压力自测")
    for _question_of_eight in range(8):
        _tap(page, "完全不会")
        page.wait_for_timeout(300)
    page.context.set_offline(True)
    _tap(page, "几乎每天")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="继续答题").click()
    expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    assert _rows(live, Alert) == 1


def test_can_be_answered_by_keyboard_alone(live: Live, browser_page: OpenPage) -> None:
    page = browser_page(live.people.worker)
    _begin(page)
    page.keyboard.press("2")
    _at(page, "2 / 4")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    _at(page, "2 / 4")
    page.keyboard.press("Enter")
    _at(page, "3 / 4")
    page.keyboard.press("1")
    _at(page, "4 / 4")
    page.keyboard.press("1")
    expect(page.get_by_role("button", name="完成，看结果")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("本结果不是诊断")).to_be_visible()


def test_is_one_plain_form_without_javascript(live: Live, browser_page: OpenPage) -> None:
    page = browser_page(live.people.worker, java_script_enabled=False)
    page.goto("/questionnaires")
    page.locator(".battery", has_text="心情与压力自测").get_by_role("button").click()
    expect(page.locator(".question:visible")).to_have_count(10)
    for number in range(1, 10):
        page.locator(f'input[name="q{number}"][value="{1 if number == 9 else 0}"]').check()
    page.get_by_role("button", name="完成这一部分").click()
    expect(page.get_by_role("link", name="12356")).to_be_visible()
    page.get_by_role("link", name="继续").click()
    expect(page.locator(".question:visible")).to_have_count(7)


def test_is_the_plain_form_too_where_the_script_never_comes(live: Live, browser_page: OpenPage) -> None:
    page = browser_page(live.people.worker, reduced_motion="no-preference")
    page.route("**/questionnaire*.js", lambda route: route.abort())
    page.goto("/questionnaires")
    page.locator(".battery").first.get_by_role("button").click()
    expect(page.locator(".question:visible")).to_have_count(4)


SHIFTS = """() => new Promise((resolve) => {
  const watch = (list) => resolve(list.getEntries().reduce((sum, entry) => sum + entry.value, 0));
  new PerformanceObserver(watch).observe({type: 'layout-shift', buffered: true});
  setTimeout(() => resolve(0), 500);
})"""


def _bring_late(route: Route) -> None:
    sleep(0.5)
    route.continue_()


def test_does_not_jump_when_the_script_comes_late(live: Live, browser_page: OpenPage) -> None:
    page = browser_page(live.people.worker, reduced_motion="no-preference")
    page.route("**/questionnaire*.js", _bring_late)
    _begin(page)
    assert page.evaluate(SHIFTS) < 0.05


def test_leads_from_a_poster_to_an_answer_without_an_account(live: Live, browser_page: OpenPage) -> None:
    page = browser_page(None)
    page.goto(f"/q/{live.people.township.join_code}")
    for _question_of_four in range(4):
        _tap(page, "一半以上的天数")
        page.wait_for_timeout(350)
    page.get_by_role("button", name="看结果").click()
    expect(page.get_by_text("本结果不是诊断")).to_be_visible()
    expect(page.get_by_role("link", name="12356").first).to_be_visible()


def test_agrees_and_begins_with_one_tap(live: Live, browser_page: OpenPage) -> None:
    page = browser_page(live.people.worker)
    with live.app.app_context(), transaction():
        consents.decide(session().merge(live.people.worker), consents.SCREENING, given=False)
    page.goto("/questionnaires")
    page.locator(".battery").first.get_by_role("button").click()
    page.get_by_role("button", name="我同意，开始答题").click()
    _at(page, "1 / 4")


def _weigh(page: Page, path: str) -> tuple[int, float]:
    """Requests and bytes on the wire of a visit."""
    loads: dict[str, float] = {}
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda event: loads.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(path, wait_until="networkidle")
    network.detach()
    return len(loads), sum(loads.values())


def test_fits_into_forty_kilobytes_and_five_requests(live: Live, browser_page: OpenPage) -> None:
    page = browser_page(live.people.worker)
    requests, size = _weigh(page, f"/q/{live.people.township.join_code}")
    assert (requests <= 5, size <= 40 * 1024) == (True, True), f"{requests} requests, {size} bytes"


def test_fits_the_longest_questions_too_and_six_kilobytes_from_then_on(live: Live, browser_page: OpenPage) -> None:
    page = browser_page(live.people.worker)
    _begin(page, "心情与压力自测")
    address, elsewhere = page.url, browser_page(live.people.worker)
    requests, size = _weigh(elsewhere, address)
    assert (requests <= 5, size <= 40 * 1024) == (True, True), f"{requests} requests, {size} bytes"
    requests, size = _weigh(elsewhere, address)
    assert size <= 6 * 1024, f"{requests} requests, {size} bytes"
