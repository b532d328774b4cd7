"""The terms on which a column is sealed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """How a column is sealed: what it holds, whose key, padded to what, bound to which plain columns.

    ``unreadable`` is what a damaged value reads as; None where reading it fails. ``nothing`` is given by the seal of a
    whole row: what its columns say where it does not match. ``since`` is the place (``table.column``) where the column
    stood when its values were first sealed; None where it has not moved.
    """

    type_tag: str
    owner: str | None
    system: str | None
    block: int
    bind: tuple[str, ...]
    unreadable: object = None
    nothing: tuple[tuple[str, object], ...] | None = None
    since: str | None = None

    @property
    def is_of_row(self) -> bool:
        """Whether this is the seal of a row, which holds no value of its own."""
        return self.nothing is not None

    @property
    def ties(self) -> tuple[str, ...]:
        """The attributes a sealed value is tied to; when one changes, the value must be assigned again."""
        return ("id", *((self.owner,) if self.owner else ()), *self.bind)
