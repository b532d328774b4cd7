"""The entries of the audit chain, and who is mentioned in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Half, Model
from app.core.ids import random_id
from app.vault import sealed

NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite's own row number: one tree less to write for each act
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Said(NamedTuple):
    """What one entry says: when, what, by whom, on which object, and why (ids and reasons, never content)."""

    at: datetime
    action: str
    actor: UUID
    target: UUID | None
    detail: dict[str, Any]

    def as_json(self) -> list[Any]:
        """What is sealed: a list, so that an ordinary act takes one block."""
        target = self.target.hex if self.target else None
        return [(self.at - EPOCH) // MICROSECOND, self.action, self.actor.hex, target, self.detail]

    @classmethod
    def from_json(cls, value: list[Any]) -> Said:
        """What was sealed."""
        at, action, actor, target, detail = value[:5]
        return cls(EPOCH + at * MICROSECOND, action, UUID(actor), UUID(target) if target else None, detail)


class Entry(Model):
    """One act, chained to the entry before it by ``digest``; nothing but its place in the chain is plain."""

    __tablename__ = "audit_entry"
    __table_args__ = ({"info": {"half": Half.SHARED}},)

    seq: Mapped[int] = mapped_column(NUMBER, primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(default=random_id)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))

    act: Any = sealed("audit", system="audit", block=256)

    @property
    def said(self) -> Said:
        """What it says. Raises ``VaultError``."""
        return Said.from_json(self.act)


class Mention(Model):
    """That somebody else's act concerns a person or row: found by a keyed reference, in no order at all.

    ``place`` is the entry's number, actor and time, sealed: what is plain tells how often in which week.
    """

    __tablename__ = "audit_mention"
    __table_args__ = (
        Index("ix_audit_mention_about_week", "about", "week"),
        {"info": {"half": Half.SHARED}, "sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id)
    about: Mapped[bytes] = mapped_column(LargeBinary(16))
    week: Mapped[str] = mapped_column(String(8), default=clock.iso_week)

    place: Any = sealed("mention", system="audit", block=128, bind=("about", "week"), required=True)
