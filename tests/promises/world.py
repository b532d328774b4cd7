"""A small district in which everybody has something that is nobody else's business."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import select

from app.care.models import CaseEntry, Recommendation
from app.care.services import entries, lectures, records, triage
from app.core import clock
from app.core.database import session, transaction
from app.core.permissions import Role
from app.courses.models import Lecture, LectureKind, Lecturer, Series, Venue
from app.courses.services import bookings, planning, programmes
from app.courses.services.planning import Plan
from app.safety import services as safety
from app.screening import services as screening
from tests.cast import Cast

if TYPE_CHECKING:
    from flask import Flask

    from app.accounts.models import Account


SAFETY_ANSWERS = dict.fromkeys([f"q{number}" for number in range(1, 10)], 2) | {"difficulty": 1}
TOKENS = re.compile(r'(?:csrf[-_]token"[^>]*?(?:content|value)|name="idempotency_key"[^>]*?value)="[^"]+"')


SECRETS = ("王小骑", "+861390000", "想和她约下周三下午谈一次", "睡得好一点")
"""What only those who care for the worker may read: her name and phone, a note, a reason."""


class World:
    """Records of one worker, her counsellor and a township, which nobody else may find."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.people = Cast(app)
        self.stranger = self.people.make(Role.WORKER, "赵外人", unit=self.people.township)
        for role in Role:
            self.person(role)
        self.neighbour = self.people.make(Role.ADMIN, "崧厦管理员", unit=self.people.other_township)
        assert self.subject
        assert self.people.counsellor
        self.foreign = self._foreign_values()

    @property
    def records(self) -> set[str]:
        """The route parameters that name somebody's record."""
        return {
            "sitting_id", "result_id", "alert_id", "case_id", "entry_id", "recommendation_id",
            "lecture_id", "booking_id", "unit_id", "account_id", "row_id",
        }  # fmt: skip

    def person(self, role: Role) -> Account:
        """Who knocks at the doors: somebody of this role to whom none of the records belongs."""
        cast = self.people
        strangers = {
            Role.WORKER: self.stranger,
            Role.COUNSELLOR: cast.other_counsellor,
            Role.SUPERVISOR: cast.supervisor,
            Role.ADMIN: cast.township_admin,
            Role.AUDITOR: cast.auditor,
        }
        return strangers[role]

    def _foreign_values(self) -> dict[str, Any]:
        """A value for every route parameter, each naming a record of somebody else where there is one."""
        return {
            "sitting_id": self.sitting_id,
            "alert_id": self.alert_id,
            "case_id": self.case_id,
            "lecture_id": self.lecture_id,
            "row_id": self.venue_id,
            "result_id": self.result_id,
            "entry_id": self.entry_id,
            "recommendation_id": self.recommendation_id,
            "subject_id": self.subject,
            "booking_id": self.booking_id,
            "unit_id": self.people.other_township.id,
            "account_id": self.people.counsellor.id,
            "challenge_id": uuid4(),
            "proof_id": uuid4(),
            "code": "nosuchcode",
            "token": "no-such-token",
            "purpose": "research",
            "battery": "quick",
            "instrument": "phq9",
            "sort": "venue",
            "kind": "contact",
        }

    @staticmethod
    def without_tokens(page: str) -> str:
        """A page without what differs between any two answers."""
        return TOKENS.sub("", page)

    @cached_property
    def subject(self) -> UUID:
        """The subject of the worker, who answered that she thinks of dying."""
        return self.people.subject_of(self.people.worker)

    @cached_property
    def sitting_id(self) -> UUID:
        """Her sitting: PHQ-9 handed in, GAD-7 still open."""
        with self.app.app_context():
            with transaction():
                sitting = screening.start(self.subject, "full")
            with transaction():
                open_sitting = screening.fetch_sitting(sitting.id, self.subject)
                screening.submit(open_sitting, "phq9", SAFETY_ANSWERS, key="the-key-of-this-submission")
        return sitting.id

    @cached_property
    def result_id(self) -> UUID:
        """Her result."""
        with self.app.app_context(), transaction(writes=False):
            return screening.results_of(self.subject)[0].id

    @cached_property
    def alert_id(self) -> UUID:
        """The alert her answer raised."""
        assert self.sitting_id
        with self.app.app_context(), transaction(writes=False):
            return safety.alerts_of(self.subject)[0].id

    @cached_property
    def case_id(self) -> UUID:
        """The case her counsellor took."""
        assert self.alert_id
        with self.app.app_context(), transaction():
            return triage.take_case(self.subject, by=self.here(self.people.counsellor))

    @cached_property
    def entry_id(self) -> UUID:
        """A note in it."""
        self.write("想和她约下周三下午谈一次")
        with self.app.app_context(), transaction(writes=False):
            return session().scalars(select(CaseEntry.id).where(CaseEntry.case_id == self.case_id)).first() or uuid4()

    @cached_property
    def recommendation_id(self) -> UUID:
        """A lecture recommended to her."""
        with self.app.app_context():
            with transaction():
                counsellor = self.here(self.people.counsellor)
                case = records.fetch_case(self.case_id, counsellor)
                lecture = self._lecture_here()
                lectures.recommend(case, lecture, by=counsellor, why="睡得好一点")
            with transaction(writes=False):
                return session().scalars(select(Recommendation.id)).one()

    @cached_property
    def lecture_id(self) -> UUID:
        """A lecture of the other township, for its members alone."""
        with self.app.app_context(), transaction():
            admin = self.here(self.neighbour)
            return planning.create_lecture(self._plan(admin), by=admin).id

    @cached_property
    def venue_id(self) -> UUID:
        """The venue of that lecture."""
        with self.app.app_context(), transaction(writes=False):
            return session().scalars(select(Venue.id)).one()

    @cached_property
    def booking_id(self) -> UUID:
        """A seat of the first worker."""
        with self.app.app_context(), transaction():
            return bookings.book_seat(self._lecture_here(), worker=self.people.worker.id).id

    def write(self, text: str) -> None:
        """Write a note into the case."""
        with self.app.app_context(), transaction():
            counsellor = self.here(self.people.counsellor)
            case = records.fetch_case(self.case_id, counsellor)
            entries.write_note(case, text, by=counsellor, once=uuid4().hex)

    def _plan(self, admin: Account) -> Plan:
        start = clock.now() + timedelta(days=3)
        series = programmes.add(
            Series, by=admin, name="幸福有约", starts_on=clock.today(), ends_on=clock.today() + timedelta(days=300),
            target_lectures=30, target_participants=2000,
        )  # fmt: skip
        venue = programmes.add(Venue, by=admin, name="骑手驿站", address="", seats=40)
        lecturer = programmes.add(Lecturer, by=admin, name="陆老师", title="")
        session().flush()
        return Plan(
            series_id=series.id, venue_id=venue.id, lecturer_id=lecturer.id, kind=LectureKind.LECTURE, topic="睡个好觉",
            starts_at=start, ends_at=start + timedelta(hours=2), opens_at=clock.now() - timedelta(hours=1),
            closes_at=start, capacity=20, for_units=frozenset({admin.unit_id.hex}) if admin.unit_id else frozenset(),
        )  # fmt: skip

    def _lecture_here(self) -> Lecture:
        return session().get_one(Lecture, self.lecture_id)

    def here(self, account: Account) -> Account:
        """A person of the cast in the present transaction."""
        return session().get_one(type(account), account.id)
