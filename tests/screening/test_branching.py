"""Which instrument comes next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.screening import instruments
from app.screening.branching import load_batteries, next_instruments
from app.screening.conditions import read_condition
from app.screening.scoring import score

QUICK = load_batteries()["quick"]


def test_begins_with_the_first_instrument() -> None:
    assert next_instruments(QUICK, []) == ["phq4"]
    assert next_instruments(load_batteries()["wellbeing"], []) == ["who5"]


@pytest.mark.parametrize(
    ("answers", "following"),
    [
        ([1, 1, 1, 1], []),
        ([2, 0, 2, 0], []),
        ([2, 1, 0, 0], ["phq9", "gad7"]),
        ([0, 0, 0, 3], ["phq9", "gad7"]),
        ([2, 1, 2, 1], ["phq9", "gad7"]),
        ([3, 3, 3, 3], ["phq9", "gad7"]),
        ([None, 1, 3, 0], ["phq9", "gad7"]),
        ([3, None, None, 3], []),
    ],
)
def test_continues_after_a_positive_phq4(answers: list[int | None], following: list[str]) -> None:
    scored = score(instruments.get("phq4"), answers)

    assert next_instruments(QUICK, [scored]) == following


def test_does_not_ask_again_what_was_answered() -> None:
    so_far = [score(instruments.get("phq4"), [3, 3, 3, 3]), score(instruments.get("phq9"), [1] * 9)]

    assert next_instruments(QUICK, so_far) == ["gad7"]


def test_two_branches_are_given_one_after_the_other() -> None:
    branch = QUICK.branches[0]
    two = replace(QUICK, branches=(replace(branch, then=("phq9",)), replace(branch, then=("gad7", "phq9"))))
    assert next_instruments(two, [score(instruments.get("phq4"), [3, 3, 3, 3])]) == ["phq9", "gad7"]


def test_ends_when_everything_was_answered() -> None:
    assert next_instruments(load_batteries()["wellbeing"], [score(instruments.get("who5"), [3] * 5)]) == []


@pytest.mark.parametrize(
    "table",
    [
        {"measure": "total"},
        {"min": 3},
        {"measure": "total", "fact": "x", "min": 1},
        {"measure": "eval", "min": 1},
        {"measure": "total", "min": 1, "code": "1"},
    ],
)
def test_knows_no_other_words_in_a_condition(table: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"condition|measure"):
        read_condition(table)
