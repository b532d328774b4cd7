"""A counsellor's full house: forty people in every state of care, to look at and to measure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from app.care import services
from app.care.models import Case
from app.core import clock
from app.core.database import session
from app.core.permissions import Role
from tests.care.scenes import HEAVY, LOW, MODERATE, NOW, STEADY, at, contacted, measured, taken
from tests.safety.scenes import raised

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask

    from tests.cast import Cast

NAMES = [
    "王小骑",
    "李大件",
    "张桂芳",
    "陈建国",
    "刘美玲",
    "杨志强",
    "赵秀英",
    "黄海波",
    "周晓燕",
    "吴国平",
    "徐丽娜",
    "孙伟",
    "胡春梅",
    "朱永康",
    "高翔",
    "林素珍",
]
COURSES = (
    [HEAVY, HEAVY, MODERATE, LOW],
    [LOW, MODERATE, HEAVY],
    [MODERATE],
    [MODERATE, MODERATE, MODERATE],
    [MODERATE, LOW, STEADY],
)


def fill(app: Flask, people: Cast, *, cases: int = 40, waiting: int = 6) -> list[UUID]:
    """Cases of the cast's counsellor and people in triage; returns the ids of the cases."""
    subjects = [
        people.subject_of(people.make(Role.WORKER, _name(number), unit=people.township, occupation="courier"))
        for number in range(cases + waiting)
    ]
    opened = [_course(app, people, subject, number) for number, subject in enumerate(subjects[:cases])]
    for number, subject in enumerate(subjects[cases:]):
        measured(app, subject, [LOW, HEAVY, MODERATE][number % 3], days_ago=number + 1)
        measured(app, subject, [number % 4] * 7, days_ago=number + 1, code="gad7")
    with clock.at(NOW - timedelta(minutes=50)):
        raised(app, subjects[1])
    with clock.at(NOW - timedelta(minutes=12)):
        raised(app, subjects[cases])
    return opened


def _course(app: Flask, people: Cast, subject: UUID, number: int) -> UUID:
    days = 3 + (number * 13) % 90
    course = COURSES[number % len(COURSES)]
    measured(app, subject, course[0], days_ago=days)
    if number % 2:
        measured(app, subject, [course[0][0]] * 7, days_ago=days, code="gad7")
        measured(app, subject, [3, 3, 2, 2, 1], days_ago=days, code="who5")
    case_id = taken(app, subject, people.counsellor, moment=NOW - timedelta(days=days))
    for step, answers in enumerate(course[1:], 1):
        measured(app, subject, answers, days_ago=days - days * step // len(course))
    if number % 4:
        contacted(
            app, case_id, people.counsellor, days_ago=min(days, (number * 7) % 50), once=f"contact-of-case-{number:04d}"
        )
        with at(app):
            case = session().get_one(Case, case_id)
            services.write_note(
                case, "夜班后睡不好，和班长沟通调班。", by=people.counsellor, once=f"note-of-case-{number:06d}"
            )
    if number % 3:
        with at(app):
            case = session().get_one(Case, case_id)
            tier = services.state_of(case).tier
            services.confirm_tier(case, tier if number % 7 else 3, by=people.counsellor, why="电话评估后")
    return case_id


def _name(number: int) -> str:
    return NAMES[number % len(NAMES)] + ("" if number < len(NAMES) else str(number // len(NAMES) + 1))
