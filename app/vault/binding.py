"""Bound columns as bytes: what a sealed value is tied to besides its place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable

NULL: Final = b"\0"
"""How a bound column that may be empty says that it is: no value looks like it."""

_PARTS: Final[dict[type, Callable[[Any], bytes]]] = {
    str: str.encode,
    UUID: lambda value: value.bytes,
    int: lambda value: str(value).encode(),
    bool: lambda value: str(value).encode(),
    bytes: lambda value: value if len(value) > 1 else b"",
    date: lambda value: value.isoformat().encode(),
    datetime: lambda value: value.astimezone(UTC).isoformat(timespec="microseconds").encode(),
}


def part_of(value: object, *, may_be_null: bool) -> bytes:
    """The bytes that stand for a bound value; none where it is empty or of no known type, which is an error."""
    if value is None:
        return NULL if may_be_null else b""
    part = _PARTS.get(type(value)) or (_PARTS[str] if isinstance(value, str) else None)
    return part(value) if part else b""
