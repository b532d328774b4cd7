"""The chain names the first entry that somebody altered, removed, put in or cut off."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, insert, literal, select, update

from app import audit
from app.audit import anchors, verification
from app.audit.models import Entry, Mention
from app.audit.verification import verify
from app.core import clock
from app.core.database import session, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


COUNSELLOR = UUID(int=9)


@pytest.fixture
def chain(app: Flask) -> Iterator[Flask]:
    """Ten entries and an anchor."""
    with app.app_context():
        for _ in range(10):
            with transaction(), audit.acting_as(COUNSELLOR):
                audit.record("case.read", uuid4())
        anchors.anchor_file().unlink(missing_ok=True)
        anchors.cast()
    yield app
    with app.app_context():
        anchors.anchor_file().unlink(missing_ok=True)


def tamper(app: Flask, statement: object) -> None:
    with app.app_context(), transaction():
        session().execute(statement)  # type: ignore[call-overload]


def first_bad(app: Flask) -> int | None:
    with app.app_context(), transaction(writes=False):
        return verify().first_bad


def verified(app: Flask, *options: str) -> tuple[int, str]:
    outcome = app.test_cli_runner().invoke(args=["audit", "verify", *options])
    return outcome.exit_code, outcome.output


def test_a_chain_that_nobody_touched_is_sound(chain: Flask) -> None:
    code, words = verified(chain)

    assert code == 0
    assert "sound: 10 entries, 1 anchors" in words


@pytest.mark.parametrize("change", [{"id": UUID(int=4)}, {"act": None}, {"digest": bytes(32)}])
def test_an_altered_entry_is_named(chain: Flask, change: dict[str, object]) -> None:
    tamper(chain, update(Entry).where(Entry.seq == 4).values(**change))

    assert first_bad(chain) == 4


def test_an_act_that_was_swapped_is_named(chain: Flask) -> None:
    other = select(Entry.act).where(Entry.seq == 7).scalar_subquery()
    tamper(chain, update(Entry).where(Entry.seq == 3).values(act=other))

    assert first_bad(chain) == 3


def test_a_removed_entry_is_named(chain: Flask) -> None:
    tamper(chain, delete(Entry).where(Entry.seq == 5))

    assert first_bad(chain) == 5


def test_an_entry_that_was_put_in_is_named(chain: Flask) -> None:
    columns = ["digest", "act"]
    copied = select(Entry.seq + 1, literal(uuid4(), Entry.id.type), *(Entry.__table__.c[name] for name in columns))
    tamper(chain, insert(Entry).from_select(["seq", "id", *columns], copied.where(Entry.seq == 10)))

    assert first_bad(chain) == 11


def test_a_cut_tail_is_shown_by_the_anchor(chain: Flask) -> None:
    tamper(chain, delete(Entry).where(Entry.seq > 8))

    code, words = verified(chain)

    assert (first_bad(chain), code) == (None, 1)
    assert "promises entry 10" in words


def test_the_next_anchor_says_that_the_tail_was_cut(chain: Flask) -> None:
    tamper(chain, delete(Entry).where(Entry.seq > 8))

    with chain.app_context():
        assert anchors.cast().first_bad == 9


def test_a_forged_anchor_is_refused(chain: Flask) -> None:
    with chain.app_context():
        path = anchors.anchor_file()
    path.write_text(path.read_text().replace(" 10 ", " 8 "))

    code, words = verified(chain)

    assert code == 1
    assert "line 1 was not written by this installation" in words


def test_anchors_that_were_taken_away_are_missed(chain: Flask) -> None:
    with chain.app_context():
        path = anchors.anchor_file()
    path.unlink()
    assert verified(chain)[0] == 0
    with clock.at(clock.now() + timedelta(hours=3)):
        code, words = verified(chain)
    assert code == 1
    assert "MISSING: no anchor since" in words


def test_a_quiet_installation_misses_no_anchor(chain: Flask) -> None:
    with chain.app_context():
        anchors.cast()
    with clock.at(clock.now() + timedelta(days=3)):
        assert verified(chain)[0] == 0


@pytest.mark.parametrize("torn", [b"2026-11-2", b"\xff\x00", b"2026-11-27T00:00:00+00:00 12 abc - 00"])
def test_a_line_that_a_power_cut_tore_is_replaced(chain: Flask, torn: bytes) -> None:
    with chain.app_context():
        anchors.cast()
        whole = anchors.read()
        with anchors.anchor_file().open("ab") as lines:
            lines.write(torn)
        assert (anchors.last(), anchors.read()) == (whole[-1], whole)
        after = anchors.cast()
        assert anchors.read() == [*whole, after]


def test_an_anchor_is_cast_from_the_one_before(chain: Flask) -> None:
    with chain.app_context():
        with transaction():
            audit.record("case.read", uuid4())
        anchor = anchors.cast()

    assert (anchor.seq, anchor.first_bad) == (11, None)
    assert verified(chain)[0] == 0


def test_a_chain_longer_than_a_part_is_walked_to_its_end(app: Flask) -> None:
    with app.app_context():
        with transaction():
            for _ in range(verification.CHUNK + 1):
                audit.record("case.read", uuid4())
        with transaction(writes=False):
            assert verify()[:2] == (verification.CHUNK + 1, None)


def test_the_log_put_back_to_an_earlier_state_is_named(chain: Flask) -> None:
    tamper(chain, delete(Entry).where(Entry.seq > 6))

    assert "rolled back to entry 6" in verified(chain)[1]


def test_a_deleted_entry_is_told_from_an_altered_one(chain: Flask) -> None:
    tamper(chain, delete(Entry).where(Entry.seq == 5))

    assert "entry 5 was deleted" in verified(chain)[1]


def test_all_entries_gone_are_missed(chain: Flask) -> None:
    tamper(chain, delete(Entry))

    assert "rolled back to entry 0" in verified(chain)[1]


def test_an_anchor_taken_out_of_the_middle_is_missed_by_the_deep_pass(chain: Flask) -> None:
    with chain.app_context():
        for hours in (3, 6):
            with clock.at(clock.now() + timedelta(hours=hours)):
                with transaction():
                    audit.record("case.read", uuid4())
                anchors.cast()
        path = anchors.anchor_file()
        assert "sound" in verified(chain, "--deep")[1]
        with clock.at(clock.now() + timedelta(hours=9)):
            anchors.cast()
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join([lines[0], lines[3]]))

    assert "no anchor for hours" in verified(chain, "--deep")[1]


def test_the_deep_pass_opens_every_entry_and_mention(chain: Flask) -> None:
    other = select(Mention.place).order_by(Mention.id).limit(1).scalar_subquery()
    tamper(chain, update(Mention).values(place=other))

    assert verified(chain)[0] == 0
    assert verified(chain, "--deep")[1].count("UNREADABLE mention") == 9
