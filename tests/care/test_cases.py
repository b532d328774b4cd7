"""Tier, stage, review, closing: what a counsellor does and what a supervisor signs."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from app.care import services
from app.care.models import Case
from app.care.services import records
from app.care.state import Stage
from app.core import clock
from app.core.database import session
from app.core.errors import Malformed, NotFound, Refused
from app.vault import owner_keys
from tests.care.scenes import HEAVY, NOW, at, contacted, in_care, measured, taken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from flask import Flask

    from app.care.state import CaseState
    from tests.cast import Cast


@pytest.fixture
def case_id(app: Flask, people: Cast, subject: UUID) -> UUID:
    return in_care(app, subject, people.counsellor)


@contextmanager
def opened(app: Flask, case_id: UUID) -> Iterator[Case]:
    with at(app):
        yield session().get_one(Case, case_id)


def state(app: Flask, case_id: UUID) -> CaseState:
    with opened(app, case_id) as case:
        return records.state_of(case)


def test_a_counsellor_opens_her_own_cases_only(app: Flask, people: Cast, case_id: UUID) -> None:
    with at(app):
        assert services.fetch_case(case_id, people.counsellor).id == case_id
        assert services.fetch_case(case_id, people.supervisor).id == case_id
    for person in (people.other_counsellor, people.admin, people.worker):
        with pytest.raises(NotFound), at(app):
            services.fetch_case(case_id, person)


def test_confirms_the_proposed_tier_without_a_reason(app: Flask, people: Cast, case_id: UUID) -> None:
    with opened(app, case_id) as case:
        services.confirm_tier(case, 2, by=people.counsellor, why="")
    assert (state(app, case_id).tier, state(app, case_id).is_confirmed) == (2, True)


def test_overrides_it_with_a_reason_only(app: Flask, people: Cast, case_id: UUID) -> None:
    with pytest.raises(Refused), opened(app, case_id) as case:
        services.confirm_tier(case, 1, by=people.counsellor, why=" ")
    with opened(app, case_id) as case:
        services.confirm_tier(case, 1, by=people.counsellor, why="电话里说已经好转")
    assert state(app, case_id).tier == 1


@pytest.mark.parametrize("tier", [-1, 5])
def test_refuses_tiers_that_do_not_exist(app: Flask, people: Cast, case_id: UUID, tier: int) -> None:
    with pytest.raises(Malformed), opened(app, case_id) as case:
        services.confirm_tier(case, tier, by=people.counsellor, why="x")


def test_tier_three_waits_for_a_signature(app: Flask, people: Cast, case_id: UUID) -> None:
    with opened(app, case_id) as case:
        services.confirm_tier(case, 3, by=people.counsellor, why="睡眠很差")
    assert (state(app, case_id).tier, state(app, case_id).waiting) == (2, 3)
    with at(app):
        assert [each.case for each in services.waiting_signatures()] == [case_id.hex]
    with opened(app, case_id) as case:
        services.sign_tier(case, by=people.supervisor)
    assert (state(app, case_id).tier, state(app, case_id).waiting) == (3, None)


def test_a_supervisor_does_not_sign_her_own_proposal(app: Flask, people: Cast, case_id: UUID) -> None:
    with opened(app, case_id) as case:
        services.confirm_tier(case, 4, by=people.supervisor, why="危险")
    with pytest.raises(Refused), opened(app, case_id) as case:
        services.sign_tier(case, by=people.supervisor)


def test_a_counsellor_signs_nothing(app: Flask, people: Cast, case_id: UUID) -> None:
    with opened(app, case_id) as case:
        services.confirm_tier(case, 3, by=people.counsellor, why="睡眠很差")
    with pytest.raises(NotFound), opened(app, case_id) as case:
        services.sign_tier(case, by=people.other_counsellor)


def test_a_returned_proposal_leaves_the_tier_in_force(app: Flask, people: Cast, case_id: UUID) -> None:
    with opened(app, case_id) as case:
        services.confirm_tier(case, 3, by=people.counsellor, why="睡眠很差")
    with opened(app, case_id) as case:
        services.return_tier(case, by=people.supervisor, why="先做一次评估")
    assert (state(app, case_id).tier, state(app, case_id).waiting) == (2, None)


def test_a_case_does_not_close_while_a_tier_waits_for_its_signature(app: Flask, people: Cast, case_id: UUID) -> None:
    with opened(app, case_id) as case:
        services.confirm_tier(case, 3, by=people.counsellor, why="睡眠很差")
    with pytest.raises(Refused), opened(app, case_id) as case:
        services.close_case(case, by=people.counsellor, why="不再需要")
    with opened(app, case_id) as case:
        assert case.open
        services.return_tier(case, by=people.supervisor, why="先做一次评估")
    with opened(app, case_id) as case:
        services.close_case(case, by=people.counsellor, why="不再需要")
    assert state(app, case_id).stage is Stage.CLOSED


def test_the_first_contact_begins_the_assessment_and_stages_follow_in_order(
    app: Flask, people: Cast, case_id: UUID
) -> None:
    contacted(app, case_id, people.counsellor)
    assert state(app, case_id).stage is Stage.ASSESSMENT
    with pytest.raises(Refused), opened(app, case_id) as case:
        services.move_stage(case, Stage.IN_CARE, by=people.counsellor)
    with opened(app, case_id) as case:
        services.move_stage(case, Stage.PLAN, by=people.counsellor)
    assert state(app, case_id).stage is Stage.PLAN


def test_a_review_lies_ahead(app: Flask, people: Cast, case_id: UUID) -> None:
    with opened(app, case_id) as case:
        services.set_review(case, NOW.date() + timedelta(days=9), by=people.counsellor)
    assert state(app, case_id).next_review == NOW.date() + timedelta(days=9)
    with pytest.raises(Refused), opened(app, case_id) as case:
        services.set_review(case, NOW.date() - timedelta(days=1), by=people.counsellor)


def test_closes_with_a_reason_and_reopens(app: Flask, people: Cast, case_id: UUID) -> None:
    with pytest.raises(Refused), opened(app, case_id) as case:
        services.close_case(case, by=people.counsellor, why="")
    with opened(app, case_id) as case:
        services.close_case(case, by=people.counsellor, why="目标达成")
    with at(app):
        assert not services.caseload_of(people.counsellor)
    with opened(app, case_id) as case:
        services.reopen_case(case, by=people.counsellor, why="又有不适")
    assert state(app, case_id).stage is Stage.ASSESSMENT


def test_does_not_reopen_beside_another_open_case(app: Flask, people: Cast, subject: UUID, case_id: UUID) -> None:
    with opened(app, case_id) as case:
        services.close_case(case, by=people.counsellor, why="目标达成")
    measured(app, subject, days_ago=0)
    taken(app, subject, people.other_counsellor)
    with pytest.raises(Refused), opened(app, case_id) as case:
        services.reopen_case(case, by=people.counsellor, why="又有不适")


def test_a_closed_case_takes_no_more_tiers_and_reviews(app: Flask, people: Cast, case_id: UUID) -> None:
    with opened(app, case_id) as case:
        services.close_case(case, by=people.counsellor, why="目标达成")
    with pytest.raises(Refused), opened(app, case_id) as case:
        services.confirm_tier(case, 1, by=people.counsellor, why="x")
    with pytest.raises(Refused), opened(app, case_id) as case:
        services.set_review(case, NOW.date(), by=people.counsellor)


def test_newer_results_suggest_another_tier_until_somebody_judges(
    app: Flask, people: Cast, subject: UUID, case_id: UUID
) -> None:
    measured(app, subject, HEAVY, days_ago=0)
    with at(app):
        assert "step_up" in [flag.code for flag in services.caseload_of(people.counsellor)[0].reading.flags]
    with app.app_context(), clock.at(NOW):
        services.settle_results()
    assert (state(app, case_id).tier, state(app, case_id).suggested) == (2, 3)
    with opened(app, case_id) as case:
        services.confirm_tier(case, 2, by=people.counsellor, why="电话里已经平稳")
    assert state(app, case_id).suggested is None


def test_a_case_of_an_erased_person_is_as_if_it_never_was(
    app: Flask, people: Cast, subject: UUID, other_subject: UUID, case_id: UUID
) -> None:
    in_care(app, other_subject, people.counsellor)
    with app.app_context():
        owner_keys.destroy([subject])
    with at(app):
        found = services.read_caseload(people.counsellor)
    assert (len(found.rows), found.unreadable) == (1, [])
