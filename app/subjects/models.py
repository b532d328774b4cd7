"""Subjects: the pseudonymous persons of the clinical half, made in advance and never changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Half, Model
from app.core.ids import random_id
from app.vault import sealed


class Subject(Model):
    """A pseudonym for which results are kept. ``alias`` is the half of the link that only its owner key opens.

    The row is written when the pool is filled and never again, so that neither its place nor its transaction tells
    when, or by whom, it was taken.
    """

    __tablename__ = "subject"
    __table_args__ = ({"info": {"half": Half.CLINICAL}, "sqlite_with_rowid": False},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id)

    alias: Any = sealed("alias", owner="id", block=64)


class Ticket(Model):
    """The right to become one subject: taken, and deleted, by the account that registers."""

    __tablename__ = "subject_ticket"
    __table_args__ = ({"info": {"half": Half.IDENTITY}, "sqlite_with_rowid": False},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id)

    holds: Any = sealed("ticket", system="link", block=128)
