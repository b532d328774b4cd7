"""What somebody types is saved while she types, and found again when the form is opened."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.accounts.services import sessions, upkeep
from tests.care.scenes import in_care
from tests.unsent.scenes import TEXT, kept_texts, later

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client

MORE = TEXT + "明天再打一次电话。"


@pytest.fixture
def case_id(app: Flask, people: Cast) -> UUID:
    """A worker in her counsellor's care."""
    return in_care(app, people.subject_of(people.worker), people.counsellor)


@pytest.fixture
def writing(signed_in: Callable[[Account], Client], people: Cast, case_id: UUID) -> Client:
    """The counsellor has the case open."""
    client = signed_in(people.counsellor)
    client.get(f"/cases/{case_id}")
    return client


def save(client: Client, text: str = TEXT, **more: str) -> Any:
    """What the script sends while somebody types a note."""
    fields = {**client.page.form("notes").values, "text": text, **more}
    headers = {"X-CSRFToken": client.csrf, "Accept": "application/json"}
    return client.http.post("/unsent/save", data=fields, headers=headers)


def test_a_draft_is_found_on_another_device(
    writing: Client, signed_in: Callable[[Account], Client], people: Cast, case_id: UUID
) -> None:
    answer = save(writing)
    page = signed_in(people.counsellor).get(f"/cases/{case_id}")

    assert answer.get_json()["saved"]
    assert page.form("notes").values["text"] == [TEXT]
    assert page.says("还没有提交")


def test_what_is_typed_later_takes_its_place(app: Flask, writing: Client, case_id: UUID) -> None:
    save(writing)
    save(writing, MORE)

    assert writing.get(f"/cases/{case_id}").form("notes").values["text"] == [MORE]
    assert kept_texts(app) == 1


def test_a_draft_that_was_opened_again_and_changed_leaves_no_older_one(
    app: Flask, writing: Client, case_id: UUID
) -> None:
    save(writing)
    writing.get(f"/cases/{case_id}")
    save(writing, MORE)
    writing.get(f"/cases/{case_id}")
    writing.submit("notes")

    assert kept_texts(app) == 0


def test_two_windows_each_keep_their_own(app: Flask, writing: Client, case_id: UUID) -> None:
    first = writing.page
    second = writing.get(f"/cases/{case_id}")
    writing.page = first
    save(writing)
    writing.page = second
    save(writing, MORE)

    assert kept_texts(app) == 2


def test_a_stored_note_leaves_no_draft(app: Flask, writing: Client) -> None:
    save(writing)
    writing.submit("notes", text=TEXT)

    assert kept_texts(app) == 0


def test_an_emptied_form_leaves_no_draft(app: Flask, writing: Client) -> None:
    save(writing)
    save(writing, " ")

    assert kept_texts(app) == 0


def test_a_draft_is_nobody_elses(
    writing: Client, signed_in: Callable[[Account], Client], people: Cast, case_id: UUID
) -> None:
    save(writing)
    page = signed_in(people.supervisor).get(f"/cases/{case_id}")

    assert TEXT not in page.text


def test_nobody_saves_under_the_name_of_another(
    app: Flask, writing: Client, signed_in: Callable[[Account], Client], people: Cast
) -> None:
    fields = writing.page.form("notes").values
    other = signed_in(people.supervisor)
    other.get("/alerts")
    headers = {"X-CSRFToken": other.csrf, "Accept": "application/json"}
    answer = other.http.post("/unsent/save", data={**fields, "text": TEXT, "csrf_token": []}, headers=headers)

    assert answer.status_code == 404
    assert kept_texts(app) == 0


def test_a_draft_lives_a_week_even_where_its_post_was_refused(app: Flask, writing: Client, case_id: UUID) -> None:
    save(writing)
    with later():
        form = writing.page.form("notes")
        writing.http.post(form.action, data={**form.values, "text": MORE})
    with later(timedelta(days=6)), app.app_context():
        upkeep.sweep()
    with later(timedelta(days=6, hours=23)):
        assert kept_texts(app) == 1
    with later(timedelta(days=8)), app.app_context():
        upkeep.sweep()

    assert kept_texts(app) == 0


def test_typing_keeps_the_session_alive_but_not_beyond_its_end(writing: Client) -> None:
    page = writing.page
    for minutes in range(10, 8 * 60, 10):
        with later(timedelta(minutes=minutes)):
            assert save(writing).status_code == 200
    with later(sessions.STAFF_SHIFT):
        writing.page = page
        answer = save(writing)

    assert answer.status_code == 401
    assert "半小时" in answer.get_json()["message"]


def test_staying_saves_nothing_and_says_how_long_the_session_lives(app: Flask, writing: Client) -> None:
    answer = save(writing, stay="yes").get_json()

    assert (answer["saved"], answer["idle"]) == ("", 14 * 60)
    assert 0 < answer["left"] <= 8 * 3600
    assert kept_texts(app) == 0


def test_a_draft_keeps_the_version_that_it_was_written_over(
    writing: Client, signed_in: Callable[[Account], Client], people: Cast, case_id: UUID
) -> None:
    note = next(link for link in writing.submit("notes", text="第一版").links if "/notes/" in link)
    writing.get(note)
    fields = {**writing.page.form().values, "text": MORE}
    headers = {"X-CSRFToken": writing.csrf, "Accept": "application/json"}
    writing.http.post("/unsent/save", data=fields, headers=headers)
    other = signed_in(people.counsellor)
    other.get(f"{note}")
    other.http.post(note, data={**other.page.form().values, "text": "第二版", "version": "1", "origin": ""})
    writing.get(note)
    page = writing.submit(status=409)

    assert page.says("第二版")
    assert page.form().values["text"] == [MORE]


def test_a_machine_cannot_fill_the_disk(
    app: Flask, writing: Client, case_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.unsent.services.MOST", 2)
    windows = [writing.get(f"/cases/{case_id}") for _window in range(3)]
    for hours, window in enumerate(windows):
        writing.page = window
        with later(timedelta(hours=hours) / 10):
            save(writing)

    assert kept_texts(app) == 2
