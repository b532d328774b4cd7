"""Identifiers: time-ordered for the identity half, random for the clinical half."""

from __future__ import annotations

import secrets
import uuid

from app.core import clock

random_id = uuid.uuid4


def ordered_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): sorts by time, so it must never name a clinical row, where order joins the halves."""
    milliseconds = int(clock.now().timestamp() * 1000)
    value = (milliseconds << 80) | secrets.randbits(80)
    value = (value & ~(0xF << 76)) | (7 << 76)
    value = (value & ~(0x3 << 62)) | (2 << 62)
    return uuid.UUID(int=value)
