"""How far the invention has come: a bar on a terminal, a line for every tenth in a log."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress(label: str, length: int) -> Iterator[Callable[[int], object]]:
    """What hears how many of ``length`` things were just done."""
    if sys.stdout.isatty():
        with click.progressbar(length=length, label=label) as bar:
            yield bar.update
        return
    done = tenths = 0

    def note(number: int) -> None:
        nonlocal done, tenths
        done += number
        if done * 10 // max(length, 1) > tenths:
            tenths = done * 10 // max(length, 1)
            click.echo(f"{label}: {tenths * 10} %")

    yield note
