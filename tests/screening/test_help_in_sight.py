"""The help card: in the same answer as the alert, and whatever fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from app.core.database import db
from app.safety.models import Alert
from app.screening.models import Result
from app.vault import owner_keys
from app.web.access import LARGEST_FORM
from tests.screening.scenes import CALM, CARD, WORRY, rows, save, start

if TYPE_CHECKING:
    from flask import Flask

    from tests.client import Client


def test_shows_the_help_card_before_anything_else_when_an_answer_calls_for_it(worker: Client, app: Flask) -> None:
    start(worker)
    page = worker.submit("questions", **{**CALM, "q9": 1})
    assert CARD in page.text
    assert rows(app, Alert) == 1


def test_gives_the_help_card_in_the_reply_to_a_saved_answer(worker: Client, app: Flask) -> None:
    reply = save(worker, start(worker), item="q9", value=2)
    assert CARD in reply["help_card"]
    assert rows(app, Alert) == 1


def test_raises_the_alert_of_an_unfinished_form_too(worker: Client, app: Flask) -> None:
    start(worker)
    page = worker.submit("questions", status=422, q9=3)
    assert 'id="help-now" role="dialog"' in page.text
    assert not re.search(r'id="help-now"[^>]* hidden', page.text)
    assert (rows(app, Alert), rows(app, Result)) == (1, 0)


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_shows_the_help_card_where_nobody_can_read_what_was_sent(worker: Client, accept: str) -> None:
    address = start(worker)
    reply = worker.http.post(address, data=b"x" * (LARGEST_FORM + 1), headers={"Accept": accept})
    assert reply.status_code == 413
    assert "12356" in (reply.get_json()["help_card"] if accept == "application/json" else reply.get_data(as_text=True))


@pytest.mark.usefixtures("as_live")
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_shows_the_help_card_even_when_the_alert_cannot_be_stored(worker: Client, app: Flask, accept: str) -> None:
    address = start(worker)
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
    assert rows(app, Result) == 0


@pytest.mark.usefixtures("as_live")
def test_shows_the_help_card_even_when_the_vault_is_closed(
    worker: Client, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = start(worker)
    headers = {"Accept": "application/json", "X-CSRFToken": worker.csrf}
    monkeypatch.setattr(owner_keys, "_fetch", lambda owners: (_ for _ in ()).throw(OSError("down")))
    reply = worker.http.post(f"{address}/answer", data={"item": "q9", "value": 1}, headers=headers)
    assert reply.status_code == 503
    assert CARD in reply.get_json()["help_card"]


def test_shows_the_help_card_to_somebody_whose_session_is_over(worker: Client) -> None:
    address = start(worker)
    headers = {"Accept": "application/json", "X-CSRFToken": worker.csrf}
    worker.http.delete_cookie("xf_session")
    reply = worker.http.post(f"{address}/answer", data={"item": "q9", "value": 1}, headers=headers)
    assert reply.status_code == 401
    assert CARD in reply.get_json()["help_card"]


def test_thanks_a_worker_who_spoke_of_dying_whatever_her_total(worker: Client) -> None:
    address = start(worker)
    save(worker, address, item="q9", value=1)
    worker.get(address)
    worker.submit("questions", **{**CALM, "q9": 1})
    page = worker.submit("questions", **WORRY)
    assert page.says("谢谢您愿意说出来")
    assert not page.says("心情低落的日子不多")
    assert CARD in page.text
