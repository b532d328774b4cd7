"""Two changes of one account at once are never stored under each other's seal."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from app.accounts.models import Account, Status
from app.core.database import session, transaction
from app.vault import rows

if TYPE_CHECKING:
    from flask import Flask

    from tests.cast import Cast


def test_of_two_changes_at_once_the_second_is_refused_and_the_row_holds(app: Flask, people: Cast) -> None:
    worker = people.worker.id
    barrier, said = threading.Barrier(2), []

    def change(name: str, value: object) -> None:
        with app.app_context():
            try:
                with transaction():
                    mine = session().get_one(Account, worker)
                    barrier.wait(10)
                    setattr(mine, name, value)
            except StaleDataError:
                said.append("refused")
            else:
                said.append("stored")

    wanted = (("requested_by", worker), ("status", Status.FROZEN))
    both = [threading.Thread(target=change, args=one) for one in wanted]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(said) == ["refused", "stored"]
    with app.app_context(), transaction(writes=False):
        row = session().execute(select(*rows.columns_of(Account)).where(Account.id == worker)).one()
        assert rows.holds(Account, row)
