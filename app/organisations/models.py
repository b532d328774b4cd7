"""Units: the nodes of the union tree."""

from __future__ import annotations

import enum
import secrets
from typing import Any
from uuid import UUID

from sqlalchemy import Enum, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Half, Model
from app.core.ids import ordered_id
from app.vault import row_seal


class UnitKind(enum.StrEnum):
    """The level of a unit."""

    DISTRICT = "district"
    TOWNSHIP = "township"
    ENTERPRISE = "enterprise"
    JOINT = "joint"


# What may stand below what.
CHILDREN = {
    UnitKind.DISTRICT: (UnitKind.TOWNSHIP, UnitKind.ENTERPRISE, UnitKind.JOINT),
    UnitKind.TOWNSHIP: (UnitKind.ENTERPRISE, UnitKind.JOINT),
    UnitKind.ENTERPRISE: (),
    UnitKind.JOINT: (UnitKind.ENTERPRISE,),
}


def new_join_code() -> str:
    """A fresh invitation code: ten letters and digits that cannot be misread, 49 bits."""
    alphabet = "23456789abcdefghjkmnpqrstuvwxyz"
    return "".join(secrets.choice(alphabet) for _ in range(10))


NOWHERE, NOBODYS = "-", UUID(int=0)
"""Path and parent of a unit whose row was changed past the program: it lies in no branch, and none below it."""


class Unit(Model):
    """A node of the union tree. ``path`` lists its ancestors and itself (``/id/id/``), so a branch is one prefix."""

    __tablename__ = "unit"
    __table_args__ = ({"info": {"half": Half.IDENTITY}},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ordered_id)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    path: Mapped[str] = mapped_column(String(400), index=True)
    kind: Mapped[UnitKind] = mapped_column(Enum(UnitKind, native_enum=False, length=12))
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    join_code: Mapped[str] = mapped_column(String(10), unique=True, default=new_join_code)

    seal: Any = row_seal(
        "parent_id", "path", "kind", "join_code",
        parent_id=NOBODYS, path=NOWHERE, kind=UnitKind.ENTERPRISE, join_code="",
    )  # fmt: skip

    def title(self, language: str) -> str:
        """The unit's name in this language, Chinese where it has no English one."""
        return self.name_en if language == "en" and self.name_en else self.name

    @property
    def is_placed(self) -> bool:
        """Whether it is known where it stands; not of a unit whose row was changed past the program."""
        return self.path != NOWHERE

    @property
    def steps(self) -> list[UUID]:
        """The ids of its ancestors and its own, from the top down; none where it is not known."""
        return [UUID(step) for step in self.path.strip("/").split("/")] if self.is_placed else []

    def is_within(self, branch: Unit) -> bool:
        """Whether this unit is ``branch`` or lies below it."""
        return branch.is_placed and self.path.startswith(branch.path)
