"""Numbers that an address or a hidden field gives back: none that a database could choke on."""

from __future__ import annotations

LARGEST = 2**31 - 1  # an INTEGER of PostgreSQL
LARGEST_ROW = 2**63 - 1  # a BIGINT


def whole_number(text: str, *, most: int = LARGEST) -> int:
    """The number that ``text`` spells in ASCII digits, from 0 to ``most``. Raises ``ValueError``."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1
    if not 0 <= number <= most:
        raise ValueError(text[:20])
    return number


def row_number(text: str) -> int:
    """The number of a row of a table that never stops growing. Raises ``ValueError``."""
    return whole_number(text, most=LARGEST_ROW)
