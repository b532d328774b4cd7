"""A safety answer counts wherever it arrives: under an old key, after handing in, out of turn, stale, sent twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete

from app.core import clock
from app.core.database import session, transaction
from app.safety import services as safety
from app.safety.models import Alert
from app.screening.models import Result, Sitting
from tests.screening.scenes import CALM, CARD, rows, save, start

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

    from tests.client import Client

A, B = "a" * 20, "b" * 20


@dataclass(frozen=True)
class Event:
    """One request: what it sends, and the safety answer in it (0: none)."""

    name: str
    path: str
    fields: dict[str, Any] = field(compare=False)
    says: int = 0

    def send(self, worker: Client, address: str) -> TestResponse:
        """Send it as the page's script would."""
        headers = {"Accept": "application/json", "X-CSRFToken": worker.csrf}
        return worker.http.post(address + self.path, data=self.fields, headers=headers)


EVENTS = (
    Event("an answer of none", "/answer", {"item": "q9", "value": 0}),
    Event("an answer of three", "/answer", {"item": "q9", "value": 3}, says=3),
    Event("a sheet with none", "", {**CALM, "key": A}),
    Event("the same key with three", "", {**CALM, "q9": 3, "key": A}, says=3),
    Event("another key with two", "", {**CALM, "q9": 2, "key": B}, says=2),
    Event("half a sheet with one", "", {"q1": 0, "q9": 1, "key": B}, says=1),
    Event("an item twice", "", {**CALM, "q9": ["0", "2"], "key": B}, says=2),
)


def strongest(app: Flask) -> int:
    with app.app_context(), transaction(writes=False):
        return max((report.value or 0 for alert in safety.open_alerts() for report in alert.state.reports), default=0)


def kept(app: Flask) -> int | None:
    """The answer to the last question of PHQ-9 as it was stored, None where nothing is handed in."""
    with app.app_context(), transaction(writes=False):
        sheets = [row.answers["given"] for row in session().query(Result)]
    return next((sheet["q9"] for sheet in sheets), None)


def begin_anew(app: Flask) -> None:
    with app.app_context(), transaction():
        for model in (Sitting, Result, Alert):
            session().execute(delete(model))


def test_a_safety_answer_counts_in_every_order(worker: Client, app: Flask) -> None:
    for order in permutations(EVENTS, 3):
        said, first = 0, None
        address = start(worker)
        for event in order:
            reply = event.send(worker, address)
            answer, names = reply.get_json(), [each.name for each in order]
            assert reply.status_code in {200, 409, 422}, names
            assert answer.get("saved", False) is (reply.status_code == 200), names
            assert event.says <= said or CARD in (answer["help_card"] or ""), names
            if reply.status_code == 200 and event.path == "":
                first = event.fields["q9"] if first is None else first
                assert kept(app) == event.fields["q9"] == first, names
            said = max(said, event.says)
        assert strongest(app) == said, [each.name for each in order]
        begin_anew(app)


@pytest.mark.parametrize("key", [A, B], ids=["the same key", "another key"])
def test_says_in_words_that_a_changed_sheet_was_not_stored_but_passed_on(worker: Client, app: Flask, key: str) -> None:
    address = start(worker)
    form = {**CALM, "csrf_token": worker.csrf}
    worker.http.post(address, data={**form, "key": A})

    reply = worker.http.post(address, data={**form, "q9": 2, "key": key})

    page = reply.get_data(as_text=True)
    assert reply.status_code == 409
    assert CARD in page
    assert "同事也会尽快联系您" in page
    assert "已经交过" in page
    assert (rows(app, Alert), kept(app)) == (1, 0)


def test_a_stale_answer_still_tells_somebody(worker: Client, app: Flask) -> None:
    with clock.at(clock.now() - timedelta(days=8)):
        address = start(worker)

    reply = save(worker, address, 409, item="q9", value=2)

    assert CARD in reply["help_card"]
    assert "一周多以前" in reply["message"]
    assert strongest(app) == 2


def test_an_answer_out_of_turn_still_tells_somebody(worker: Client, app: Flask) -> None:
    address = start(worker)
    save(worker, address.replace("phq9", "gad7"), 409, item="q1", value=1)
    start(worker, "wellbeing")
    other = worker.page.response.request.path.replace("who5", "phq9")

    reply = save(worker, other, 409, item="q9", value=1)

    assert CARD in reply["help_card"]
    assert (rows(app, Alert), strongest(app)) == (1, 1)
