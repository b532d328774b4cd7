"""Delivery: at least once, whatever breaks."""

from __future__ import annotations

import threading
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.database import session, transaction
from app.core.errors import NotFound
from app.notices import delivery, kinds, services
from app.notices.channels import Senders
from app.notices.kinds import Channel, Delivery
from app.notices.models import Notice, OutboxRow
from app.vault import owner_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from tests.cast import Cast


class Provider:
    """A provider that remembers what it was given, and fails now and then."""

    def __init__(self, failures: float = 0.0) -> None:
        self.got: list[tuple[str, str, str]] = []
        self.failures = failures
        self.chance = Random(7)
        self._lock = threading.Lock()

    def send(self, to: str, message: str, reference: str) -> None:
        with self._lock:
            if self.chance.random() < self.failures:
                raise ConnectionError
            self.got.append((to, message, reference))


@pytest.fixture
def provider(app: Flask) -> Iterator[Provider]:
    before = app.extensions[delivery.EXTENSION]
    provider = Provider()
    app.extensions[delivery.EXTENSION] = Senders(provider, provider)
    yield provider
    app.extensions[delivery.EXTENSION] = before


@pytest.fixture
def waiting(app: Flask) -> Any:
    """How many rows wait in the outbox."""

    def count() -> int:
        with app.app_context(), transaction(writes=False):
            return session().scalar(select(func.count()).select_from(OutboxRow)) or 0

    return count


def promise(app: Flask, kind: str, **payload: Any) -> None:
    with app.app_context(), transaction():
        services.enqueue(kind, **payload)


def deliver(app: Flask, *, later: float = 0) -> int:
    with app.app_context(), clock.at(clock.now() + timedelta(seconds=later)):
        return delivery.deliver_due()


def test_a_code_reaches_the_phone(app: Flask, provider: Provider, waiting: Any) -> None:
    promise(app, "phone.code", phone="+8613900000001", code="123456")

    deliver(app)

    assert [(to, "123456" in message) for to, message, _ in provider.got] == [("+8613900000001", True)]
    assert waiting() == 0


def test_a_notice_in_the_program_is_written_once(app: Flask, people: Cast, waiting: Any) -> None:
    worker = people.worker.id
    kinds.register("test.note", lambda _: [Delivery(Channel.IN_APP, worker, "service.message")])
    promise(app, "test.note")

    deliver(app)
    deliver(app)

    with app.app_context(), transaction(writes=False):
        said = [notice.said for notice in session().scalars(select(Notice))]
    assert said == [{"text": "service.message", "values": {}}]
    assert waiting() == 0


def test_one_notice_goes_to_several_people(app: Flask, provider: Provider) -> None:
    both = [Delivery(Channel.MAIL, f"{name}@union.example", "service.message") for name in ("a", "b")]
    kinds.register("test.two", lambda _: both)
    promise(app, "test.two")

    deliver(app)

    assert sorted(to for to, _, _ in provider.got) == ["a@union.example", "b@union.example"]


def test_only_neutral_words_leave_the_program(app: Flask, provider: Provider) -> None:
    kinds.register("test.private", lambda _: [Delivery(Channel.MAIL, "a@union.example", "case.message")])
    promise(app, "test.private")

    deliver(app)

    assert provider.got[0][1] == "您有一条工会服务消息，请登录查看。"


def test_a_process_whose_lease_ran_out_takes_nothing_from_the_next(app: Flask, waiting: Any) -> None:
    kinds.register("test.slow", lambda _: [])
    promise(app, "test.slow")
    with app.app_context():
        slow = delivery._claim(1)[0]
        with clock.at(slow.until + timedelta(seconds=1)):
            quick = delivery._claim(1)[0]
        with transaction():
            assert not delivery._delete(slow)
        delivery._rest(slow)
        with transaction(writes=False):
            assert session().get_one(OutboxRow, quick.id).due_at == quick.until
        with transaction():
            assert delivery._delete(quick)
    assert waiting() == 0


def test_a_notice_for_nobody_ends(app: Flask, provider: Provider, waiting: Any) -> None:
    kinds.register("test.nobody", lambda _: [])
    promise(app, "test.nobody")

    deliver(app)

    assert (waiting(), provider.got) == (0, [])


def test_a_notice_about_something_that_is_gone_ends(app: Flask, waiting: Any) -> None:
    def gone(_: dict[str, Any]) -> list[Delivery]:
        raise NotFound

    kinds.register("test.gone", gone)
    promise(app, "test.gone")

    deliver(app)

    assert waiting() == 0


def test_a_notice_to_an_erased_person_ends(app: Flask, people: Cast, waiting: Any) -> None:
    worker = people.worker.id
    kinds.register("test.erased", lambda _: [Delivery(Channel.IN_APP, worker, "service.message")])
    promise(app, "test.erased")
    with app.app_context():
        owner_keys.destroy([worker])

    deliver(app)

    assert waiting() == 0


def test_a_kind_that_nobody_knows_is_kept(app: Flask, waiting: Any) -> None:
    promise(app, "test.unknown")

    deliver(app)

    assert waiting() == 1


def test_a_failed_notice_rests_longer_each_time(app: Flask, provider: Provider, waiting: Any) -> None:
    provider.failures = 1.0
    promise(app, "phone.code", phone="+8613900000001", code="123456")

    deliver(app)
    deliver(app, later=1)
    provider.failures = 0.0
    early = deliver(app, later=1)
    late = deliver(app, later=5)

    assert (early, late, len(provider.got), waiting()) == (0, 1, 1, 0)


def test_a_pause_grows_to_an_hour() -> None:
    assert [delivery.pause(attempts).total_seconds() for attempts in (1, 2, 5, 20)] == [2, 4, 32, 3600]


def test_no_log_holds_what_was_said(app: Flask, provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    provider.failures = 1.0
    promise(app, "phone.code", phone="+8613900000001", code="736251")

    deliver(app)

    assert "ConnectionError" in caplog.text
    assert "736251" not in caplog.text
    assert "139000" not in caplog.text


@pytest.mark.promise
def test_500_notices_survive_three_workers_and_a_provider_that_fails(
    app: Flask, provider: Provider, waiting: Any
) -> None:
    provider.failures = 0.1
    with app.app_context(), transaction():
        for number in range(500):
            services.enqueue("phone.code", phone=f"+86139{number:08d}", code="123456")

    _deliver_with_three_workers(app, waiting)

    assert waiting() == 0
    assert len({to for to, _, _ in provider.got}) == 500


@pytest.mark.promise
def test_a_killed_worker_loses_nothing(app: Flask, provider: Provider, waiting: Any) -> None:
    promise(app, "phone.code", phone="+8613900000001", code="123456")
    with app.app_context():
        delivery._claim(1)

    during = deliver(app)
    after = deliver(app, later=delivery.LEASE.total_seconds() + 1)

    assert (during, len(provider.got), waiting()) == (0, 1, 0)
    assert after == 2


def _deliver_with_three_workers(app: Flask, waiting: Any) -> None:
    def work() -> None:
        seconds = 0.0
        while waiting():
            deliver(app, later=seconds)
            seconds += 3

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=120)
