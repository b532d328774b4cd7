"""The pool of subjects: its order says nothing, and each ticket is taken once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select

from app.accounts.services import challenges, links, registration
from app.accounts.services.challenges import Asker, Purpose
from app.accounts.services.hashing import ASKERS
from app.core.database import session, transaction
from app.core.errors import Unavailable
from app.subjects import services
from app.subjects.models import Subject, Ticket

if TYPE_CHECKING:
    from flask import Flask

    from app.subjects.services import Link
    from tests.cast import Cast

REGISTRATIONS = 1_000
BROWSER = "a browser"


@pytest.fixture
def filled(app: Flask) -> Flask:
    """A pool of one batch."""
    with app.app_context():
        assert services.refill(1) == services.BATCH
    return app


def pool_size() -> int:
    with transaction(writes=False):
        return session().scalar(select(func.count()).select_from(Ticket)) or 0


def rank_correlation(first: list[UUID], second: list[UUID]) -> float:
    """Spearman's, of the places that the same ids have in two orders."""
    places = {one: place for place, one in enumerate(second)}
    n = len(first)
    squares = sum((place - places[one]) ** 2 for place, one in enumerate(first))
    return 1 - 6 * squares / (n * (n * n - 1))


def test_the_order_of_the_tickets_says_nothing_about_the_subjects(filled: Flask) -> None:
    with filled.app_context(), transaction(writes=False):
        subjects = list(session().scalars(select(Subject.id)))
        tickets = [UUID(ticket.holds["subject"]) for ticket in session().scalars(select(Ticket))]

    # Six standard deviations of the coefficient for 256 unrelated pairs, 1/sqrt(n - 1): chance does not reach them.
    assert sorted(subjects) == sorted(tickets)
    assert abs(rank_correlation(tickets, subjects)) < 6 / 255**0.5


def test_a_ticket_is_taken_once_by_many_at_once(filled: Flask) -> None:
    def take(_number: int) -> Link:
        with filled.app_context(), transaction():
            return services.take_ticket()

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(take, range(60)))

    assert len({link.subject for link in taken}) == 60


def test_an_empty_pool_says_to_come_back(filled: Flask) -> None:
    with filled.app_context():
        with transaction():
            session().execute(delete(Ticket))
        with transaction(writes=False), pytest.raises(Unavailable):
            services.take_ticket()


def test_whoever_finds_the_pool_low_refills_it(filled: Flask) -> None:
    with filled.app_context():
        with transaction():
            services.take_ticket()
        with transaction():
            assert services.top_up() == services.BATCH


def test_a_thousand_registrations_find_a_ticket_each(app: Flask, people: Cast) -> None:
    unit = people.township.id.hex

    def join(number: int) -> UUID:
        with app.app_context(), transaction():
            proof = challenges.prove(Purpose.JOINING, {"phone": f"+86137{number:08d}", "unit": unit}, Asker(BROWSER))
            joined = registration.join(proof, "a quiet river at dawn", occupation=None, name="")
            return links.subject_of(joined.account)

    with ThreadPoolExecutor(ASKERS) as pool:
        found = list(pool.map(join, range(REGISTRATIONS)))

    assert len(set(found)) == REGISTRATIONS
    with app.app_context():
        assert pool_size() >= services.LOW_WATER - 8


def test_a_drawn_ticket_is_any_of_the_pool(filled: Flask) -> None:
    with filled.app_context(), transaction():
        order = list(session().scalars(select(Ticket.id).order_by(Ticket.id)))
        held = {UUID(ticket.holds["subject"]): ticket.id for ticket in session().scalars(select(Ticket))}
        places = [order.index(held[services.take_ticket().subject]) for _ in range(60)]

    assert places != sorted(places)
    assert max(places) - min(places) > services.BATCH / 2


def test_a_full_pool_is_left_alone(filled: Flask) -> None:
    with filled.app_context():
        assert services.refill(services.LOW_WATER) == 0


def test_a_subject_knows_the_alias_its_ticket_holds(filled: Flask) -> None:
    with filled.app_context(), transaction():
        link = services.take_ticket()
        assert services.alias_of(link.subject) == link.alias
