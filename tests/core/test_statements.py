"""Hot statements: what SQLAlchemy would do, in a quarter of the time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from app import vault
from app.accounts.models import Allowance
from app.core.database import HalvesJoinedError, table_of, transaction
from app.core.ids import random_id
from app.core.statements import Hot
from app.notices.models import OutboxRow
from app.organisations.models import UnitKind
from app.organisations.services import add_unit
from app.screening.models import Result

if TYPE_CHECKING:
    from flask import Flask

TABLE = table_of(Allowance)
ADD = Hot(insert(TABLE))
FIND = Hot(select(*TABLE.c["used", "ends_at"]).where(TABLE.c.key == bindparam("wanted")))
USE = Hot(update(TABLE).where(TABLE.c.key == bindparam("wanted")).values(used=TABLE.c.used + 1))
MOMENT = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)


@pytest.mark.usefixtures("use_case")
def test_a_row_comes_back_with_the_types_and_defaults_of_its_columns() -> None:
    ADD.run(key=b"k" * 16, ends_at=MOMENT)

    row = FIND.first(wanted=b"k" * 16)

    assert (row.used, row.ends_at) == (0, MOMENT)


@pytest.mark.usefixtures("use_case")
def test_it_says_how_many_rows_it_changed() -> None:
    ADD.run(key=b"k" * 16, ends_at=MOMENT)

    assert (USE.run(wanted=b"k" * 16), USE.run(wanted=b"x" * 16)) == (1, 0)
    assert FIND.first(wanted=b"x" * 16) is None


def test_its_errors_are_those_of_sqlalchemy_and_name_no_values(app: Flask) -> None:
    with app.app_context(), pytest.raises(IntegrityError) as refusal, transaction():
        ADD.run(key=b"k" * 16, ends_at=MOMENT)
        ADD.run(key=b"k" * 16, ends_at=MOMENT)

    assert "2026-11-02" not in str(refusal.value)


@pytest.mark.usefixtures("use_case")
def test_a_sealed_column_refuses_plain_text_here_too() -> None:
    with pytest.raises(vault.VaultError, match="K001"):
        Hot(insert(table_of(OutboxRow))).run(payload=b"plain")


def test_the_guard_between_the_halves_sees_it(app: Flask) -> None:
    settle = Hot(update(table_of(Result)).where(table_of(Result).c.id == bindparam("wanted")).values(open=False))
    with app.app_context(), pytest.raises(HalvesJoinedError), transaction():
        add_unit("百官街道", kind=UnitKind.TOWNSHIP, parent=None)
        settle.run(wanted=random_id())
