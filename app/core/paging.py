"""One way of paging: rows of a query by key, without counting; lists that are sorted in memory by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from sqlalchemy import literal, tuple_

from app.core.database import session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

T = TypeVar("T")


class Page(NamedTuple, Generic[T]):
    """Some rows, and whether more follow."""

    rows: Sequence[T]
    has_more: bool

    @property
    def last(self) -> T | None:
        """The row behind which the next page begins; None where nothing follows."""
        return self.rows[-1] if self.has_more else None


class Numbered(NamedTuple, Generic[T]):
    """A page of a list that is at hand as a whole: page ``number`` of ``pages``, and how many lines there are."""

    rows: Sequence[T]
    number: int
    pages: int
    total: int

    @property
    def older(self) -> int | None:
        """The number of the next page."""
        return self.number + 1 if self.number < self.pages else None

    @property
    def newer(self) -> int | None:
        """The number of the page before."""
        return self.number - 1 if self.number > 1 else None


def page_of(
    query: Select[tuple[T]], key: Sequence[Any], size: int, *, after: Sequence[Any] | None = None, newest: bool = False
) -> Page[T]:
    """The first ``size`` rows of a query behind ``after``, in the order of ``key``, or against it for the newest first.

    ``key`` are columns that together name one row; ``after`` are their values in the last row of the page before.
    """
    if after is not None:
        place, shown = tuple_(*key), tuple_(*(literal(value, at.type) for at, value in zip(key, after, strict=True)))
        query = query.where(place < shown if newest else place > shown)
    order = [column.desc() if newest else column for column in key]
    found = session().scalars(query.order_by(*order).limit(size + 1)).all()
    return Page(found[:size], len(found) > size)


def numbered(lines: Sequence[T], number: int, size: int) -> Numbered[T]:
    """Page ``number`` of lines in order; the nearest one there is for any other number."""
    pages = max(1, -(-len(lines) // size))
    number = min(max(number, 1), pages)
    return Numbered(lines[(number - 1) * size : number * size], number, pages, len(lines))
