"""``flask audit``: verify the chain and its anchors."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

from app.audit import anchors
from app.audit.verification import broken_promise, first_unanchored, verify
from app.core.database import transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

audit = AppGroup("audit", help="The audit log.")
_others: list[Callable[[], Iterable[str]]] = []


def also_verify(find: Callable[[], Iterable[str]]) -> None:
    """Let ``audit verify`` say what else was done past the program: ``find`` gives a sentence for each finding."""
    if find not in _others:
        _others.append(find)


@audit.command("verify")
def verify_chain() -> None:
    """Recompute the chain, compare it with its anchors, look at every sealed row and key; exit code 1 for a bad one."""
    try:
        cast = anchors.read()
    except anchors.ForgedAnchorError as error:
        _fail(f"FORGED {anchors.FILE}: {error} was not written by this installation")
    with transaction(writes=False):
        verdict = verify()
        cut = broken_promise(cast)
        since = first_unanchored(cast[-1] if cast else None)
    if verdict.first_bad is not None:
        _fail(f"BROKEN at entry {verdict.first_bad}; {verdict.entries} entries before it are sound")
    if cut is not None:
        at = f"{cut.at:%Y-%m-%d %H:%M} UTC"
        _fail(f"CUT: the anchor of {at} promises entry {cut.seq}, but the chain ends or differs before it")
    if since is not None:
        at = f"{since:%Y-%m-%d %H:%M} UTC"
        _fail(f"MISSING: no anchor since the entry of {at}; the jobs stand still, or anchors were taken away")
    with transaction(writes=False):
        found = [sentence for find in _others for sentence in find()]
    if found:
        _fail("\n".join(found))
    click.echo(f"sound: {verdict.entries} entries, {len(cast)} anchors, head {verdict.head.hex()}")


def _fail(sentence: str) -> None:
    click.echo(sentence)
    sys.exit(1)
