"""``flask audit``: verify the chain and its anchors."""

from __future__ import annotations

import sys
from itertools import chain
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

from app.audit import anchors
from app.audit.thorough import unreadable_entries, unreadable_mentions
from app.audit.verification import broken_promise, first_unanchored, gaps, length, verify
from app.core.database import transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from app.audit.verification import Verdict

    Find = Callable[[], Iterable[str]]

audit = AppGroup("audit", help="The audit log.")
_others: list[Find] = []
_deep: list[Find] = [unreadable_entries, unreadable_mentions]


def also_verify(find: Find, *, deep: bool = False) -> None:
    """Let ``audit verify`` say what else was done past the program: ``find`` gives a sentence for each finding.

    ``deep`` ones look at more than can be looked at each day, with ``--deep`` only. Each reads in parts.
    """
    checks = _deep if deep else _others
    if find not in checks:
        checks.append(find)


@audit.command("verify")
@click.option("--deep", is_flag=True, help="Open every entry and go through all anchors as well.")
def verify_chain(*, deep: bool) -> None:
    """Recompute the chain, compare it with its anchors, look at every sealed row and key; exit code 1 for a bad one."""
    try:
        cast = anchors.read()
    except anchors.ForgedAnchorError as error:
        _fail(f"FORGED {anchors.FILE}: {error} was not written by this installation")
    with transaction(writes=False):
        verdict = verify()
        bad = [*_of_chain(verdict), *_of_anchors(cast, deep=deep)]
    if bad:
        _fail("\n".join(bad))
    with transaction(writes=False):
        findings = chain.from_iterable(find() for find in (*_others, *(_deep if deep else ())))
        is_sound = True
        for sentence in findings:
            click.echo(sentence)
            is_sound = False
    if not is_sound:
        sys.exit(1)
    click.echo(f"sound: {verdict.entries} entries, {len(cast)} anchors, head {verdict.head.hex()}")


def _of_chain(verdict: Verdict) -> Iterator[str]:
    if verdict.first_bad is not None:
        what = f"entry {verdict.first_bad} was deleted" if verdict.is_missing else f"at entry {verdict.first_bad}"
        yield f"BROKEN: {what}; {verdict.entries} entries before it are sound"


def _of_anchors(cast: list[anchors.Anchor], *, deep: bool) -> Iterator[str]:
    cut, end = broken_promise(cast), length()
    if cut is not None and cut.seq > end:
        yield f"CUT: the log was rolled back to entry {end}; the anchor of {_moment(cut.at)} promises entry {cut.seq}"
    elif cut is not None:
        yield f"REWRITTEN: the anchor of {_moment(cut.at)} promises another entry {cut.seq}, or it was deleted"
    since = first_unanchored(cast[-1] if cast else None)
    if since is not None:
        at = _moment(since)
        yield f"MISSING: no anchor since the entry of {at}; the jobs stand still, or anchors were taken away"
    for late in gaps(cast) if deep else ():
        yield f"MISSING: no anchor for hours before that of {_moment(late.at)}, although there were entries"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _fail(sentence: str) -> None:
    click.echo(sentence)
    sys.exit(1)
