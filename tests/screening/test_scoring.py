"""Scoring, with published examples and the rules that are easy to get wrong."""

from __future__ import annotations

import dataclasses
import json

import pytest

from app.screening import instruments
from app.screening.scoring import AnswerError, Pattern, Scored, is_asked, safety_items, score

PHQ9, GAD7, PHQ4, WHO5 = (instruments.get(code) for code in ("phq9", "gad7", "phq4", "who5"))


def phq9_of(total: int) -> list[int]:
    """Nine answers with this total and nothing at item 9 while that is possible."""
    return [min(3, max(0, total - 3 * place)) for place in range(9)]


@pytest.mark.parametrize(
    ("total", "band", "positive"),
    [
        (0, "none", False), (4, "none", False), (5, "mild", False), (9, "mild", False), (10, "moderate", True),
        (14, "moderate", True), (15, "moderately_severe", True), (19, "moderately_severe", True),
        (20, "severe", True), (27, "severe", True),
    ],
)  # fmt: skip
def test_gives_the_band_of_phq9_at_both_edges(total: int, band: str, positive: bool) -> None:
    scored = score(PHQ9, phq9_of(total))

    assert (scored.total, scored.band, scored.positive) == (total, band, positive)


@pytest.mark.parametrize(
    ("answers", "total", "band"),
    [
        ([1, 1, 1, 1, 0, 0, 0], 4, "none"), ([1, 1, 1, 1, 1, 0, 0], 5, "mild"), ([3, 3, 3, 0, 0, 0, 0], 9, "mild"),
        ([3, 3, 3, 1, 0, 0, 0], 10, "moderate"), ([3, 3, 3, 3, 2, 0, 0], 14, "moderate"),
        ([3, 3, 3, 3, 3, 0, 0], 15, "severe"), ([3] * 7, 21, "severe"),
    ],
)  # fmt: skip
def test_gives_the_band_of_gad7_at_both_edges(answers: list[int], total: int, band: str) -> None:
    scored = score(GAD7, answers)

    assert (scored.total, scored.band) == (total, band)


@pytest.mark.parametrize(
    ("answers", "band", "positive"),
    [
        ([1, 1, 0, 0], "none", False),
        ([3, 0, 0, 0], "mild", True),
        ([2, 0, 2, 0], "mild", False),
        ([2, 0, 2, 1], "mild", True),
        ([2, 2, 1, 1], "moderate", True),
        ([3, 3, 2, 1], "severe", True),
    ],
)
def test_reads_phq4_by_total_and_by_either_sub_scale(answers: list[int], band: str, positive: bool) -> None:
    scored = score(PHQ4, answers)

    assert (scored.band, scored.positive) == (band, positive)
    assert scored.subscales == {"anxiety": sum(answers[:2]), "depression": sum(answers[2:])}


@pytest.mark.parametrize(
    ("answers", "total", "band", "positive"),
    [
        ([5, 5, 5, 5, 5], 100, "good", False),
        ([3, 3, 3, 2, 2], 52, "good", False),
        ([3, 3, 2, 2, 2], 48, "reduced", True),
        ([2, 2, 2, 1, 1], 32, "reduced", True),
        ([2, 2, 1, 1, 1], 28, "low", True),
        ([0, 0, 0, 0, 0], 0, "low", True),
    ],
)
def test_reads_wellbeing_upwards(answers: list[int], total: int, band: str, positive: bool) -> None:
    scored = score(WHO5, answers)

    assert (scored.total, scored.band, scored.positive) == (total, band, positive)


def test_never_prorates_a_missing_item() -> None:
    scored = score(PHQ9, [3, 3, 3, 3, 3, 3, 3, None, 0])

    assert not scored.complete
    assert (scored.total, scored.band, scored.positive, scored.pattern) == (None, None, None, None)
    assert scored.missing == ("q8",)


def test_keeps_the_sub_scale_that_is_whole() -> None:
    assert score(PHQ4, [2, 1, None, 1]).subscales == {"anxiety": 3, "depression": None}


def test_fires_on_the_safety_item_when_all_else_is_missing() -> None:
    assert score(PHQ9, {"q9": 1}).safety == ("q9",)
    assert safety_items(PHQ9, {"q9": 3}) == ("q9",)
    assert safety_items(PHQ9, {"q9": 0, "q1": 3}) == ()


def test_counts_item_9_of_the_pattern_from_one_and_the_others_from_two() -> None:
    assert score(PHQ9, [2, 1, 2, 2, 2, 0, 0, 0, 1]).pattern == Pattern("full", 5, core=True)
    assert score(PHQ9, [2, 1, 2, 2, 1, 1, 1, 1, 0]).pattern == Pattern("partial", 3, core=True)
    assert score(PHQ9, [2, 1, 2, 1, 1, 1, 1, 1, 0]).pattern == Pattern("partial", 2, core=True)
    assert score(PHQ9, [2, 1, 1, 1, 1, 1, 1, 1, 0]).pattern == Pattern("none", 1, core=True)
    assert score(PHQ9, [1, 1, 2, 2, 2, 2, 2, 2, 1]).pattern == Pattern("none", 7, core=False)
    assert score(GAD7, [3] * 7).pattern is None


def test_pins_the_version_and_the_cut_off_set() -> None:
    seven = [1, 1, 1, 1, 1, 1, 1, 0, 0]

    original, shanghai = score(PHQ9, seven), score(PHQ9, seven, "shanghai_community")

    assert (original.version, original.cut_off_set, original.positive) == (PHQ9.version, "kroenke_2001", False)
    assert (shanghai.cut_off_set, shanghai.positive) == ("shanghai_community", True)


def test_keeps_an_old_result_as_it_was_when_the_instrument_changes() -> None:
    sealed = score(PHQ9, [1] * 9).to_json()

    later = score(dataclasses.replace(PHQ9, version="2"), [1] * 9)

    assert Scored.from_json(sealed).version == "1"
    assert later.version == "2"


def test_does_not_know_a_cut_off_set_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        score(PHQ9, [0] * 9, "nobody")


@pytest.mark.parametrize(
    ("answers", "seconds", "careless"),
    [
        ([3] * 9, 0.5, True),
        ([3] * 9, 1.0, False),
        ([3, 2, 3, 3, 3, 3, 3, 3, 3], 0.5, False),
        ([0] * 9, 4.0, False),
    ],
)
def test_flags_the_same_answer_throughout_in_no_time(answers: list[int], seconds: float, careless: bool) -> None:
    timings = {item.id: seconds for item in PHQ9.scored_items}

    assert score(PHQ9, answers, seconds=timings).careless is careless


@pytest.mark.parametrize(("answered", "careless"), [(1, False), (2, True)])
def test_two_answers_are_enough_to_be_hurried(answered: int, careless: bool) -> None:
    answers = dict.fromkeys([f"q{number + 1}" for number in range(answered)], 2)
    assert score(PHQ9, answers, seconds=dict.fromkeys(answers, 0.1)).careless is careless


def test_flags_nothing_without_the_time_of_every_answer() -> None:
    assert not score(PHQ9, [3] * 9).careless
    assert not score(PHQ9, [3] * 9, seconds={"q1": 0.1}).careless


def test_discards_no_safety_answer_for_carelessness() -> None:
    scored = score(PHQ9, [3] * 9, seconds={item.id: 0.1 for item in PHQ9.scored_items})

    assert scored.careless
    assert scored.safety == ("q9",)


def test_takes_the_difficulty_item_of_phq9_without_scoring_it() -> None:
    assert score(PHQ9, [1] * 9 + [3]) == score(PHQ9, [1] * 9)


def test_asks_for_difficulty_only_above_nought() -> None:
    difficulty = PHQ9.item("difficulty")

    assert is_asked(difficulty, score(PHQ9, [1] + [0] * 8))
    assert not is_asked(difficulty, score(PHQ9, [0] * 9))


@pytest.mark.parametrize("wrong", [4, -1, True, 1.0, "1", [1], {}])
def test_refuses_an_answer_that_is_no_option_and_does_not_repeat_it(wrong: object) -> None:
    with pytest.raises(AnswerError) as refusal:
        score(PHQ9, {"q3": wrong})  # type: ignore[dict-item]

    assert refusal.value.item == "q3"
    assert str(refusal.value) == "q3: not one of its options"


@pytest.mark.parametrize("answers", [{"q12": 0}, [0] * 8, [0] * 11, [], "000000000"])
def test_refuses_answers_to_other_questions(answers: object) -> None:
    with pytest.raises(AnswerError, match="answers: "):
        score(PHQ9, answers)  # type: ignore[arg-type]


def test_comes_back_whole_from_json() -> None:
    scored = score(PHQ9, [2, 2, 2, 2, 2, 0, 0, None, 1])
    whole = score(PHQ9, [3] * 9)

    assert Scored.from_json(json.loads(json.dumps(scored.to_json()))) == scored
    assert Scored.from_json(json.loads(json.dumps(whole.to_json()))) == whole
