"""The entries of the audit chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Half, Model
from app.core.ids import random_id
from app.vault import sealed

NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite's own row number: one tree less to write for each act
NAMED = text("target IS NOT NULL")


class Entry(Model):
    """One act: when, by whom, what, on which object, chained to the entry before it by ``digest``.

    ``actor`` and ``target`` are keyed references, so that the log alone names nobody; the ids stand sealed in
    ``detail`` (ids and reasons, never content).
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_action_seq", "action", "seq"),
        # Only what was done to somebody else's object is looked up: a person's own acts spare this index.
        Index("ix_audit_entry_target", "target", sqlite_where=NAMED, postgresql_where=NAMED),
        {"info": {"half": Half.SHARED}},
    )

    seq: Mapped[int] = mapped_column(NUMBER, primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(default=random_id)
    at: Mapped[datetime] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(40))
    actor: Mapped[bytes] = mapped_column(LargeBinary(16))
    target: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))

    detail: Any = sealed("audit", system="audit", block=128)
