"""R7 and R8: exactly the seats there are, and no lost place, however many press at once."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, insert, select

from app.accounts.models import Account
from app.core import clock
from app.core.database import session, transaction
from app.core.ids import ordered_id
from app.core.permissions import Role
from app.courses import services
from app.courses.models import Booking, BookingState, Lecture
from app.vault import owner_keys
from tests.courses.conftest import Programme

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from flask import Flask

    from tests.cast import Cast

pytestmark = pytest.mark.promise
THREADS = 20
SEATS = 30


def crowd(programme: Programme, number: int) -> list[UUID]:
    """So many workers, without names: nobody looks at them here."""
    ids = [ordered_id() for _ in range(number)]
    values = {"role": Role.WORKER, "unit_id": programme.people.township.id, "created_on": clock.today()}
    with programme.app.app_context():
        owner_keys.create("account", ids)
        with transaction():
            session().execute(
                insert(Account), [{"id": one, "phone_index": one.bytes, "status": "ACTIVE", **values} for one in ids]
            )
    return ids


def at_once(acts: Sequence[Callable[[], object]]) -> list[object]:
    """Run all acts from a crowd of threads that wait for each other before the first."""
    gate = threading.Barrier(THREADS)

    def run(share: Sequence[Callable[[], object]]) -> list[object]:
        gate.wait()
        return [act() for act in share]

    with ThreadPoolExecutor(THREADS) as pool:
        return [result for part in pool.map(run, [acts[start::THREADS] for start in range(THREADS)]) for result in part]


def soon(programme: Programme, *, capacity: int = SEATS) -> UUID:
    """A lecture that can be booked now: threads do not share a moved clock."""
    now = clock.now()
    return programme.lecture(moment=now, starts_at=now + timedelta(days=3), capacity=capacity)


def say(sentence: str) -> None:
    """Show a number of the promise in the test's output."""
    sys.stdout.write(f"{sentence}\n")


def press(app: Flask, lecture_id: UUID, worker: UUID) -> tuple[UUID, str]:
    with app.app_context(), transaction():
        booking = services.book_seat(session().get_one(Lecture, lecture_id), worker=worker)
        return booking.id, booking.state.value


def press_naively(app: Flask, lecture_id: UUID, worker: UUID) -> None:
    """What many systems do: count the seats taken, decide, write; each step in good faith."""
    mine = (Booking.lecture_id == lecture_id) & (Booking.state == BookingState.BOOKED)
    with app.app_context():
        with transaction(writes=False):
            taken = session().scalar(select(func.count()).where(mine)) or 0
        if taken < SEATS:
            with transaction():
                booking = {"lecture_id": lecture_id, "account_id": worker, "state": BookingState.BOOKED}
                session().execute(insert(Booking).values(id=ordered_id(), **booking))


def give_back(app: Flask, lecture_id: UUID, worker: UUID) -> None:
    with app.app_context(), transaction():
        mine = (Booking.lecture_id == lecture_id) & (Booking.account_id == worker)
        services.cancel_booking(session().scalars(select(Booking).where(mine)).one())


def seats_of(programme: Programme, lecture_id: UUID) -> Counter[str]:
    with programme.at():
        states = select(Booking.state, func.count()).where(Booking.lecture_id == lecture_id)
        return Counter({state.value: number for state, number in session().execute(states.group_by(Booking.state))})


@pytest.mark.parametrize("run", range(3))
def test_500_clients_and_100_double_clicks_share_exactly_30_seats(app: Flask, people: Cast, run: int) -> None:
    programme = Programme(app, people)
    lecture, workers = soon(programme), crowd(programme, 500)
    pressing = sorted([*workers, *workers[:100]])

    answers = at_once([partial(press, app, lecture, worker) for worker in pressing])

    sold = seats_of(programme, lecture)
    say(f"R7 run {run}: {dict(sold)}, {len(answers)} clicks, {len(set(answers))} bookings")
    assert len(set(answers)) == 500, "a second click got a booking of its own, or another answer than the first"
    assert (sold, programme.taken(lecture)) == ({"booked": SEATS, "waiting": 470}, SEATS)


def test_counting_before_writing_oversells(app: Flask, people: Cast) -> None:
    programme = Programme(app, people)
    lecture, workers = soon(programme), crowd(programme, 200)

    at_once([partial(press_naively, app, lecture, worker) for worker in workers])

    sold = seats_of(programme, lecture)["booked"]
    say(f"R7 naive: {sold} of {SEATS} seats sold")
    assert sold > SEATS, "the control must fail, or the race above proves nothing"


@pytest.mark.parametrize("run", range(2))
def test_200_cancels_racing_200_bookings_lose_no_place(app: Flask, people: Cast, run: int) -> None:
    programme = Programme(app, people)
    lecture, workers = soon(programme, capacity=100), crowd(programme, 400)
    leaving, coming = workers[:200], workers[200:]
    at_once([partial(press, app, lecture, worker) for worker in leaving])

    acts = [(give_back, worker) for worker in leaving] + [(press, worker) for worker in coming]
    at_once([partial(act, app, lecture, worker) for act, worker in sorted(acts, key=lambda pair: pair[1].int % 997)])

    left = seats_of(programme, lecture)
    say(f"R8 run {run}: {dict(left)} with 100 seats")
    assert (left, programme.taken(lecture)) == ({"cancelled": 200, "booked": 100, "waiting": 100}, 100)
