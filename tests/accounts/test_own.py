"""One's own pages: profile, consent, password, sessions, who opened my record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app import audit
from app.accounts.services import consents
from app.core.database import transaction
from tests.cast import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client

    SignedIn = Callable[[Account], Client]


def decisions(app: Flask, account: Account) -> dict[str, bool]:
    with app.app_context(), transaction(writes=False):
        return consents.decisions(account.id)


def test_a_worker_sees_herself_with_a_masked_phone(signed_in: SignedIn, people: Cast) -> None:
    page = signed_in(people.worker).get("/me")

    assert page.says("王小骑")
    assert page.says("139****0001")
    assert page.says("网约送餐员")
    assert page.says("百官街道总工会")


def test_a_worker_changes_name_and_occupation(signed_in: SignedIn, people: Cast) -> None:
    browser = signed_in(people.worker)
    browser.get("/me/profile")
    page = browser.submit(name="小王", occupation="courier")

    assert page.says("小王")
    assert page.says("快递员")


def test_an_unknown_occupation_is_refused(signed_in: SignedIn, people: Cast) -> None:
    browser = signed_in(people.worker)
    browser.get("/me/profile")
    browser.submit(occupation="astronaut", status=422)


@pytest.mark.parametrize("purpose", ["screening", "contact", "statistics", "research"])
def test_taking_one_consent_back_leaves_the_others(app: Flask, signed_in: SignedIn, people: Cast, purpose: str) -> None:
    browser = signed_in(people.worker)
    browser.get("/me")
    browser.submit(f"/me/consent/{purpose}")

    assert decisions(app, people.worker) == {**dict.fromkeys(consents.purposes(), True), purpose: False}


def test_consent_taken_back_can_be_given_again(app: Flask, signed_in: SignedIn, people: Cast) -> None:
    browser = signed_in(people.worker)
    browser.get("/me")
    browser.submit("/me/consent/research")
    browser.submit("/me/consent/research")

    assert decisions(app, people.worker)["research"]


def test_the_consent_page_takes_each_decision_by_itself(app: Flask, signed_in: SignedIn, people: Cast) -> None:
    browser = signed_in(people.other_worker)
    browser.get("/consent")
    pairs = [("csrf_token", browser.csrf), ("screening", "yes"), ("research", "no"), ("contact", "no")]
    answer = browser.http.post("/consent", data=dict(pairs))

    assert (answer.status_code, answer.location) == (303, "/")
    assert decisions(app, people.other_worker) == {
        "screening": True,
        "contact": False,
        "statistics": True,
        "research": False,
    }


def test_an_unknown_purpose_is_refused(signed_in: SignedIn, people: Cast) -> None:
    browser = signed_in(people.worker)
    browser.get("/me")

    assert browser.http.post("/me/consent/advertising", data={"csrf_token": browser.csrf}).status_code == 422


def test_staff_have_a_page_without_consent(signed_in: SignedIn, people: Cast) -> None:
    page = signed_in(people.counsellor).get("/me")

    assert page.says("心理咨询师")
    assert not [form for form in page.forms if "consent" in form.action]


def test_a_new_password_signs_out_the_other_browsers(signed_in: SignedIn, people: Cast) -> None:
    browser, other = signed_in(people.worker), signed_in(people.worker)
    browser.get("/me/password")
    browser.submit(present=PASSWORD, password="a lantern on the lake")

    assert browser.page.response.request.path == "/me"
    assert other.get("/me").response.request.path == "/sign-in"


def test_a_wrong_present_password_changes_nothing(signed_in: SignedIn, people: Cast) -> None:
    browser = signed_in(people.worker)
    browser.get("/me/password")
    page = browser.submit(present="not this one", password="a lantern on the lake", status=422)

    assert page.says("现在的密码不对")


def test_staff_need_a_long_password(signed_in: SignedIn, people: Cast) -> None:
    browser = signed_in(people.counsellor)
    browser.get("/me/password")
    browser.submit(present=PASSWORD, password="short-one-1", status=422)


def test_signing_out_everywhere_ends_every_session(signed_in: SignedIn, people: Cast) -> None:
    browser, other = signed_in(people.worker), signed_in(people.worker)
    browser.get("/me")
    browser.submit("/me/sign-out-everywhere")

    assert other.get("/me").response.request.path == "/sign-in"


def test_a_worker_sees_who_opened_her_record(app: Flask, signed_in: SignedIn, people: Cast) -> None:
    subject = people.subject_of(people.worker)
    reader = people.counsellor.id
    with app.app_context(), transaction():
        audit.act_as(reader)
        audit.record("case.read", subject)
    page = signed_in(people.worker).get("/me/openings")

    assert page.says("查看个案")
    assert page.says("心理咨询师")
    assert not page.says("陈静")


def test_nobody_elses_record_is_in_the_list(app: Flask, signed_in: SignedIn, people: Cast) -> None:
    subject = people.subject_of(people.other_worker)
    reader = people.counsellor.id
    with app.app_context(), transaction():
        audit.act_as(reader)
        audit.record("case.read", subject)
    page = signed_in(people.worker).get("/me/openings")

    assert page.says("还没有人看过您的记录")


@pytest.mark.parametrize("path", ["/consent", "/me/openings"])
def test_staff_have_no_record_of_their_own(signed_in: SignedIn, people: Cast, path: str) -> None:
    signed_in(people.counsellor).get(path, status=404)


@pytest.mark.parametrize("path", ["/me", "/me/profile", "/me/password", "/me/openings", "/consent"])
def test_strangers_are_led_to_sign_in(client: Client, path: str) -> None:
    assert client.get(path).response.request.path == "/sign-in"
