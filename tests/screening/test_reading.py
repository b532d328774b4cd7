"""How a result speaks: of danger first, and then of nothing that would belittle it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.screening import instruments
from app.screening.scoring import score
from app.screening.views.reading import Taken, read

if TYPE_CHECKING:
    from flask import Flask

HASTE = {f"q{number}": 0.1 for number in range(1, 10)}


def taken(answer: int) -> Taken:
    answers = dict.fromkeys(HASTE, answer)
    return Taken(None, (read(score(instruments.get("phq9"), answers, seconds=HASTE), "zh"),))


def test_hasty_answers_are_met_with_a_suggestion(app: Flask) -> None:
    with app.test_request_context():
        assert taken(0).careless


def test_nobody_who_spoke_of_danger_is_told_to_answer_again(app: Flask) -> None:
    with app.test_request_context():
        assert taken(1).told_us
        assert not taken(1).careless
