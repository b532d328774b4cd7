"""Texts that were typed and not stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Half, Model
from app.core.ids import random_id
from app.vault import sealed


class UnsentText(Model):
    """What one form held. In plain stands only when it may be swept, rounded up to the hour.

    Who typed it, where, and about whom is sealed in ``origin``; the text is sealed under the key of the person whom it
    is about, so that it goes when she is erased.
    """

    __tablename__ = "unsent_text"
    __table_args__ = ({"info": {"half": Half.SHARED}, "sqlite_with_rowid": False},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id)
    account_digest: Mapped[bytes] = mapped_column(LargeBinary(16), index=True)
    place_digest: Mapped[bytes] = mapped_column(LargeBinary(16), index=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)

    origin: Any = sealed("origin", system="session", block=256)
    text: Any = sealed("unsent", owner="owner_id", block=1024)

    @property
    def owner_id(self) -> UUID:
        """Under whose key the text is sealed."""
        return UUID(self.origin["owner"])
