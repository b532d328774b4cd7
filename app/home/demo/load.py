"""Loading the fictional district: people first, then lectures, then a year of history in its own order."""

from __future__ import annotations

from datetime import timedelta
from itertools import cycle
from random import Random
from typing import TYPE_CHECKING

from app import audit
from app.accounts.models import Account
from app.care import services as care
from app.core import clock
from app.core.database import session, transaction
from app.courses import services as courses
from app.courses.models import Lecture
from app.home.demo import alerts
from app.home.demo.care import Carer
from app.home.demo.lectures import hold_lectures
from app.home.demo.moods import Mood, draw_mood
from app.home.demo.people import settle_people
from app.home.demo.roles import Part, cast_parts
from app.home.demo.sittings import Answering, Taken, moments, take
from app.home.demo.timeline import Job, Timeline
from app.screening import instruments
from app.screening import services as screening
from app.vault import owner_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from uuid import UUID

    from app.home.demo.people import People, Person

CAMPAIGNS = (320, 200, 95, 12)  # days ago
ALERTS = (120, 75, 40, 15, 103, 58, 27, 86)  # days ago; where there are more, some fall on the same day
CROWD_SHARE = 0.55  # of the workers answer a campaign
DAY = timedelta(days=1)


class Story:
    """Everything that has happened in the district, waiting to be told."""

    def __init__(self, workers: int, seed: int, note: Callable[[int], object]) -> None:
        """Settle the people; ``note`` hears of each twice, when she has come and when her year is written."""
        self.note = note
        self.seed, self.rng = seed, Random(seed)  # noqa: S311 - a story, not a secret
        self.timeline = Timeline()
        self.people: People = settle_people(self.rng, max(workers - 2, 0), note)
        self.numbers = {worker.id: number for number, worker in enumerate(self.people.workers)}
        self.coming = hold_lectures(self.rng, self.people, self.timeline)
        self.carer = Carer(self.rng, self.people, self.timeline, self.coming)

    def write(self) -> Timeline:
        """Fill the timeline with the year of every worker."""
        owner_keys.prefetch([worker.subject for worker in self.people.workers if worker.subject])
        parts = cast_parts([worker for worker in self.people.workers if worker not in self.people.cast.values()])
        self._alerts(parts)
        for worker in self._each(parts[Part.UNSIGNED]):
            taken = self._sit(worker, self._ago(4), strain=0.66)
            self.carer.take(worker, taken.at + DAY)
        for number, worker in enumerate(self._each(parts[Part.WAITING])):
            self._sit(worker, self._ago(0.1 + number * 0.7), strain=self.rng.choice((0.3, 0.42, 0.46, 0.62)))
        self._care(parts)
        for worker in self._each(parts[Part.CROWD]):
            self._campaigns(worker)
        self._cast()
        for week in range(51, -1, -1):
            self.timeline.add(self._ago(7 * week + 6), Job(care.settle_results))
        return self.timeline

    def _alerts(self, parts: dict[Part, list[Person]]) -> None:
        now = clock.now()
        ago = [days for _, days in zip(parts[Part.ALERT_CLOSED], cycle(ALERTS), strict=False)]
        alerts.plan_duty(self.people, [clock.local(now - days * DAY).date() for days in ago])
        for worker, days in zip(self._each(parts[Part.ALERT_CLOSED]), ago, strict=True):
            taken = self._crisis(worker, self._ago(days))
            alerts.answer_alert(_subject(worker), taken.at, self.timeline)
            alerts.close_alert(_subject(worker), taken.at, self.people, self.timeline)
            counsellor = self.carer.take(worker, taken.at + 3 * DAY)
            self.carer.sign(worker, taken.at + 5 * DAY)
            self.carer.attend(worker, taken.at + 3 * DAY, counsellor, until=now, strain=0.7)
        for worker in self._each(parts[Part.ALERT_IN_HAND]):
            taken = self._crisis(worker, now - timedelta(hours=5))
            alerts.answer_alert(_subject(worker), taken.at, self.timeline)
        for worker in self._each(parts[Part.ALERT_OPEN]):
            self._crisis(worker, now - timedelta(minutes=9))

    def _care(self, parts: dict[Part, list[Person]]) -> None:
        now = clock.now()
        for number, worker in enumerate(self._each(parts[Part.IN_CARE])):
            strain, start = self.rng.uniform(0.32, 0.66), self._ago(self.rng.randint(18, 190))
            self._sit(worker, start - 2 * DAY, strain=strain)
            counsellor = self.carer.take(worker, start)
            self.carer.sign(worker, start + 2 * DAY)
            until = now - self.rng.choice((0, 0, 0, 0, 0, 0, 0, 10, 32, 45)) * DAY
            self.carer.attend(worker, start, counsellor, until=until, strain=strain)
            if number % 3 == 0:
                self.carer.recommend(worker, now - (1 + number % 4) * DAY, counsellor, number=1 + number)
        for worker in self._each(parts[Part.CARE_ENDED]):
            start, strain = self._ago(self.rng.randint(170, 300)), self.rng.uniform(0.36, 0.55)
            self._sit(worker, start - 2 * DAY, strain=strain)
            counsellor, end = self.carer.take(worker, start), start + timedelta(days=self.rng.randint(90, 130))
            self.carer.sign(worker, start + 2 * DAY)
            self.carer.attend(worker, start, counsellor, until=end, strain=strain * 0.6)
            self.carer.close(worker, end + DAY, counsellor)

    def _cast(self) -> None:
        """The two workers of the cast: one in care and getting better, one who is well."""
        rider, driver = self.people.cast["worker"], self.people.cast["worker2"]
        self.rng.seed(f"{self.seed}/cast")
        start, now = self._ago(70), clock.now()
        self._sit(rider, start - DAY, strain=0.47)
        self.carer.take(rider, start, by="counsellor")
        self.carer.attend(rider, start, "counsellor", until=now - 3 * DAY, strain=0.45)
        self.carer.recommend(rider, now - DAY, "counsellor", number=3)
        self.timeline.add(now - 2 * DAY, lambda: _book(self.coming[1], rider))
        self._sit(driver, self._ago(95), battery="wellbeing", strain=0.2, settled=True)
        self._sit(driver, self._ago(12), battery="quick", strain=0.04, settled=True)
        self.timeline.add(now - timedelta(hours=20), lambda: _begin(_subject(driver)))

    def _campaigns(self, worker: Person) -> None:
        mood: Mood = draw_mood(self.rng)
        for days in CAMPAIGNS:
            at = self._ago(days + self.rng.uniform(-6, 6))
            if at > worker.joined and self.rng.random() < CROWD_SHARE:
                battery = self.rng.choices(("quick", "wellbeing"), (75, 25))[0]
                self._sit(worker, at, battery=battery, strain=mood.at(days / 30), settled=True)

    def _crisis(self, worker: Person, at: datetime) -> Taken:
        taken = take(self.rng, _subject(worker), "full", at, Answering(0.72, unsafe=True))
        self._tell(taken)
        alerts.raise_from(taken, _subject(worker), self.timeline)
        return taken

    def _sit(
        self, worker: Person, at: datetime, *, strain: float, battery: str = "full", settled: bool = False
    ) -> Taken:
        taken = take(self.rng, _subject(worker), battery, at, Answering(strain, settled=settled))
        self._tell(taken)
        return taken

    def _tell(self, taken: Taken) -> None:
        for moment, fact in moments(taken):
            self.timeline.add(moment, fact)

    def _turn_to(self, worker: Person) -> None:
        """Give a worker luck of her own: what happens to one depends on nobody else, and hardly on the hour."""
        self.rng.seed(f"{self.seed}/{self.numbers[worker.id]}")

    def _each(self, workers: list[Person]) -> Iterator[Person]:
        for worker in workers:
            self._turn_to(worker)
            yield worker
            self.note(1)

    def _ago(self, days: float) -> datetime:
        """A moment so many days ago, at an hour when people are awake."""
        at = clock.now() - timedelta(days=days)
        if days < 2:
            return at
        hour, minute = self.rng.randint(8, 20), self.rng.randint(0, 59)
        return clock.local(at).replace(hour=hour, minute=minute).astimezone(at.tzinfo)


def _book(lecture_id: UUID, worker: Person) -> None:
    with audit.acting_as(worker.id):
        courses.book_seat(session().get_one(Lecture, lecture_id), worker=worker.id)


def _begin(subject: UUID) -> None:
    """Begin a questionnaire and leave it half-way."""
    sitting = screening.start(subject, "wellbeing")
    for item in instruments.get("who5").items[:2]:
        screening.record_answer(sitting, "who5", item.id, 3)
        sitting = screening.fetch_sitting(sitting.id, subject)


def _subject(worker: Person) -> UUID:
    assert worker.subject is not None
    return worker.subject


def is_loaded() -> bool:
    """Whether this installation has people already."""
    with transaction(writes=False):
        return session().query(Account).first() is not None
