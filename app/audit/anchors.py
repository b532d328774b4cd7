"""Anchors: signed lines outside the database, once an hour, which show a chain whose tail was cut off.

A line is ``moment seq digest first-bad mac``; ``first-bad`` is ``-`` while the chain is sound. What a power cut left of
a last line, without its end, is no anchor: the next one takes its place.
"""

from __future__ import annotations

import hmac
import os
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from flask import current_app

from app import vault
from app.audit.verification import Verdict, broken_promise, verify
from app.core import clock
from app.core.database import transaction
from app.core.private_files import make_private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "audit.anchor"
SOUND = "-"


class Anchor(NamedTuple):
    """What the chain was at one moment; ``first_bad`` is the first entry found broken then, if any."""

    at: datetime
    seq: int
    digest: bytes
    first_bad: int | None = None

    def line(self) -> str:
        """The anchor as a signed line."""
        text = f"{self.at.isoformat()} {self.seq} {self.digest.hex()} {self.first_bad or SOUND}"
        return f"{text} {_mac(text)}"


class ForgedAnchorError(Exception):
    """A line of the anchor file was not written by this installation; the text gives its number."""


def anchor_file() -> Path:
    """Where the anchors of this installation are; copy it to another machine to be sure of it."""
    folder: Path = current_app.config["XINGFU"].instance
    return folder / FILE


def read() -> list[Anchor]:
    """All anchors, the oldest first. Raises ``ForgedAnchorError``."""
    path = anchor_file()
    return list(_parsed(_whole_lines(path.read_bytes()))) if path.exists() else []


def last() -> Anchor | None:
    """The newest anchor, without reading the others."""
    path = anchor_file()
    if not path.exists():
        return None
    with path.open("rb") as lines:
        lines.seek(max(0, path.stat().st_size - 512))
        tail = _whole_lines(lines.read())[-1:]
    return next(_parsed(tail), None)


def cast(*, whole: bool = False) -> Anchor:
    """Verify what was added since the last anchor (or the whole chain) and write a new anchor, durably."""
    before = last()
    sound = before if before and before.first_bad is None and not whole else None
    with transaction(writes=False):
        cut = broken_promise([before] if before else [])
        verdict = verify((sound.seq, sound.digest) if sound and not cut else (0, bytes(32)))
    anchor = Anchor(clock.now(), verdict.entries, verdict.head, _first_bad(verdict, cut))
    write(anchor)
    return anchor


def write(anchor: Anchor) -> None:
    """Append an anchor, durably."""
    make_private(anchor_file())
    with anchor_file().open("r+b") as lines:
        lines.truncate(_end_of_whole_lines(lines.read()))
        lines.seek(0, os.SEEK_END)
        lines.write(anchor.line().encode() + b"\n")
        lines.flush()
        os.fsync(lines.fileno())


def _first_bad(verdict: Verdict, cut: Anchor | None) -> int | None:
    if verdict.first_bad is not None:
        return verdict.first_bad
    return min(verdict.entries + 1, cut.seq) if cut else None


def _end_of_whole_lines(content: bytes) -> int:
    return content.rfind(b"\n") + 1


def _whole_lines(content: bytes) -> list[str]:
    """The lines that were written to their end."""
    return content[: _end_of_whole_lines(content)].decode("ascii", "replace").splitlines()


def _parsed(lines: list[str]) -> Iterator[Anchor]:
    for number, line in enumerate(lines, 1):
        text, _, mac = line.rpartition(" ")
        if not hmac.compare_digest(mac, _mac(text)):
            raise ForgedAnchorError(f"line {number}")
        at, seq, digest, first_bad = text.split(" ")
        bad = None if first_bad == SOUND else int(first_bad)
        yield Anchor(datetime.fromisoformat(at), int(seq), bytes.fromhex(digest), bad)


def _mac(text: str) -> str:
    return vault.mac("audit", b"anchor " + text.encode()).hex()
