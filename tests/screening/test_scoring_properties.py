"""What holds for every instrument and all answers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.screening import instruments
from app.screening.instruments import Direction, Instrument
from app.screening.scoring import Scored, score

Answered = tuple[Instrument, dict[str, int]]
SAFE = [each for each in instruments.load_all().values() if any(item.safety for item in each.items)]


def answers_to(instrument: Instrument) -> st.SearchStrategy[dict[str, int]]:
    return st.fixed_dictionaries({item.id: st.sampled_from(item.values) for item in instrument.scored_items})


def with_answers(instrument: Instrument) -> st.SearchStrategy[Answered]:
    return st.tuples(st.just(instrument), answers_to(instrument))


answered = st.sampled_from(list(instruments.load_all().values())).flatmap(with_answers)


@given(answered)
def test_keeps_every_total_in_range_and_in_one_band(given_answers: Answered) -> None:
    instrument, answers = given_answers

    scored = score(instrument, answers)

    assert scored.total is not None
    assert instrument.minimum <= scored.total <= instrument.maximum
    assert [band.code for band in instrument.bands if band.minimum <= scored.total <= band.maximum] == [scored.band]


@given(answered, st.data())
def test_never_lowers_a_total_when_one_answer_rises(given_answers: Answered, data: st.DataObject) -> None:
    instrument, answers = given_answers
    item = data.draw(st.sampled_from(instrument.scored_items))
    higher = {**answers, item.id: min(answers[item.id] + 1, item.values[-1])}

    before, after = score(instrument, answers), score(instrument, higher)

    assert before.total is not None
    assert after.total is not None
    assert after.total - before.total == instrument.multiplier * (higher[item.id] - answers[item.id])


@given(answered, answered)
def test_never_calls_the_better_result_positive_and_the_worse_one_not(one: Answered, other: Answered) -> None:
    instrument, answers = one
    others = {item.id: other[1].get(item.id, 0) for item in instrument.scored_items}
    others = {item.id: min(others[item.id], item.values[-1]) for item in instrument.scored_items}
    pick = min if instrument.direction is Direction.HIGHER_IS_WORSE else max
    better = {key: pick(answers[key], others[key]) for key in answers}

    assert score(instrument, answers).positive or not score(instrument, better).positive


@given(answered, st.data())
def test_never_gives_a_total_when_an_item_is_missing(given_answers: Answered, data: st.DataObject) -> None:
    instrument, answers = given_answers
    gone = data.draw(st.sampled_from(instrument.scored_items)).id

    scored = score(instrument, {**answers, gone: None})

    assert (scored.complete, scored.total, scored.band, scored.positive) == (False, None, None, None)
    assert scored.missing == (gone,)


@given(st.sampled_from(SAFE).flatmap(with_answers), st.data())
def test_loses_no_safety_answer_to_missing_ones(given_answers: Answered, data: st.DataObject) -> None:
    instrument, answers = given_answers
    others = [item.id for item in instrument.scored_items if item.safety is None]
    gone = data.draw(st.sets(st.sampled_from(others)))
    partly = {**answers, **dict.fromkeys(gone)}

    assert score(instrument, partly).safety == score(instrument, answers).safety


@given(answered)
def test_scores_a_list_and_a_mapping_alike_and_survives_json(given_answers: Answered) -> None:
    instrument, answers = given_answers

    scored = score(instrument, answers)

    assert score(instrument, [answers[item.id] for item in instrument.scored_items]) == scored
    assert Scored.from_json(scored.to_json()) == scored
