"""What health keeps: a row to be written, so that a full disk is found before a worker finds it."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Half, Model


class Probe(Model):
    """One row, counted up by each ``/readyz``."""

    __tablename__ = "probe"
    __table_args__ = ({"info": {"half": Half.SHARED}},)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column()
