"""Cases, what is written in them, and the lectures recommended from them: the clinical half."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Half, Model
from app.core.ids import random_id
from app.vault import Sealed, row_seal, sealed

WHILE_OPEN: dict[str, Any] = {"sqlite_where": text("open = 1"), "postgresql_where": text("open")}
NOBODY = UUID(int=0)
"""Who has a case whose row was changed past the program: only supervisors find it."""
CLINICAL: dict[str, Any] = {"info": {"half": Half.CLINICAL}, "sqlite_with_rowid": False}


class Case(Model):
    """A worker in a counsellor's care, from intake to closing; one open case a subject. ``file`` is a ``CaseState``.

    ``assignee`` is a staff account. Every change is a conditional update on ``version``.
    """

    __tablename__ = "case"
    __table_args__ = (
        Index("uq_case_subject_id_open", "subject_id", unique=True, **WHILE_OPEN),
        Index("ix_case_open", "assignee", "subject_id", "id", "version", **WHILE_OPEN),
        Index("ix_case_subject_id", "subject_id"),
        CLINICAL,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id)
    subject_id: Mapped[UUID] = mapped_column()
    assignee: Mapped[UUID] = mapped_column()
    open: Mapped[bool] = mapped_column(default=True)
    week: Mapped[str] = mapped_column(String(8), default=clock.iso_week)
    version: Mapped[int] = mapped_column(default=1)

    file: Sealed[dict[str, Any]] = sealed("case", owner="subject_id", block=1024, required=True)
    seal: Any = row_seal("subject_id", "assignee", "open", assignee=NOBODY)


class TriageBucket(Model):
    """The sorted lines of a part of those who wait in triage: which part, a subject's id decides.

    A copy of what the open results say, so that their order is known without opening each: whatever it lacks, or says
    of other results than the open ones, is judged anew. ``lines`` are ``waiting_list.Line`` as JSON.
    """

    __tablename__ = "triage_bucket"
    __table_args__ = (CLINICAL,)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)

    lines: Sealed[list[Any]] = sealed("triage", system="triage", block=4096, required=True)


class CaseloadBucket(Model):
    """What lists need of the open cases of one counsellor, whose account id is the row's: a copy of their files.

    ``lines`` are ``case_lines.CaseLine`` as JSON; one that speaks of another version of its case is made anew.
    """

    __tablename__ = "caseload_bucket"
    __table_args__ = (CLINICAL,)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)

    lines: Sealed[list[Any]] = sealed("caseload", system="triage", block=4096, required=True)


class CaseEntry(Model):
    """A contact or a note. ``once`` is a keyed digest of the form that was sent, so that sending twice stores one."""

    __tablename__ = "case_entry"
    __table_args__ = (Index("ix_case_entry_case_id", "case_id"), CLINICAL)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id)
    case_id: Mapped[UUID] = mapped_column()
    subject_id: Mapped[UUID] = mapped_column()
    author: Mapped[UUID] = mapped_column()
    week: Mapped[str] = mapped_column(String(8), default=clock.iso_week)
    version: Mapped[int] = mapped_column(default=1)
    once: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)

    body: Sealed[dict[str, Any]] = sealed("entry", owner="subject_id", block=512, required=True)


class Recommendation(Model):
    """A lecture that a counsellor suggests to a worker; it is accepted when a booking of that lecture exists."""

    __tablename__ = "recommendation"
    __table_args__ = (
        Index("ix_recommendation_subject_id_open", "subject_id", **WHILE_OPEN),
        Index("ix_recommendation_case_id", "case_id"),
        CLINICAL,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id)
    case_id: Mapped[UUID] = mapped_column()
    subject_id: Mapped[UUID] = mapped_column()
    open: Mapped[bool] = mapped_column(default=True)
    week: Mapped[str] = mapped_column(String(8), default=clock.iso_week)

    about: Sealed[dict[str, Any]] = sealed("recommendation", owner="subject_id", block=256, required=True)
