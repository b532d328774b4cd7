"""Consent speaks of the words that were read: other words are asked about again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.accounts.services import consents
from app.accounts.services.consents import CONTACT, SCREENING
from app.core.database import session, transaction

if TYPE_CHECKING:
    from flask import Flask

    from tests.cast import Cast


def decide(app: Flask, people: Cast, *, given: bool) -> None:
    with app.app_context(), transaction():
        consents.decide(session().merge(people.worker), SCREENING, given=given)


def decisions(app: Flask, people: Cast) -> dict[str, bool]:
    with app.app_context(), transaction(writes=False):
        return consents.decisions(people.worker.id)


@pytest.fixture
def new_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The words about screening are other ones from now on."""
    before = consents.purposes()
    changed = {**before, SCREENING: replace(before[SCREENING], version=before[SCREENING].version + 1)}
    monkeypatch.setattr(consents, "purposes", lambda: changed)


@pytest.fixture
def agreed(people: Cast) -> None:
    assert people.worker


@pytest.mark.usefixtures("agreed", "new_words")
def test_a_consent_to_older_words_is_none(app: Flask, people: Cast) -> None:
    assert SCREENING not in decisions(app, people)
    with app.app_context(), transaction(writes=False):
        assert not consents.has_consented(people.worker.id, SCREENING)
        assert consents.has_consented(people.worker.id, CONTACT)
        assert consents.who_agrees([people.worker.id], SCREENING) == set()
        assert consents.who_agrees([people.worker.id], CONTACT) == {people.worker.id}


@pytest.mark.usefixtures("agreed", "new_words")
def test_the_new_words_can_be_agreed_to(app: Flask, people: Cast) -> None:
    decide(app, people, given=True)
    assert decisions(app, people)[SCREENING]


@pytest.mark.usefixtures("agreed")
def test_a_refusal_of_older_words_stands(app: Flask, people: Cast, request: pytest.FixtureRequest) -> None:
    decide(app, people, given=False)
    request.getfixturevalue("new_words")
    assert decisions(app, people)[SCREENING] is False


@pytest.mark.usefixtures("agreed")
def test_a_consent_after_a_refusal_is_asked_for_again_with_new_words(
    app: Flask, people: Cast, request: pytest.FixtureRequest
) -> None:
    decide(app, people, given=False)
    decide(app, people, given=True)
    request.getfixturevalue("new_words")
    assert SCREENING not in decisions(app, people)
