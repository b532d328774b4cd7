"""Sittings and results: clinical rows that show a subject and an ISO week, everything else sealed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Half, Model
from app.core.ids import random_id
from app.vault import sealed

WHOLE = 512
"""Bytes that hold the largest draft, sheet of answers or result that ships: each is sealed at one and the same size."""


class Sitting(Model):
    """One person's taking of a battery. ``version`` decides between two writers; ``draft`` is a ``drafts.Draft``."""

    __tablename__ = "sitting"
    __table_args__ = (
        Index("ix_sitting_subject_id_open", "subject_id", "open"),
        {"info": {"half": Half.CLINICAL}, "sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id)
    subject_id: Mapped[UUID] = mapped_column()
    week: Mapped[str] = mapped_column(String(8), default=clock.iso_week)
    open: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    draft: Any = sealed("sitting", owner="subject_id", block=WHOLE, bind=("week",), required=True)


class Result(Model):
    """The answers to one instrument in a sitting and what scoring made of them; only ``open`` ever changes.

    It is open until triage has settled it, whatever it says.
    """

    __tablename__ = "result"
    __table_args__ = (
        Index("ix_result_subject_id", "subject_id"),
        Index("ix_result_open", "subject_id", "id", sqlite_where=text("open = 1"), postgresql_where=text("open")),
        {"info": {"half": Half.CLINICAL}, "sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id)
    subject_id: Mapped[UUID] = mapped_column()
    sitting_id: Mapped[UUID] = mapped_column()
    week: Mapped[str] = mapped_column(String(8), default=clock.iso_week)
    open: Mapped[bool] = mapped_column(default=True)

    answers: Any = sealed(
        "answers", owner="subject_id", block=WHOLE, bind=("week",), required=True, since="response.answers"
    )
    scores: Any = sealed("result", owner="subject_id", block=WHOLE, bind=("week",), required=True)
