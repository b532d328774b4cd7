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
from app.home.demo.crowd import STRAINS, Crowd, Planned
from app.home.demo.lectures import Lectures
from app.home.demo.moods import draw_mood
from app.home.demo.people import settle_people
from app.home.demo.roles import PLAYED_BY, Part, cast_parts
from app.home.demo.sittings import Answering, invent
from app.home.demo.timeline import Apart, Timeline
from app.screening import instruments
from app.screening import services as screening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from uuid import UUID

    from app.home.demo.people import People, Person

ALERTS = (120, 75, 40, 15, 103, 58, 27, 86)  # days ago; where there are more, some fall on the same day
WELLBEING_SHARE = 0.25  # of the sittings of those who are well
DAY = timedelta(days=1)


class Story:
    """Everything that has happened in the district, waiting to be told."""

    def __init__(self, workers: int, seed: int, note: Callable[[int], object]) -> None:
        """Settle the people; ``note`` hears of each who has come."""
        self.note = note
        self.seed, self.rng = seed, Random(seed)  # noqa: S311 - a story, not a secret
        self.timeline, self.crowd = Timeline(), Crowd(seed)
        self.people: People = settle_people(self.rng, max(workers - 2, 0), note)
        self.numbers = {worker.id: number for number, worker in enumerate(self.people.workers)}
        self.lectures = Lectures(self.rng, self.people, self.timeline)
        self.carer = Carer(self.rng, self.people, self.timeline, self.lectures.coming)

    def __len__(self) -> int:
        return len(self.timeline) + len(self.crowd)

    def write(self, sittings: int, note: Callable[[int], object]) -> None:
        """Plan the year of every worker, about so many sittings in all; ``note`` hears of each worker."""
        self.note = note
        self.lectures.write()
        workers = [worker for worker in self.people.workers if worker not in self.people.cast.values()]
        parts = cast_parts(workers, len(self.people.counsellors))
        self._alerts(parts)
        for worker in self._each(parts[Part.UNSIGNED]):
            at = self._sit(worker, self._ago(4), strain=0.66)
            self.carer.take(worker, at + DAY)
        for number, worker in enumerate(self._each(parts[Part.WAITING])):
            days = 0.1 + number % PLAYED_BY[Part.WAITING] * 0.7
            self._sit(worker, self._ago(days), strain=self.rng.choice((0.3, 0.42, 0.46, 0.62)))
        self._care(parts)
        self._cast()
        self._campaigns(parts[Part.CROWD], max(0, sittings - self.timeline.sittings))
        for month in range(12, -1, -1):
            self.timeline.add(self._ago(28 * month + 6), Apart(care.settle_results))

    def tell(self) -> Iterator[int]:
        """Let everything happen that was planned; yields how many things just happened."""
        return self.timeline.run(self.crowd.tell([worker.subject for worker in self.people.workers]))

    def _alerts(self, parts: dict[Part, list[Person]]) -> None:
        now = clock.now()
        ago = [days for _, days in zip(parts[Part.ALERT_CLOSED], cycle(ALERTS), strict=False)]
        alerts.plan_duty(self.people, [clock.local(now - days * DAY).date() for days in ago])
        for worker, days in zip(self._each(parts[Part.ALERT_CLOSED]), ago, strict=True):
            at = self._crisis(worker, self._ago(days))
            alerts.answer_alert(_subject(worker), at, self.timeline)
            alerts.close_alert(_subject(worker), at, self.people, self.timeline)
            counsellor = self.carer.take(worker, at + 3 * DAY)
            self.carer.sign(worker, at + 5 * DAY)
            self.carer.attend(worker, at + 3 * DAY, counsellor, until=now, strain=0.7)
        for worker in self._each(parts[Part.ALERT_IN_HAND]):
            at = self._crisis(worker, now - timedelta(hours=5))
            alerts.answer_alert(_subject(worker), at, self.timeline)
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
        self.timeline.add(now - 2 * DAY, Apart(lambda: _book(self.lectures.coming[1], rider), in_transaction=True))
        self._sit(driver, self._ago(95), battery="wellbeing", strain=0.2, settled=True)
        self._sit(driver, self._ago(12), battery="quick", strain=0.04, settled=True)
        self.timeline.add(now - timedelta(hours=20), lambda: _begin(_subject(driver)))

    def _campaigns(self, crowd: list[Person], sittings: int) -> None:
        """Share so many sittings among the workers who are well, each answering now and then since she came."""
        for position, worker in enumerate(self._each(crowd)):
            mood, mean = draw_mood(self.rng), sittings / (len(crowd) - position)
            count = sittings if worker is crowd[-1] else min(sittings, round(self.rng.uniform(0, 2 * mean)))
            sittings -= count
            days = (clock.now() - worker.joined) / DAY
            for number in range(count):
                ago = days * (count - number - self.rng.random()) / count
                strain = round(mood.at(ago / 30) * STRAINS)
                battery = self.rng.random() < WELLBEING_SHARE
                self.crowd.add(Planned(self._ago(ago), self.numbers[worker.id], strain, int(battery)))

    def _crisis(self, worker: Person, at: datetime) -> datetime:
        self.timeline.add(at, invent(self.rng, _subject(worker), "full", at, Answering(0.72, unsafe=True)))
        return at

    def _sit(
        self, worker: Person, at: datetime, *, strain: float, battery: str = "full", settled: bool = False
    ) -> datetime:
        self.timeline.add(at, invent(self.rng, _subject(worker), battery, at, Answering(strain, settled=settled)))
        return at

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
