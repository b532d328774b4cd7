"""The pages of screening: each works, is closed to others, and refuses what no shown form could have sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from app.accounts.services import consents
from app.audit.models import Entry
from app.core.database import db, session, transaction
from app.safety.models import Alert
from app.screening.models import Receipt, Response, Result, Sitting
from app.vault import owner_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client

CALM: dict[str, Any] = {f"q{number}": 0 for number in range(1, 10)}
WORN: dict[str, Any] = {f"q{number}": 2 for number in range(1, 5)}
CARD = 'class="help-card"'


@pytest.fixture
def as_live(app: Flask) -> Iterator[None]:
    """Answer failures with a page, as a live installation does, instead of passing them on to the test."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield
    app.config["PROPAGATE_EXCEPTIONS"] = None


@pytest.fixture
def worker(people: Cast, signed_in: Callable[[Account], Client]) -> Client:
    return signed_in(people.worker)


def _start(client: Client, battery: str = "full") -> str:
    client.get("/questionnaires")
    client.submit(f"/questionnaires/{battery}/start")
    return client.page.response.request.path


def _rows(app: Flask, model: type[Any]) -> int:
    with app.app_context(), transaction(writes=False):
        return session().scalar(select(func.count()).select_from(model)) or 0


def _save(client: Client, address: str, status: int = 200, **fields: object) -> dict[str, Any]:
    headers = {"Accept": "application/json", "X-CSRFToken": client.csrf}
    reply = client.http.post(f"{address}/answer", data=fields, headers=headers)
    assert reply.status_code == status, reply.get_data(as_text=True)
    return dict(reply.get_json())


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
    address = _start(worker)
    other = signed_in(people.other_worker)
    other.get(address, status=404)
    other.get(re.sub(r"/sittings/(.*)/phq9", r"/results/\1", address), status=404)


def test_shows_all_questions_in_one_plain_form(worker: Client) -> None:
    _start(worker)
    assert set(CALM) < worker.page.form("questions").names


def test_goes_on_at_the_answers_already_given(worker: Client) -> None:
    address = _start(worker)
    assert _save(worker, address, item="q1", value=2, seconds="3.2") == {"saved": True, "help_card": None}
    assert _start(worker) == address
    assert worker.page.form("questions").values["q1"] == ["2"]


def test_leads_from_the_last_answer_to_the_result(worker: Client, app: Flask) -> None:
    _start(worker, "wellbeing")
    page = worker.submit("questions", q1=3, q2=3, q3=3, q4=3, q5=3)
    assert page.says("本结果不是诊断")
    assert 'class="chart"' in page.text
    assert (_rows(app, Response), _rows(app, Result), _rows(app, Receipt)) == (1, 1, 1)


def test_leads_on_to_the_longer_questions_when_the_short_ones_call_for_them(worker: Client) -> None:
    _start(worker, "quick")
    worker.submit("questions", **WORN)
    assert worker.page.response.request.path.endswith("/phq9")
    worker.submit("questions", **CALM)
    worker.submit("questions", **dict(list(CALM.items())[:7]))
    assert worker.page.says("最近两周的紧张与担心")


def test_shows_the_help_card_before_anything_else_when_an_answer_calls_for_it(worker: Client, app: Flask) -> None:
    _start(worker)
    page = worker.submit("questions", **{**CALM, "q9": 1})
    assert CARD in page.text
    assert _rows(app, Alert) == 1


def test_gives_the_help_card_in_the_reply_to_a_saved_answer(worker: Client, app: Flask) -> None:
    reply = _save(worker, _start(worker), item="q9", value=2)
    assert CARD in reply["help_card"]
    assert _rows(app, Alert) == 1


def test_asks_again_for_missing_answers_and_keeps_the_others_on_the_page(worker: Client, app: Flask) -> None:
    _start(worker)
    page = worker.submit("questions", status=422, q1=1, q2=1)
    assert page.form("questions").values["q2"] == ["1"]
    assert page.says("这道题还没有回答")
    assert _rows(app, Response) == 0


def test_raises_the_alert_of_an_unfinished_form_too(worker: Client, app: Flask) -> None:
    _start(worker)
    page = worker.submit("questions", status=422, q9=3)
    assert 'id="help-now" role="dialog"' in page.text
    assert not re.search(r'id="help-now"[^>]* hidden', page.text)
    assert (_rows(app, Alert), _rows(app, Response)) == (1, 0)


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
    address = _start(worker)
    form = worker.page.form("questions")
    beside = [(name, form.values[name][0]) for name in ("csrf_token", "key")]
    worker.post(address, [*beside, *((name, str(value)) for name, value in pairs)], status=422)
    assert (_rows(app, Response), _rows(app, Receipt)) == (0, 0)


@pytest.mark.parametrize(
    "fields", [{"item": "q1", "value": 9}, {"item": "q1"}, {"value": 1}, {"item": "x", "value": 1}]
)
def test_refuses_a_single_answer_that_the_question_does_not_offer(worker: Client, fields: dict[str, Any]) -> None:
    assert "message" in _save(worker, _start(worker), 422, **fields)


def test_answers_a_repeated_submission_with_the_same_page(worker: Client, app: Flask) -> None:
    address = _start(worker, "wellbeing")
    form = worker.page.form("questions")
    pairs = [(name, form.values[name][0]) for name in ("csrf_token", "key")] + [(f"q{n}", "2") for n in range(1, 6)]
    first = worker.post(address, pairs).response.request.path
    assert worker.post(address, pairs).response.request.path == first
    assert _rows(app, Response) == 1


def test_says_that_answers_were_handed_in_before(worker: Client) -> None:
    address = _start(worker, "wellbeing")
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
    assert _start(worker) == "/questionnaires/full/consent"
    assert "/check" in worker.page.links
    assert _rows(app, Sitting) == 0
    agreed = worker.http.post("/questionnaires/full/consent", data={"csrf_token": worker.csrf})
    assert (agreed.status_code, agreed.location) == (307, "/questionnaires/full/start")
    assert _start(worker).endswith("/phq9")


def test_takes_no_answer_after_consent_was_withdrawn(people: Cast, app: Flask, worker: Client) -> None:
    address = _start(worker)
    with app.app_context(), transaction():
        consents.decide(session().merge(people.worker), consents.SCREENING, given=False)
    _save(worker, address, 409, item="q1", value=1)


def test_shows_the_way_it_has_gone(worker: Client) -> None:
    _start(worker, "wellbeing")
    worker.submit("questions", q1=1, q2=1, q3=1, q4=1, q5=1)
    _start(worker, "wellbeing")
    worker.submit("questions", q1=4, q2=4, q3=4, q4=4, q5=4)
    assert worker.page.text.count('class="chart"') == 2
    assert worker.get("/results").says("状态不错")


def test_says_what_to_do_where_there_is_no_result_yet(worker: Client) -> None:
    assert "/questionnaires" in worker.get("/results").links


def test_records_that_a_worker_read_her_result_under_her_pseudonym(worker: Client, people: Cast, app: Flask) -> None:
    _start(worker, "wellbeing")
    worker.submit("questions", q1=1, q2=1, q3=1, q4=1, q5=1)
    subject = people.subject_of(people.worker)
    with app.app_context(), transaction(writes=False):
        last = session().scalars(select(Entry).order_by(Entry.seq.desc()).limit(1)).one()
        assert last.action == "screening.result_read"
        assert last.detail["actor"] == subject.hex


@pytest.mark.parametrize("language", ["zh", "en"])
def test_tells_a_stranger_how_she_is_and_stores_nothing(client: Client, app: Flask, language: str) -> None:
    client.http.set_cookie("lang", language)
    client.get("/check")
    page = client.submit("questions", **WORN)
    assert CARD in page.text
    assert 'class="chart"' in page.text
    assert (_rows(app, Sitting), _rows(app, Response), _rows(app, Entry)) == (0, 0, 0)


def test_opens_the_first_question_from_a_poster_without_a_password(client: Client, people: Cast) -> None:
    page = client.get(f"/q/{people.township.join_code}")
    assert page.form("questions").names >= set(WORN)
    assert page.form("questions").action.endswith(people.township.join_code)


def test_knows_no_poster_that_could_not_be_one(client: Client) -> None:
    client.get("/q/no-poster", status=404)


def test_answers_from_an_old_poster_too_but_leads_nobody_to_its_unit(client: Client) -> None:
    client.get("/q/aaaaaaaaaa")
    client.submit("questions", **WORN)
    assert "/join/aaaaaaaaaa" not in client.page.links


def test_leads_from_a_poster_to_its_unit(client: Client, people: Cast) -> None:
    client.get(f"/q/{people.township.join_code}")
    client.submit("questions", **WORN)
    assert f"/join/{people.township.join_code}" in client.page.links


def test_gives_every_worker_a_page_of_her_own(
    worker: Client, people: Cast, signed_in: Callable[[Account], Client]
) -> None:
    other = signed_in(people.other_worker)
    first, second = _start(worker), _start(other)
    mine, hers = worker.page.form("questions"), other.page.form("questions")
    assert (mine.action, hers.action) == (first, second)
    assert mine.values["key"] != hers.values["key"]
    assert mine.values["csrf_token"] != hers.values["csrf_token"]
    assert first.split("/")[2] not in other.page.text


@pytest.mark.usefixtures("as_live")
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_shows_the_help_card_even_when_the_alert_cannot_be_stored(worker: Client, app: Flask, accept: str) -> None:
    address = _start(worker)
    form = worker.page.form("questions")
    fields = {**CALM, "q9": 3, **{name: form.values[name][0] for name in ("csrf_token", "key")}}
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE alert RENAME TO alert_gone"))
    try:
        reply = worker.http.post(address, data=fields, headers={"Accept": accept})
    finally:
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(text("ALTER TABLE alert_gone RENAME TO alert"))
    assert reply.status_code == 503
    assert "12356" in (reply.get_json()["help_card"] if accept == "application/json" else reply.get_data(as_text=True))
    assert _rows(app, Response) == 0


@pytest.mark.usefixtures("as_live")
def test_shows_the_help_card_even_when_the_vault_is_closed(
    worker: Client, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = _start(worker)
    headers = {"Accept": "application/json", "X-CSRFToken": worker.csrf}
    monkeypatch.setattr(owner_keys, "_fetch", lambda owners: (_ for _ in ()).throw(OSError("down")))
    reply = worker.http.post(f"{address}/answer", data={"item": "q9", "value": 1}, headers=headers)
    assert reply.status_code == 503
    assert CARD in reply.get_json()["help_card"]


def test_shows_the_help_card_to_somebody_whose_session_is_over(worker: Client) -> None:
    address = _start(worker)
    headers = {"Accept": "application/json", "X-CSRFToken": worker.csrf}
    worker.http.delete_cookie("xf_session")
    reply = worker.http.post(f"{address}/answer", data={"item": "q9", "value": 1}, headers=headers)
    assert reply.status_code == 401
    assert CARD in reply.get_json()["help_card"]


def test_thanks_a_worker_who_spoke_of_dying_whatever_her_total(worker: Client) -> None:
    address = _start(worker)
    _save(worker, address, item="q9", value=1)
    worker.get(address)
    worker.submit("questions", **{**CALM, "q9": 1})
    page = worker.submit("questions", **dict(list(CALM.items())[:7]))
    assert page.says("谢谢您愿意说出来")
    assert not page.says("心情总体平稳")
    assert CARD in page.text


def test_says_nothing_of_the_short_form_once_the_longer_ones_are_answered(worker: Client) -> None:
    _start(worker, "quick")
    worker.submit("questions", **WORN)
    worker.submit("questions", **CALM)
    page = worker.submit("questions", **dict(list(CALM.items())[:7]))
    assert page.text.count('class="chart"') == 2
    assert not page.says("四道题只能看个大概")
