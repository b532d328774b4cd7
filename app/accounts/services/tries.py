"""Tries that this process has seen, by challenge: a second count, which nobody can put back in the database."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

KEPT = 20_000  # challenges; each lives for half an hour at most

_seen: OrderedDict[UUID, int] = OrderedDict()
_lock = threading.Lock()


def take(challenge_id: UUID, *, limit: int) -> bool:
    """Count one more try; False where this process has seen so many already."""
    with _lock:
        count = _seen.pop(challenge_id, 0) + 1
        _seen[challenge_id] = count
        if len(_seen) > KEPT:
            _seen.popitem(last=False)
    return count <= limit
