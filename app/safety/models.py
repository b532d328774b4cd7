"""Alerts, and who is on duty to answer them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Half, Model
from app.core.ids import ordered_id, random_id
from app.safety.steps import State
from app.vault import Sealed, VaultError, note_damage, row_seal, sealed

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
WHILE_OPEN: dict[str, Any] = {"sqlite_where": text("open = 1"), "postgresql_where": text("open")}


class Alert(Model):
    """A safety event with a clock; further answers of the same person join it while it is open.

    ``origin`` is a keyed reference of the subject: of two requests that raise it at once, one does.
    ``assignee`` is the staff account that acknowledged it. What was answered, when, and every step since is sealed.
    """

    __tablename__ = "alert"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id)
    subject_id: Mapped[UUID] = mapped_column(index=True)
    week: Mapped[str] = mapped_column(String(8), default=clock.iso_week)
    open: Mapped[bool] = mapped_column(default=True)
    assignee: Mapped[UUID | None] = mapped_column()
    version: Mapped[int] = mapped_column(default=1)
    origin: Mapped[bytes] = mapped_column(LargeBinary(16))

    log: Sealed[dict[str, Any]] = sealed("alert", owner="subject_id", block=512)
    seal: Any = row_seal("subject_id", "assignee", "open", assignee=None)

    __table_args__ = (
        Index("uq_alert_origin_open", "origin", unique=True, **WHILE_OPEN),
        Index("ix_alert_open", "id", **WHILE_OPEN),
        {"info": {"half": Half.CLINICAL}, "sqlite_with_rowid": False},
    )

    @property
    def state(self) -> State:
        """What the sealed log says; of a damaged one, that it is lost, so that somebody asks the person again."""
        try:
            return State.from_json(self.log)
        except VaultError as error:
            note_damage(error)
            return State.lost(clock.week_begins(self.week))


class DutyShift(Model):
    """A stretch of time in which a counsellor answers alerts."""

    __tablename__ = "duty_shift"
    __table_args__ = (
        Index("uq_duty_shift_account_id_starts", "account_id", "starts", unique=True),
        {"info": {"half": Half.IDENTITY}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ordered_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    starts: Mapped[datetime] = mapped_column(index=True)
    ends: Mapped[datetime] = mapped_column()

    seal: Any = row_seal("account_id", "starts", "ends", ends=LONG_AGO)
