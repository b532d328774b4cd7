"""The outbox, and the notices a person sees in the program."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Half, Model
from app.core.ids import ordered_id, random_id
from app.vault import sealed


class OutboxRow(Model):
    """Something to tell somebody, written with the act itself; deleted when it is told.

    Every submission writes one, of one size, whether it is a crisis or not. ``due_at`` is also the lease of the
    process that is telling it: when the process dies, the row falls due again.
    """

    __tablename__ = "outbox"
    __table_args__ = ({"info": {"half": Half.SHARED}, "sqlite_with_rowid": False},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id)
    due_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    attempts: Mapped[int] = mapped_column(default=0)

    payload: Any = sealed("outbox", system="outbox", block=256)


class Notice(Model):
    """A line in a person's own list. What it says is sealed: its kind alone could tell who is in somebody's care."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_account_id_read_at", "account_id", "read_at"),
        {"info": {"half": Half.IDENTITY}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ordered_id)
    account_id: Mapped[UUID] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column()

    said: Any = sealed("notice", owner="account_id", block=256)
