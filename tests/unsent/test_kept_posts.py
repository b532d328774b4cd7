"""A post that cannot be stored is kept for whoever wrote it, and given back to nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.accounts.services import upkeep
from app.core import clock
from app.core.database import session, transaction
from app.subjects import services as subjects
from app.unsent.models import UnsentText
from app.vault import owner_keys
from tests.accounts.phone import NEW_NUMBER, NEW_PASSWORD, NEW_PHONE, authenticator_code, codes_sent, phone_of
from tests.care.scenes import in_care
from tests.cast import PASSWORD
from tests.unsent.scenes import ENDINGS, TEXT, come_back, kept_texts, later, token_old

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client


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


def send_note(client: Client, **more: Any) -> Any:
    """Send the note's form as it was shown, without following where it leads."""
    form = client.page.form("notes")
    return client.http.post(form.action, data={**form.values, "text": TEXT, **more})


def lose_note(client: Client) -> None:
    """The session is over when the note is sent."""
    with later():
        send_note(client)


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_a_note_comes_back_after_signing_in_again(
    writing: Client, people: Cast, case_id: UUID, ending: Callable[[Client], None]
) -> None:
    ending(writing)
    with later():
        send_note(writing)
        come_back(writing, people.counsellor)
        page = writing.get(f"/cases/{case_id}")

    assert page.form("notes").values["text"] == [TEXT]


def test_the_sign_in_page_says_that_the_text_is_kept(writing: Client) -> None:
    with later():
        form = writing.page.form("notes")
        page = writing.post(form.action, [("text", TEXT), ("origin", form.values["origin"][0]), *csrf(writing)])

    assert page.says("您写的内容会保留半小时")
    assert TEXT not in page.text


def csrf(client: Client) -> list[tuple[str, str]]:
    return [("csrf_token", client.csrf)]


def test_signing_in_by_hand_offers_to_put_it_back(app: Flask, writing: Client, people: Cast, case_id: UUID) -> None:
    phone = phone_of(app, people.counsellor)
    with later():
        send_note(writing)
        writing.get("/sign-in")
        writing.submit(phone=phone, password=PASSWORD)
        page = writing.submit(code=authenticator_code(app, people.counsellor))
        offered = page.response.request.path
        back = writing.get(next(link for link in page.links if str(case_id) in link))

    assert offered == "/unsent"
    assert TEXT not in page.text
    assert back.form("notes").values["text"] == [TEXT]


def test_nothing_is_stored_by_itself(app: Flask, writing: Client, people: Cast, case_id: UUID) -> None:
    lose_note(writing)
    come_back(writing, people.counsellor)
    page = writing.get(f"/cases/{case_id}")

    assert page.text.count(TEXT) == 1


def test_storing_it_forgets_what_was_kept(app: Flask, writing: Client, people: Cast, case_id: UUID) -> None:
    lose_note(writing)
    come_back(writing, people.counsellor)
    writing.get(f"/cases/{case_id}")
    page = writing.submit("notes")

    assert page.text.count(TEXT) == 1
    assert kept_texts(app) == 0


def test_a_note_that_is_refused_stays_kept(app: Flask, writing: Client, people: Cast, case_id: UUID) -> None:
    lose_note(writing)
    come_back(writing, people.counsellor)
    writing.get(f"/cases/{case_id}")
    writing.submit("notes", text="", status=422)

    assert kept_texts(app) == 1


def test_nobody_else_sees_it_in_the_same_browser(app: Flask, writing: Client, people: Cast, case_id: UUID) -> None:
    lose_note(writing)
    come_back(writing, people.supervisor)
    page = writing.get(f"/cases/{case_id}")

    assert page.form("notes").values["text"] == [""]
    assert TEXT not in page.text
    assert len(writing.get("/unsent").forms) == len(writing.get("/alerts").forms)


def test_a_post_from_the_page_of_somebody_who_left_is_kept_for_her(
    writing: Client, people: Cast, case_id: UUID
) -> None:
    shown = writing.page
    come_back(writing, people.supervisor)
    token_old(writing)
    writing.page = shown
    answer = send_note(writing)
    other = writing.get(f"/cases/{case_id}")
    come_back(writing, people.counsellor)
    own = writing.get(f"/cases/{case_id}")

    assert answer.status_code == 400
    assert TEXT not in answer.get_data(as_text=True)
    assert TEXT not in other.text
    assert own.form("notes").values["text"] == [TEXT]


def test_an_origin_of_another_installation_keeps_nothing(app: Flask, writing: Client) -> None:
    with later():
        send_note(writing, origin="bm90IG91cnMgYXQgYWxsIG5vdCBvdXJzIGF0IGFsbA==")

    assert kept_texts(app) == 0


def test_it_is_over_after_half_an_hour(writing: Client, people: Cast, case_id: UUID) -> None:
    lose_note(writing)
    with later(timedelta(minutes=51)):
        come_back(writing, people.counsellor)
        page = writing.get(f"/cases/{case_id}")

    assert page.form("notes").values["text"] == [""]


def test_the_upkeep_sweeps_it_within_two_hours(app: Flask, writing: Client) -> None:
    lose_note(writing)
    with later(timedelta(hours=2)), app.app_context():
        upkeep.sweep()

    assert kept_texts(app) == 0


def test_the_row_tells_no_minute(app: Flask, writing: Client) -> None:
    lose_note(writing)
    with app.app_context(), transaction(writes=False):
        ends_at = session().query(UnsentText).one().ends_at

    assert (ends_at.minute, ends_at.second, ends_at.microsecond) == (0, 0, 0)
    assert ends_at > clock.now()


def test_the_text_goes_with_the_person_it_is_about(app: Flask, writing: Client, people: Cast, case_id: UUID) -> None:
    lose_note(writing)
    subject = people.subject_of(people.worker)
    with app.app_context():
        owner_keys.destroy([subject])
        with transaction(writes=False):
            row = session().query(UnsentText).one()
            owner = row.owner_id

    assert owner == subject


def test_it_may_be_thrown_away(app: Flask, writing: Client, people: Cast, case_id: UUID) -> None:
    lose_note(writing)
    come_back(writing, people.counsellor)
    writing.get("/unsent")
    writing.submit("/unsent/discard", button=writing_button(writing))

    assert kept_texts(app) == 0


def test_nobody_throws_away_what_is_not_hers(app: Flask, writing: Client, people: Cast, case_id: UUID) -> None:
    lose_note(writing)
    come_back(writing, people.counsellor)
    writing.get("/unsent")
    text_id = writing_button(writing)[1]
    come_back(writing, people.supervisor)
    writing.get("/unsent")
    writing.http.post("/unsent/discard", data={"csrf_token": writing.csrf, "text": text_id})

    assert kept_texts(app) == 1


def writing_button(client: Client) -> tuple[str, str]:
    return "text", client.page.form("/unsent/discard").buttons["text"][0]


def test_a_password_and_a_code_are_never_kept(app: Flask, client: Client) -> None:
    client.get("/sign-in")
    client.http.post("/sign-in", data={**client.page.form().values, "password": TEXT, "csrf_token": "old"})

    assert kept_texts(app) == 0
    assert "origin" not in client.page.form().names


def test_what_a_stranger_typed_is_shown_again_and_kept_nowhere(app: Flask, people: Cast, client: Client) -> None:
    with app.app_context():
        subjects.refill(1)
    client.get(f"/join/{people.township.join_code}/phone")
    client.submit(phone=NEW_PHONE)
    client.submit(code=codes_sent(app, NEW_NUMBER)[-1])
    token_old(client)
    page = client.submit(name="王小骑", password=NEW_PASSWORD, status=400)

    assert page.says("王小骑")
    assert NEW_PASSWORD not in page.text
    assert kept_texts(app) == 0


def test_a_text_that_the_rules_refuse_is_shown_again(writing: Client, people: Cast, case_id: UUID) -> None:
    writing.get(f"/cases/{case_id}")
    writing.submit("close", why="不再需要")
    writing.http.post(f"/cases/{case_id}/reopen", data={"csrf_token": writing.csrf, "why": "又来了"})
    writing.get(f"/cases/{case_id}")
    stale = writing.page.form("close").values
    writing.submit("close", why="不再需要")
    answer = writing.http.post(f"/cases/{case_id}/close", data={**stale, "why": TEXT})

    assert answer.status_code == 409
    assert TEXT in answer.get_data(as_text=True)
