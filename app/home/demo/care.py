"""Care in the fictional district: cases taken, talked about, signed and closed, through the program's own services."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from app import audit
from app.accounts.models import Account
from app.care import services as care
from app.care.services import records
from app.care.services.entries import Channel, Outcome
from app.care.state import NEXT, Stage
from app.core import clock
from app.core.database import session
from app.courses.models import Lecture
from app.home.demo.sittings import Answering, invent
from app.home.demo.words import words

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from app.care.models import Case
    from app.home.demo.people import People, Person
    from app.home.demo.timeline import Timeline

DAY = timedelta(days=1)
STAGES = ((2, Stage.ASSESSMENT), (6, Stage.PLAN), (9, Stage.IN_CARE))


class Carer:
    """Writes the story of one worker's care into the timeline."""

    def __init__(self, rng: Random, people: People, timeline: Timeline, coming: dict[int, UUID]) -> None:
        self.rng, self.people, self.timeline, self.coming = rng, people, timeline, coming
        self._turn = 0

    def take(self, worker: Person, at: datetime, *, by: str = "") -> str:
        """Take the worker's case at a moment, confirm its tier a day later, have it signed where it must be."""
        counsellor = by or self._next()
        self._act(at, counsellor, lambda me: care.take_case(_subject(worker), by=me))
        self._on_case(worker, at + DAY, counsellor, self._first_contact)
        self._on_case(worker, at + DAY * 1.1, counsellor, self._confirm)
        return counsellor

    def sign(self, worker: Person, at: datetime) -> None:
        """Let the supervisor sign the tier where it waits."""

        def act(case: Case, me: Account) -> None:
            if records.state_of(case).waiting is not None:
                care.sign_tier(case, by=me)

        self._on_case(worker, at, self._supervisor(), act)

    def attend(self, worker: Person, start: datetime, counsellor: str, *, until: datetime, strain: float) -> None:
        """See the worker through until a day: stages, contacts, questionnaires that get better, mostly."""
        for days, stage in STAGES:
            self._on_case(worker, start + days * DAY, counsellor, partial(_move, stage))
        end = strain * self.rng.choices((0.25, 0.55, 1.0, 1.15), (40, 35, 18, 7))[0]
        length, at = max(until - start, DAY), start + 8 * DAY
        while at < until:
            self._on_case(worker, at, counsellor, self._later_contact)
            now_strain = strain + (end - strain) * min(1.0, (at - start) / length)
            self._measure(worker, at + 2 * DAY, now_strain)
            at += timedelta(days=self.rng.randint(12, 19), minutes=self.rng.randint(-150, 150))

    def close(self, worker: Person, at: datetime, counsellor: str) -> None:
        """End the care for a good reason."""
        why = self.rng.choice(words()["notes"]["closing"])
        self._on_case(worker, at, counsellor, lambda case, me: care.close_case(case, by=me, why=why))

    def recommend(self, worker: Person, at: datetime, counsellor: str, *, number: int) -> None:
        """Recommend one of the coming lectures."""
        why = self.rng.choice(words()["notes"]["suggest"])

        def act(case: Case, me: Account) -> None:
            lecture = session().get_one(Lecture, self.coming[number % len(self.coming)])
            care.recommend(case, lecture, by=me, why=why)

        self._on_case(worker, at, counsellor, act)

    def _measure(self, worker: Person, at: datetime, strain: float) -> None:
        answers = self.rng.random() < 0.75
        if answers and at < clock.now():
            self.timeline.add(at, invent(self.rng, _subject(worker), "full", at, Answering(strain)))

    def _confirm(self, case: Case, me: Account) -> None:
        why = self.rng.choice(words()["notes"]["why"])
        care.confirm_tier(case, records.state_of(case).tier, by=me, why=why)

    def _first_contact(self, case: Case, me: Account) -> None:
        _contact(case, me, Channel.PHONE, Outcome.REACHED, self.rng.choice(words()["notes"]["first"]))

    def _later_contact(self, case: Case, me: Account) -> None:
        if self.rng.random() < 0.15:
            _contact(case, me, Channel.PHONE, Outcome.NOT_REACHED, words()["notes"]["missed"][0])
            return
        channel = self.rng.choice((Channel.SESSION, Channel.SESSION, Channel.PHONE, Channel.MESSAGE))
        _contact(case, me, channel, Outcome.REACHED, self.rng.choice(words()["notes"]["later"]))
        care.set_review(case, clock.today() + timedelta(days=self.rng.randint(17, 28)), by=me)
        if self.rng.random() < 0.4:
            care.write_note(case, self.rng.choice(words()["notes"]["later"]), by=me, once=uuid4().hex)

    def _supervisor(self) -> str:
        keys = list(self.people.supervisors)
        return keys[self._turn % len(keys)]

    def _next(self) -> str:
        self._turn += 1
        if len(self.people.counsellors) == 2:
            return "counsellor2" if self._turn % 5 in {0, 2} else "counsellor"
        keys = list(self.people.counsellors)
        return keys[self._turn % len(keys)]

    def _act(self, at: datetime, by: str, act: Callable[[Account], object]) -> None:
        person = self.people.at_work(by).id

        def run() -> None:
            with audit.acting_as(person):
                act(session().get_one(Account, person))

        self.timeline.add(at, run)

    def _on_case(self, worker: Person, at: datetime, by: str, act: Callable[[Case, Account], object]) -> None:
        luck = self.rng.random()

        def on_open(me: Account) -> None:
            self.rng.seed(luck)
            if (case := records.open_case_of(_subject(worker))) is not None:
                act(case, me)

        self._act(at, by, on_open)


def _move(stage: Stage, case: Case, me: Account) -> None:
    if NEXT.get(records.state_of(case).stage) is stage:
        care.move_stage(case, stage, by=me)


def _contact(case: Case, me: Account, channel: Channel, outcome: Outcome, text: str) -> None:
    contact = {"channel": channel, "outcome": outcome, "at": clock.now(), "text": text}
    care.record_contact(case, contact, by=me, once=uuid4().hex)


def _subject(worker: Person) -> UUID:
    assert worker.subject is not None
    return worker.subject
