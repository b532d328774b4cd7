"""The pages of screening: each works, is closed to others, and refuses what no shown form could have sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from app.accounts.services import consents
from app.core.database import session, transaction
from app.screening.models import Result, Sitting
from tests.acts import acts
from tests.screening.scenes import CALM, WORN, WORRY, rows, save, start

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client


def test_lists_what_a_worker_can_answer(worker: Client) -> None:
    page = worker.get("/questionnaires")
    assert page.says("一分钟心情自测")
    assert page.says("管理员都看不到")


@pytest.mark.parametrize(
    "path", ["/questionnaires", "/results", f"/results/{UUID(int=7)}", f"/sittings/{UUID(int=7)}/phq9"]
)
def test_closes_every_page_to_staff(people: Cast, signed_in: Callable[[Account], Client], path: str) -> None:
    signed_in(people.counsellor).get(path, status=404)


@pytest.mark.parametrize("path", ["/questionnaires", "/results"])
def test_closes_every_page_to_strangers(client: Client, path: str) -> None:
    client.get(path, status=401, Accept="application/json")


def test_hides_a_sitting_and_its_result_from_another_worker(
    worker: Client, people: Cast, signed_in: Callable[[Account], Client]
) -> None:
    address = start(worker)
    other = signed_in(people.other_worker)
    other.get(address, status=404)
    other.get(re.sub(r"/sittings/(.*)/phq9", r"/results/\1", address), status=404)


def test_shows_all_questions_in_one_plain_form(worker: Client) -> None:
    start(worker)
    assert set(CALM) < worker.page.form("questions").names


def test_goes_on_at_the_answers_already_given(worker: Client) -> None:
    address = start(worker)
    assert save(worker, address, item="q1", value=2, seconds="3.2") == {"saved": True, "help_card": None}
    assert start(worker) == address
    assert worker.page.form("questions").values["q1"] == ["2"]


def test_leads_from_the_last_answer_to_the_result(worker: Client, app: Flask) -> None:
    start(worker, "wellbeing")
    page = worker.submit("questions", q1=3, q2=3, q3=3, q4=3, q5=3)
    assert page.says("本结果不是诊断")
    assert 'class="chart"' in page.text
    assert rows(app, Result) == 1


def test_leads_on_to_the_longer_questions_when_the_short_ones_call_for_them(worker: Client) -> None:
    start(worker, "quick")
    worker.submit("questions", **WORN)
    assert worker.page.response.request.path.endswith("/phq9")
    worker.submit("questions", **CALM)
    worker.submit("questions", **WORRY)
    assert worker.page.says("最近两周的紧张与担心")


def test_asks_again_for_missing_answers_and_keeps_the_others_on_the_page(worker: Client, app: Flask) -> None:
    start(worker)
    page = worker.submit("questions", status=422, q1=1, q2=1)
    assert page.form("questions").values["q2"] == ["1"]
    assert page.says("这道题还没有回答")
    assert rows(app, Result) == 0


@pytest.mark.parametrize(
    "pairs",
    [
        [*CALM.items(), ("q1", 2)],
        [*list(CALM.items())[1:], ("q1", 7)],
        [*list(CALM.items())[1:], ("q1", "٣")],
        [*CALM.items(), ("q77", 1)],
    ],
    ids=["answered twice", "out of range", "not a number", "not asked"],
)
def test_stores_nothing_of_answers_that_no_page_could_have_sent(
    worker: Client, app: Flask, pairs: list[tuple[str, Any]]
) -> None:
    address = start(worker)
    form = worker.page.form("questions")
    beside = [(name, form.values[name][0]) for name in ("csrf_token", "key")]
    worker.post(address, [*beside, *((name, str(value)) for name, value in pairs)], status=422)
    assert rows(app, Result) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"item": "q1", "value": 9},
        {"item": "q1", "value": "01"},
        {"item": "q1"},
        {"value": 1},
        {"item": "x", "value": 1},
    ],
)
def test_refuses_a_single_answer_that_the_question_does_not_offer(worker: Client, fields: dict[str, Any]) -> None:
    assert "message" in save(worker, start(worker), 422, **fields)


def test_answers_a_repeated_submission_with_the_same_page(worker: Client, app: Flask) -> None:
    address = start(worker, "wellbeing")
    form = worker.page.form("questions")
    pairs = [(name, form.values[name][0]) for name in ("csrf_token", "key")] + [(f"q{n}", "2") for n in range(1, 6)]
    first = worker.post(address, pairs).response.request.path
    assert worker.post(address, pairs).response.request.path == first
    assert rows(app, Result) == 1


def test_says_that_answers_were_handed_in_before(worker: Client) -> None:
    address = start(worker, "wellbeing")
    form = worker.page.form("questions")
    pairs = [("csrf_token", form.values["csrf_token"][0]), *((f"q{n}", "2") for n in range(1, 6))]
    worker.post(address, [*pairs, ("key", "a" * 20)])
    assert worker.post(address, [*pairs, ("key", "b" * 20)], status=409).says("已经交过")


def test_asks_for_consent_in_place_and_begins_with_the_same_tap(
    people: Cast, app: Flask, signed_in: Callable[[Account], Client]
) -> None:
    worker = signed_in(people.worker)
    with app.app_context(), transaction():
        consents.decide(session().merge(people.worker), consents.SCREENING, given=False)
    assert start(worker) == "/questionnaires/full/consent"
    assert "/check" in worker.page.links
    assert rows(app, Sitting) == 0
    agreed = worker.http.post("/questionnaires/full/consent", data={"csrf_token": worker.csrf})
    assert (agreed.status_code, agreed.location) == (307, "/questionnaires/full/start")
    assert start(worker).endswith("/phq9")


def test_takes_no_answer_after_consent_was_withdrawn(people: Cast, app: Flask, worker: Client) -> None:
    address = start(worker)
    with app.app_context(), transaction():
        consents.decide(session().merge(people.worker), consents.SCREENING, given=False)
    save(worker, address, 409, item="q1", value=1)


def test_shows_the_way_it_has_gone(worker: Client) -> None:
    start(worker, "wellbeing")
    worker.submit("questions", q1=1, q2=1, q3=1, q4=1, q5=1)
    start(worker, "wellbeing")
    worker.submit("questions", q1=4, q2=4, q3=4, q4=4, q5=4)
    assert worker.page.text.count('class="chart"') == 2
    assert worker.get("/results").says("舒心的日子不少")


def test_says_what_to_do_where_there_is_no_result_yet(worker: Client) -> None:
    assert "/questionnaires" in worker.get("/results").links


def test_records_that_a_worker_read_her_result_under_her_pseudonym(worker: Client, people: Cast, app: Flask) -> None:
    start(worker, "wellbeing")
    worker.submit("questions", q1=1, q2=1, q3=1, q4=1, q5=1)
    subject = people.subject_of(people.worker)
    with app.app_context(), transaction(writes=False):
        assert acts()[-1][1:3] == ("screening.result_read", subject)


def test_gives_every_worker_a_page_of_her_own(
    worker: Client, people: Cast, signed_in: Callable[[Account], Client]
) -> None:
    other = signed_in(people.other_worker)
    first, second = start(worker), start(other)
    mine, hers = worker.page.form("questions"), other.page.form("questions")
    assert (mine.action, hers.action) == (first, second)
    assert mine.values["key"] != hers.values["key"]
    assert mine.values["csrf_token"] != hers.values["csrf_token"]
    assert first.split("/")[2] not in other.page.text


def test_says_nothing_of_the_short_form_once_the_longer_ones_are_answered(worker: Client) -> None:
    start(worker, "quick")
    worker.submit("questions", **WORN)
    worker.submit("questions", **CALM)
    page = worker.submit("questions", **WORRY)
    assert page.text.count('class="chart"') == 2
    assert not page.says("四道题只能看个大概")
