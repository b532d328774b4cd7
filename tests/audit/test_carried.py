"""A log from before its acts were sealed is carried over: sealed, still whole, and found again."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, Table, inspect, text

from app import audit, vault
from app.audit import anchors, carried, reading
from app.audit.mentions import acts_on
from app.audit.verification import verify
from app.core import clock
from app.core.database import db, transaction
from app.vault.sealing import pad
from tests.acts import acts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from flask import Flask

COUNSELLOR, SUBJECT = UUID(int=7), UUID(int=8)
OLD = 603


def old_entry(seq: int, previous: bytes, at: datetime) -> dict[str, object]:
    """An entry as it was stored then."""
    row, action = UUID(int=1000 + seq), "case.read"
    plain = {"actor": COUNSELLOR.hex, "target": SUBJECT.hex, "case": uuid4().hex}
    detail = carried._DETAIL.seal(pad("audit", plain, 128), row, None, ())
    actor = vault.reference("audit", "actor", COUNSELLOR.bytes)
    target = vault.reference("audit", "target", SUBJECT.bytes)
    moment = at.astimezone(UTC).isoformat(timespec="microseconds").encode()
    parts = (previous, seq.to_bytes(8, "big"), row.bytes, moment, actor, action.encode(), target, vault.digest(detail))
    digest = vault.mac("audit", b"".join(len(part).to_bytes(2, "big") + part for part in parts))
    plain_columns = {"at": at, "action": action, "actor": actor, "target": target}
    return {"seq": seq, "id": row, **plain_columns, "detail": detail, "digest": digest}


@pytest.fixture
def old_log(app: Flask) -> Iterator[Flask]:
    """A log of the former kind, and an anchor of it; the program is brought up to date, but nothing is carried yet."""
    with app.app_context():
        anchors.anchor_file().unlink(missing_ok=True)
        downgrade(revision="0017")
        table = Table("audit_entry", MetaData(), *(column._copy() for column in carried.PLAIN.columns))
        table.append_column(db.Column("digest", db.LargeBinary))
        previous, rows, start = bytes(32), [], clock.now() - timedelta(minutes=OLD)
        for seq in range(1, OLD + 1):
            rows.append(old_entry(seq, previous, start + timedelta(minutes=seq)))
            previous = rows[-1]["digest"]  # type: ignore[assignment]
        with db.engine.begin() as connection:
            connection.execute(table.insert(), rows)
        anchors.write(anchors.Anchor(clock.now(), OLD, previous))
        upgrade()
    yield app
    with app.app_context():
        anchors.anchor_file().unlink(missing_ok=True)
        carried.PLAIN.drop(db.engine, checkfirst=True)


def test_the_chain_and_its_anchors_hold(old_log: Flask) -> None:
    with old_log.app_context():
        assert carried.carry_over() == OLD
        with transaction():
            audit.record("case.read", SUBJECT)
    outcome = old_log.test_cli_runner().invoke(args=["audit", "verify", "--deep"])
    assert outcome.output.startswith(f"sound: {OLD + 1} entries, 1 anchors"), outcome.output


def test_nothing_plain_is_left_of_it(old_log: Flask) -> None:
    with old_log.app_context():
        carried.carry_over()
        assert carried.carry_over() == 0
        assert not inspect(db.engine).has_table("audit_entry_plain")


def test_it_reads_as_it_read_before(old_log: Flask) -> None:
    with old_log.app_context():
        carried.carry_over()
        with transaction(writes=False):
            first = acts()[0]
            assert (first.action, first.actor, first.target) == ("case.read", COUNSELLOR, SUBJECT)
            assert len(acts_on(SUBJECT)) == OLD
            assert reading.entries().lines[0].seq == OLD


def test_what_was_cut_short_goes_on(old_log: Flask) -> None:
    with old_log.app_context():
        carried._carry_part()
        with transaction():
            audit.record("case.read", SUBJECT)
        carried.carry_over()
        with transaction(writes=False):
            assert (verify().entries, verify().first_bad) == (OLD + 1, None)


def test_an_altered_old_entry_is_still_named(old_log: Flask) -> None:
    with old_log.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE audit_entry_plain SET action = 'case.closed' WHERE seq = 5"))
        carried.carry_over()
        with transaction(writes=False):
            assert verify().first_bad == 5
