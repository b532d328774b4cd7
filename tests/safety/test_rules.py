"""The clocks of an alert and what is missing before it may close."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from app.core.clock import LOCAL
from app.safety.clocks import follow_ups, ladder, next_due
from app.safety.steps import REPORTS, Kind, Report, State, Step

MORNING = datetime(2026, 11, 21, 9, 0, tzinfo=LOCAL)
NIGHT = datetime(2026, 11, 21, 23, 30, tzinfo=LOCAL)
BY = uuid4()


def raised(at: datetime, *kinds: Kind, **step: str) -> State:
    return State((Report("sitting:1", "phq9", "q9", at, 1),), tuple(Step(kind, at, BY, **step) for kind in kinds))


def test_thirty_minutes_for_somebody_to_take_it() -> None:
    due = next_due(raised(MORNING))
    assert due
    assert (due.clock.code, due.at) == ("acknowledge", MORNING + timedelta(minutes=30))


def test_two_hours_for_the_first_contact() -> None:
    due = next_due(raised(MORNING, Kind.ACKNOWLEDGED))
    assert due
    assert (due.clock.code, due.at) == ("contact", MORNING + timedelta(hours=2))


def test_the_assessment_is_due_the_same_day() -> None:
    due = next_due(raised(MORNING, Kind.ACKNOWLEDGED, Kind.CONTACT))
    assert due
    assert due.at == datetime(2026, 11, 22, 0, 0, tzinfo=LOCAL)


def test_the_day_of_the_assessment_is_the_one_where_the_workers_live() -> None:
    dawn = datetime(2026, 11, 21, 5, 0, tzinfo=LOCAL)
    due = next_due(raised(dawn, Kind.ACKNOWLEDGED, Kind.CONTACT))
    assert due
    assert due.at == datetime(2026, 11, 22, 0, 0, tzinfo=LOCAL)


def test_an_alert_late_at_night_gets_four_hours_for_the_assessment() -> None:
    due = next_due(raised(NIGHT, Kind.ACKNOWLEDGED, Kind.CONTACT))
    assert due
    assert due.at == NIGHT + timedelta(hours=4)


def test_a_day_for_plan_or_referral_and_then_no_clock_runs() -> None:
    state = raised(MORNING, Kind.ACKNOWLEDGED, Kind.CONTACT, Kind.ASSESSMENT)
    due = next_due(state)
    assert due
    assert due.at == MORNING + timedelta(days=1)
    assert next_due(state.after(Step(Kind.PROPOSED, MORNING, BY))) is None


def test_the_drawn_share_of_the_time_stays_between_nothing_and_all() -> None:
    due = next_due(raised(MORNING))
    assert due
    shares = [due.share_used(MORNING, MORNING + timedelta(minutes=minutes)) for minutes in (-5, 15, 90)]
    assert shares == [0, 50, 100]


def test_everything_is_missing_at_first() -> None:
    assert raised(MORNING).missing == (
        Kind.ACKNOWLEDGED,
        Kind.CONTACT,
        Kind.ASSESSMENT,
        Kind.DECISION,
        Kind.PLAN,
    )


def test_a_contact_that_reached_the_person_counts() -> None:
    assert Kind.CONTACT not in raised(MORNING, Kind.CONTACT, choice="reached", channel="phone").missing


def test_one_attempt_in_vain_does_not_count() -> None:
    assert Kind.CONTACT in raised(MORNING, Kind.CONTACT, choice="not_reached", channel="phone").missing


def test_three_attempts_by_one_channel_do_not_count_but_by_two_they_do() -> None:
    thrice = raised(MORNING, Kind.CONTACT, Kind.CONTACT, Kind.CONTACT, choice="not_reached", channel="phone")
    assert Kind.CONTACT in thrice.missing
    visit = Step(Kind.CONTACT, MORNING, BY, choice="not_reached", channel="visit")
    assert Kind.CONTACT not in thrice.after(visit).missing


def test_the_third_attempt_counts_and_the_second_does_not() -> None:
    twice = raised(MORNING, Kind.CONTACT, Kind.CONTACT, choice="not_reached", channel="phone")
    visit = Step(Kind.CONTACT, MORNING, BY, choice="not_reached", channel="visit")
    once = raised(MORNING, Kind.CONTACT, choice="not_reached", channel="phone")
    assert Kind.CONTACT in once.after(visit).missing
    assert Kind.CONTACT not in twice.after(visit).missing


def test_a_returned_proposal_is_none_any_more() -> None:
    state = raised(MORNING, Kind.PROPOSED)
    assert state.proposal
    assert state.after(Step(Kind.RETURNED, MORNING, BY)).proposal is None


def test_a_log_survives_its_json() -> None:
    state = raised(MORNING, Kind.ACKNOWLEDGED, Kind.CONTACT, choice="reached", channel="phone", text="接通")
    assert State.from_json(state.to_json()) == state


def test_the_ladder_climbs_at_30_60_and_90_minutes_and_follow_ups_reach_a_month() -> None:
    assert [rung.wait for rung in ladder()] == [timedelta(minutes=30), timedelta(hours=1), timedelta(minutes=90)]
    assert [(moment - MORNING).days for moment in follow_ups(MORNING)] == [1, 3, 7, 14, 30]


def answered(*values: int | None) -> State:
    """An alert after these answers to the same question, each in a sitting of its own."""
    first, *later = [Report(f"sitting:{number}", "phq9", "q9", NIGHT, value) for number, value in enumerate(values)]
    state = State((first,))
    for report in later:
        state = state.with_report(report)
    return state


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ((1, 1), [True, False]),
        ((1, 2), [True, True]),
        ((3, 2, 3), [True, False, False]),
        ((1, 3, 2), [True, True, False]),
        ((None, 1), [True, True]),
        ((1, None), [True, False]),
        ((None, None), [True, False]),
    ],
)
def test_people_are_told_of_worse_answers_only(values: tuple[int | None, ...], told: list[bool]) -> None:
    assert [report.told for report in answered(*values).reports] == told


def test_another_kind_of_danger_is_told_whatever_its_value() -> None:
    state = answered(3).with_report(Report("sitting:9", "srq20", "q17", NIGHT, 1))
    assert state.reports[-1].told


def test_the_same_answer_of_the_same_sitting_changes_nothing() -> None:
    state = answered(2)
    assert state.with_report(Report("sitting:0", "phq9", "q9", NIGHT, 2)) == state


def test_a_worse_answer_of_the_same_sitting_is_told() -> None:
    state = answered(1).with_report(Report("sitting:0", "phq9", "q9", NIGHT, 3))
    assert [(report.value, report.told) for report in state.reports] == [(1, True), (3, True)]


def test_a_flood_of_answers_stays_within_bounds_and_hides_no_worse_one() -> None:
    state = answered(*[1] * (REPORTS + 20), 3)
    assert len(state.reports) == REPORTS + 1
    assert state.reports[-1].told


def test_a_log_of_an_alert_of_one_answer_alone_is_still_read() -> None:
    held = {"source": "sitting:1", "instrument": "phq9", "item": "q9", "raised_at": NIGHT.isoformat()}
    done = Step(Kind.ESCALATED, NIGHT)
    state = State.from_json({**held, "steps": [done.to_json()]})
    assert state == State((Report("sitting:1", "phq9", "q9", NIGHT),), (done,))
