"""Taking questionnaires: started once, saved answer by answer, handed in once, never half-stored."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.database import session
from app.core.errors import Malformed, NotFound, Refused, TooMany
from app.core.ids import random_id
from app.notices.models import OutboxRow
from app.safety import services as safety
from app.safety.models import Alert
from app.screening import services
from app.screening.branching import begun_an_hour
from app.screening.models import Result, Sitting
from app.vault import owner_keys

if TYPE_CHECKING:
    from uuid import UUID

pytestmark = pytest.mark.usefixtures("use_case")
CALM = dict.fromkeys(("q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9"), 0)
WELL = ("q1", "q2", "q3", "q4", "q5")
WORN = dict.fromkeys(("q1", "q2", "q3", "q4"), 2)


@pytest.fixture
def subject(use_case: None) -> UUID:
    subject_id = random_id()
    owner_keys.create("subject", [subject_id])
    return subject_id


def _count(model: type) -> int:
    return session().scalar(select(func.count()).select_from(model)) or 0


def _again(sitting: services.SittingView) -> services.SittingView:
    return services.fetch_sitting(sitting.id, sitting.subject_id)


def test_starts_a_battery_once_and_resumes_it_after_that(subject: UUID) -> None:
    first = services.start(subject, "full")
    assert services.start(subject, "full").id == first.id
    assert services.start(subject, "wellbeing").id != first.id
    assert _count(Sitting) == 2


def test_knows_no_battery_that_the_file_does_not_have(subject: UUID) -> None:
    with pytest.raises(NotFound):
        services.start(subject, "horoscope")


def test_starts_anew_when_the_old_sitting_is_a_week_old(subject: UUID) -> None:
    old = services.start(subject, "full")
    with clock.at(clock.now() + timedelta(days=8)):
        assert services.start(subject, "full").id != old.id
        assert len(services.open_sittings(subject)) == 1


def test_resumes_at_the_same_question_with_the_same_answers(subject: UUID) -> None:
    sitting = services.start(subject, "full")
    services.record_answer(sitting, "phq9", "q1", 2, seconds=1.44)
    services.record_answer(_again(sitting), "phq9", "q2", 1)
    draft = _again(sitting).draft
    assert draft.values == {"q1": 2, "q2": 1}
    assert draft.seconds == {"q1": 1.4}


def test_keeps_both_answers_of_two_devices_that_read_the_same_version(subject: UUID) -> None:
    sitting = services.start(subject, "full")
    services.record_answer(sitting, "phq9", "q1", 2)
    services.record_answer(sitting, "phq9", "q2", 3)
    assert _again(sitting).draft.values == {"q1": 2, "q2": 3}


def test_raises_one_alert_for_a_safety_answer_however_often_it_comes(subject: UUID) -> None:
    sitting = services.start(subject, "full")
    assert services.record_answer(sitting, "phq9", "q9", 1) == ("q9",)
    assert services.record_answer(_again(sitting), "phq9", "q9", 3) == ("q9",)
    services.submit(_again(sitting), "phq9", {**CALM, "q9": 3}, key="one")
    assert _count(Alert) == 1


def test_raises_no_alert_for_an_answer_that_calls_for_none(subject: UUID) -> None:
    assert services.record_answer(services.start(subject, "full"), "phq9", "q9", 0) == ()
    assert _count(Alert) == 0


@pytest.mark.parametrize(("item", "value"), [("q9", 4), ("q9", -1), ("q99", 0)])
def test_refuses_an_answer_the_instrument_does_not_offer(subject: UUID, item: str, value: int) -> None:
    sitting = services.start(subject, "full")
    with pytest.raises(Malformed):
        services.record_answer(sitting, "phq9", item, value)
    assert _again(sitting).draft.values == {}


def test_refuses_an_instrument_whose_turn_it_is_not(subject: UUID) -> None:
    with pytest.raises(Refused):
        services.record_answer(services.start(subject, "full"), "gad7", "q1", 1)


def test_stores_result_outbox_row_and_audit_together(subject: UUID) -> None:
    sitting = services.start(subject, "full")
    outcome = services.submit(sitting, "phq9", CALM, key="one")
    assert outcome == services.Outcome(following="gad7", help_card=False)
    assert (_count(Result), _count(OutboxRow)) == (1, 1)
    assert _again(sitting).draft.done == ("phq9",)


def test_writes_one_outbox_row_of_one_size_in_a_crisis_too(subject: UUID) -> None:
    calm, crisis = services.start(subject, "full"), random_id()
    owner_keys.create("subject", [crisis])
    services.submit(calm, "phq9", CALM, key="one")
    services.submit(services.start(crisis, "full"), "phq9", {**CALM, "q9": 3}, key="one")
    session().flush()
    sizes = [len(blob) for blob in session().scalars(select(OutboxRow.payload))]
    assert len(sizes) == 2
    assert sizes[0] == sizes[1]


def test_answers_the_same_submission_the_same_and_stores_it_once(subject: UUID) -> None:
    sitting = services.start(subject, "full")
    first = services.submit(sitting, "phq9", {**CALM, "q9": 1}, key="one")
    again = services.submit(_again(sitting), "phq9", {**CALM, "q9": 1}, key="one")
    assert first == again == services.Outcome(following="gad7", help_card=True)
    assert (_count(Result), _count(Alert)) == (1, 1)


def test_refuses_a_second_submission_under_another_key(subject: UUID) -> None:
    sitting = services.start(subject, "wellbeing")
    services.submit(sitting, "who5", dict.fromkeys(("q1", "q2", "q3", "q4", "q5"), 3), key="one")
    with pytest.raises(Refused):
        services.submit(_again(sitting), "who5", dict.fromkeys(("q1", "q2", "q3", "q4", "q5"), 3), key="two")
    assert _count(Result) == 1


def test_stores_nothing_of_an_incomplete_submission(subject: UUID) -> None:
    sitting = services.start(subject, "full")
    with pytest.raises(Malformed):
        services.submit(sitting, "phq9", {"q1": 1}, key="one")
    assert (_count(Result), _count(OutboxRow)) == (0, 0)


def test_goes_on_with_the_longer_questions_when_the_short_ones_call_for_them(subject: UUID) -> None:
    sitting = services.start(subject, "quick")
    assert services.submit(sitting, "phq4", WORN, key="one").following == "phq9"
    assert services.submit(_again(sitting), "phq9", CALM, key="two").following == "gad7"
    worry = {item: value for item, value in CALM.items() if item not in {"q8", "q9"}}
    assert services.submit(_again(sitting), "gad7", worry, key="three").following is None
    assert not _again(sitting).open


def test_is_done_after_the_short_questions_when_they_are_calm(subject: UUID) -> None:
    sitting = services.start(subject, "quick")
    assert services.submit(sitting, "phq4", dict.fromkeys(WORN, 0), key="one").following is None
    assert services.open_sittings(subject) == []


def test_leaves_out_the_answer_to_a_question_that_was_not_to_be_asked(subject: UUID) -> None:
    sitting = services.start(subject, "full")
    services.submit(sitting, "phq9", {**CALM, "difficulty": 2}, key="one")
    [result] = services.results_of(subject)
    assert "difficulty" not in services.answers_of(subject, result.id).given


def test_marks_answers_given_faster_than_anybody_reads(subject: UUID) -> None:
    sitting = services.start(subject, "quick")
    services.record_answer(sitting, "phq4", "q1", 0, seconds=0.2)
    [services.record_answer(_again(sitting), "phq4", item, 0, seconds=0.2) for item in ("q2", "q3", "q4")]
    services.submit(_again(sitting), "phq4", dict.fromkeys(WORN, 0), key="one")
    assert services.results_of(subject)[0].scored.careless


def test_hides_a_sitting_from_everybody_else(subject: UUID) -> None:
    sitting = services.start(subject, "full")
    with pytest.raises(NotFound):
        services.fetch_sitting(sitting.id, random_id())


def test_seals_every_draft_at_one_size(subject: UUID) -> None:
    sitting = services.start(subject, "full")
    services.start(subject, "wellbeing")
    [services.record_answer(_again(sitting), "phq9", item, 3, seconds=3000) for item in CALM]
    sizes = {len(blob) for blob in session().scalars(select(Sitting.draft))}
    assert len(sizes) == 1


def test_names_the_subject_and_never_the_account_in_the_log(subject: UUID) -> None:
    services.start(subject, "full")
    queue = session().info["audit"]
    assert [queued.said.actor for queued in queue] == [subject]


def test_begins_no_seventh_sitting_within_the_hour_and_says_so_kindly(subject: UUID) -> None:
    for number in range(begun_an_hour()):
        services.submit(services.start(subject, "wellbeing"), "who5", dict.fromkeys(WELL, 3), key=f"once-{number}")
    with pytest.raises(TooMany) as refusal:
        services.start(subject, "wellbeing")
    assert refusal.value.message
    with clock.at(clock.now() + timedelta(hours=1)):
        assert services.start(subject, "wellbeing").accepts


def test_goes_on_with_what_was_begun_whatever_the_hour_holds(subject: UUID) -> None:
    begun = services.start(subject, "full")
    for number in range(begun_an_hour() - 1):
        services.submit(services.start(subject, "wellbeing"), "who5", dict.fromkeys(WELL, 3), key=f"once-{number}")
    assert services.start(subject, "full").id == begun.id


def test_a_worse_answer_in_the_same_sitting_joins_the_alert(subject: UUID) -> None:
    sitting = services.start(subject, "full")
    for value in (1, 3, 2):
        services.record_answer(sitting, "phq9", "q9", value)
        sitting = services.fetch_sitting(sitting.id, subject)
    (alert,) = safety.open_alerts()
    assert [report.value for report in alert.state.reports] == [1, 3]
