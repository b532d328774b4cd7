"""The help page, the alert board, one alert, the roster: works, somebody else's, wrong role, bad input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import pytest

from app.accounts.current import SESSION_COOKIE
from app.core.database import db, session, transaction
from app.safety.models import Alert
from tests.acts import acts
from tests.client import Client
from tests.safety.scenes import acknowledged, documented, on_duty, proposed, raised

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast

    SignedIn = Callable[[Account], Client]


@pytest.fixture
def subject(people: Cast) -> UUID:
    return people.subject_of(people.worker)


def test_help_is_four_numbers_to_tap(client: Client) -> None:
    page = client.get("/help")
    assert [link for link in page.links if link.startswith("tel:")] == [
        "tel:12356",
        "tel:057500000000",
        "tel:120",
        "tel:110",
    ]
    assert page.says("您不用一个人扛着")


def test_help_speaks_english(client: Client) -> None:
    client.http.set_cookie("lang", "en")
    assert client.get("/help").says("You do not have to carry this alone")


def test_help_is_there_when_the_database_is_not(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        db.drop_all(bind_key=[None])
    client = Client(fresh_app)
    client.http.set_cookie(SESSION_COOKIE, "a-token-of-a-session-that-cannot-be-read")
    assert client.get("/help").says("12356")


def test_the_board_shows_name_and_clock_to_whoever_is_on_duty(
    app: Flask, people: Cast, subject: UUID, signed_in: SignedIn
) -> None:
    raised(app, subject)
    on_duty(app, people.counsellor)
    page = signed_in(people.counsellor).get("/alerts")
    assert page.says("王小骑")
    assert page.says("有人接手")
    with app.app_context(), transaction(writes=False):
        assert len(acts("alert.list_read")) == 1


def test_the_board_hides_the_name_from_everybody_else(
    app: Flask, people: Cast, subject: UUID, signed_in: SignedIn
) -> None:
    raised(app, subject)
    on_duty(app, people.counsellor)
    page = signed_in(people.other_counsellor).get("/alerts")
    assert not page.says("王小骑")
    assert page.says("陈静")
    assert not [form for form in page.forms if "acknowledge" in form.action]


def test_an_empty_board_says_so(people: Cast, signed_in: SignedIn) -> None:
    assert signed_in(people.supervisor).get("/alerts").says("没有未处理的预警")


@pytest.mark.parametrize("path", ["/alerts", "/duty"])
@pytest.mark.parametrize("name", ["worker", "admin"])
def test_others_see_neither_board_nor_roster(people: Cast, signed_in: SignedIn, path: str, name: str) -> None:
    signed_in(getattr(people, name)).get(path, status=404)


def test_taking_an_alert_leads_to_its_page(app: Flask, people: Cast, subject: UUID, signed_in: SignedIn) -> None:
    raised(app, subject)
    browser = signed_in(people.supervisor)
    browser.get("/alerts")
    page = browser.submit("acknowledge")
    assert page.says("已接手不等于已解决")
    assert "tel:+8613900000001" in page.links or page.says("139")


def test_taking_it_off_duty_names_who_is_on_duty(app: Flask, people: Cast, subject: UUID, signed_in: SignedIn) -> None:
    alert_id = raised(app, subject)
    on_duty(app, people.counsellor)
    browser = signed_in(people.other_counsellor)
    browser.get("/duty")
    page = browser.post(f"/alerts/{alert_id}/acknowledge", [("csrf_token", browser.csrf)], status=409)
    assert page.says("陈静")


def test_a_foreign_alert_looks_like_a_random_one(app: Flask, people: Cast, subject: UUID, signed_in: SignedIn) -> None:
    alert_id = acknowledged(app, subject, people.supervisor)
    browser = signed_in(people.counsellor)
    foreign = browser.get(f"/alerts/{alert_id}", status=404).text.replace(str(alert_id), "")
    random_id = uuid4()
    assert browser.get(f"/alerts/{random_id}", status=404).text.replace(str(random_id), "") == foreign


def test_the_steps_are_written_down_one_after_the_other(
    app: Flask, people: Cast, subject: UUID, signed_in: SignedIn
) -> None:
    alert_id = acknowledged(app, subject, people.supervisor)
    browser = signed_in(people.supervisor)
    browser.get(f"/alerts/{alert_id}")
    browser.submit("steps/contact", channel="phone", choice="reached", text="电话接通，愿意谈")
    browser.submit("steps/assessment", choice="medium", text="有念头，无计划")
    browser.submit("steps/decision", choice="accompany", text="家人陪伴")
    page = browser.submit("steps/plan", choice="safety_plan", text="警示信号与求助人")
    assert page.says("电话接通，愿意谈")
    assert browser.submit("propose").says("请一位没有提出申请的督导签字")


def test_a_step_without_words_comes_back(app: Flask, people: Cast, subject: UUID, signed_in: SignedIn) -> None:
    alert_id = acknowledged(app, subject, people.supervisor)
    browser = signed_in(people.supervisor)
    browser.get(f"/alerts/{alert_id}")
    assert browser.submit("steps/contact", status=422, channel="phone").says("请检查")
    browser.post(f"/alerts/{alert_id}/steps/signed", [("csrf_token", browser.csrf)], status=404)


def test_another_supervisor_signs_and_the_proposer_does_not(
    app: Flask, people: Cast, subject: UUID, signed_in: SignedIn
) -> None:
    on_duty(app, people.counsellor)
    alert_id = proposed(app, subject, people.counsellor)
    browser = signed_in(people.supervisor)
    browser.get(f"/alerts/{alert_id}")
    assert browser.submit("return", status=422).says("请填写")
    browser.submit(f"{alert_id}/sign")
    with app.app_context(), transaction(writes=False):
        assert not session().get_one(Alert, alert_id).open


def test_a_counsellor_is_not_offered_the_signature(
    app: Flask, people: Cast, subject: UUID, signed_in: SignedIn
) -> None:
    on_duty(app, people.counsellor)
    alert_id = documented(app, subject, people.counsellor)
    browser = signed_in(people.counsellor)
    browser.get(f"/alerts/{alert_id}")
    browser.submit("propose")
    browser.post(f"/alerts/{alert_id}/sign", [("csrf_token", browser.csrf)], status=404)


def test_a_supervisor_plans_the_roster(people: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(people.supervisor)
    browser.get("/duty")
    first = min(name for name in browser.page.form("/duty").names if name.startswith("night-"))
    browser.submit("/duty", **cast("Any", {first: people.counsellor.id.hex}))
    assert browser.page.form("/duty").values[first] == [people.counsellor.id.hex]


def test_a_counsellor_reads_the_roster_and_cannot_change_it(people: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(people.counsellor)
    assert not [form for form in browser.get("/duty").forms if form.action == "/duty"]
    browser.post("/duty", [("csrf_token", browser.csrf)], status=404)


def test_nobody_else_can_be_put_on_duty(people: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(people.supervisor)
    browser.get("/duty")
    first = next(name for name in browser.page.form("/duty").names if name.startswith("day-"))
    browser.submit("/duty", status=422, **cast("Any", {first: people.admin.id.hex}))
