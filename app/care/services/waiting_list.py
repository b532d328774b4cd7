"""The waiting list of triage: everybody with an open result whom nobody cares for, in order, without opening them all.

What decides the order is kept as one sealed line a person, a part of the people in one row (``TriageBucket``). The
open results remain the truth: a line counts only while it speaks of exactly those, by the present rules and lately.
Everybody else is judged from her results, at once as far as ``AT_ONCE`` goes and by ``sort_in`` each minute; who is
not sorted in yet is counted, never left out.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from sqlalchemy import select, update

from app.accounts.services import consents, links
from app.care import dates
from app.care.models import Case, TriageBucket
from app.care.services import records
from app.care.tiers import Facts, load_table, propose
from app.core import clock
from app.core.database import changed, insert_if_absent, session, transaction
from app.safety import services as safety
from app.screening import services as screening
from app.vault import VaultError, open_for, seal_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.care.tiers import Proposal
    from app.screening.services import ResultView

log = logging.getLogger("xingfu.care")

FORTNIGHT = timedelta(days=14)
BUCKETS = 64
AT_ONCE = 200
"""How many people a page judges by itself; the others it counts, until the next minute's job has sorted them in."""
FRESH, FRESH_SILENT = 24 * 3600, 3600
"""Seconds after which a line is judged anew: a fortnight may be over, and consent may have been given."""
UNREADABLE = -1
CRISIS = 4


class Line(NamedTuple):
    """What the order of the list needs to know of a person. ``due``, ``since`` and ``at`` are seconds since 1970.

    ``subject`` and ``results`` are hex ids as ``screening.open_result_ids`` gives them. ``tier`` is the proposed one
    without regard to alerts, ``UNREADABLE`` where no result opens; ``agreed`` says whether she agreed to be contacted
    when the line was written, at ``at``.
    """

    subject: str
    results: str
    tier: int
    since: float
    due: float
    agreed: bool
    rules: str
    at: float

    def holds(self, results: str, rules: str, now: float) -> bool:
        """Whether the line still says what is true of these open results."""
        kept = FRESH if self.agreed else FRESH_SILENT
        return self.results == results and self.rules == rules and 0 <= now - self.at < kept


class WaitingList(NamedTuple):
    """Those who agreed to be contacted, most urgent first; of those who did not, how many by tier; and who is counted.

    ``unsorted`` people have new results that nobody has looked at for at most a minute, ``unreadable`` ones have a
    result that does not open at present.
    """

    people: list[Line]
    silent: dict[int, int]
    unsorted: int
    unreadable: int


def read(in_alert: set[UUID]) -> WaitingList:
    """The list now; ``in_alert`` are the subjects with an open alert, who come first."""
    waiting, lines, urgent = _waiting(), _kept_lines(), {subject_id.hex for subject_id in in_alert}
    rules, now = load_table().version, clock.now().timestamp()
    found, missing = [], []
    for subject, results in waiting.items():
        line = lines.get(subject)
        if line and line.holds(results, rules, now):
            found.append(line)
        else:
            missing.append(subject)
    missing.sort(key=lambda subject: subject not in urgent)
    found += _judge({subject: waiting[subject] for subject in missing[:AT_ONCE]})
    return _ordered([_in_crisis(line) if line.subject in urgent else line for line in found], len(missing[AT_ONCE:]))


def sort_in() -> int:
    """Judge whoever is not sorted in, and settle the results of those who need nobody; returns how many results.

    Reads and thinks outside, then writes one bucket at a time: no lock is held while results are opened.
    """
    with transaction(writes=False):
        waiting, lines = _waiting(), _kept_lines()
        versions = {row.id: row.version for row in session().execute(select(TriageBucket.id, TriageBucket.version))}
        urgent = {subject_id.hex for subject_id in safety.subjects_in_alert()}
    buckets: dict[UUID, set[str]] = defaultdict(set)
    for subject in waiting.keys() | lines.keys():
        buckets[_bucket_of(subject)].add(subject)
    return sum(
        _sort_bucket(bucket, versions.get(bucket), subjects, waiting, lines, urgent)
        for bucket, subjects in buckets.items()
    )


def judge(results: Iterable[ResultView], *, has_alert: bool) -> Proposal:
    """The tier that the open results of one person propose now."""
    found = list(results)
    recent = {view.scored.instrument for view in found if view.at >= clock.now() - FORTNIGHT}
    facts = Facts(alerts_open=has_alert, full_battery_within_14d=recent >= records.FULL)
    newest = {view.scored.instrument: view.scored for view in found}
    return propose(list(newest.values()), facts=facts)


def _waiting() -> dict[str, str]:
    """The open results of each subject that is in nobody's care."""
    return screening.open_result_ids(but=select(Case.subject_id).where(Case.open))


def _kept_lines() -> dict[str, Line]:
    """The lines of every bucket that can be read; the others are as if they were empty."""
    found: dict[str, Line] = {}
    for row in session().execute(select(TriageBucket.id, TriageBucket.lines)):
        try:
            lines = open_for(TriageBucket.lines, row.lines, row=row.id)
        except VaultError as error:
            log.warning("a part of the waiting list cannot be read: %s", error.code)
            continue
        found.update((values[0], Line._make(values)) for values in lines)
    return found


def _judge(waiting: Mapping[str, str]) -> list[Line]:
    """Lines for these people, from their results."""
    if not waiting:
        return []
    views: dict[str, list[ResultView]] = defaultdict(list)
    for view in screening.results_by_id(chain.from_iterable(map(screening.split_ids, waiting.values()))):
        views[view.subject_id.hex].append(view)
    accounts = links.account_ids_of([UUID(hex=subject) for subject in waiting])
    agreed = consents.who_agrees(accounts.values(), consents.CONTACT)
    willing = {subject_id.hex for subject_id, account_id in accounts.items() if account_id in agreed}
    return [_line(subject, results, views[subject], agreed=subject in willing) for subject, results in waiting.items()]


def _line(subject: str, results: str, opened: Sequence[ResultView], *, agreed: bool) -> Line:
    """The line of one person; a result that does not open must neither hide the others nor be settled."""
    now = clock.now()
    since = opened[0].at if opened else now
    tier = judge(opened, has_alert=False).tier if opened else UNREADABLE
    if opened and len(opened) < len(screening.split_ids(results)):
        tier = max(tier, 1)
    due = dates.contact_due(tier, since) if tier > 0 else None
    at = (due or since).timestamp()
    return Line(subject, results, tier, since.timestamp(), at, agreed, load_table().version, now.timestamp())


def _in_crisis(line: Line) -> Line:
    """The line of somebody with an open alert, whatever her results say."""
    due = dates.contact_due(CRISIS, datetime.fromtimestamp(line.since, UTC))
    return line._replace(tier=CRISIS, due=due.timestamp() if due else line.due)


def _ordered(lines: Iterable[Line], unsorted: int) -> WaitingList:
    people, silent, unreadable = [], dict[int, int](), 0
    for line in lines:
        if line.tier == UNREADABLE:
            unreadable += 1
        elif line.tier and line.agreed:
            people.append(line)
        elif line.tier:
            silent[line.tier] = silent.get(line.tier, 0) + 1
    people.sort(key=lambda line: (-line.tier, line.due))
    return WaitingList(people, dict(sorted(silent.items(), reverse=True)), unsorted, unreadable)


def _sort_bucket(
    bucket: UUID,
    version: int | None,
    subjects: set[str],
    waiting: Mapping[str, str],
    lines: Mapping[str, Line],
    urgent: set[str],
) -> int:
    """Bring one bucket in step with the open results; one short transaction writes it."""
    rules, now = load_table().version, clock.now().timestamp()
    wanted = {subject: waiting[subject] for subject in subjects if subject in waiting}
    kept = {each: lines[each] for each in wanted if each in lines and lines[each].holds(wanted[each], rules, now)}
    new = {subject: results for subject, results in wanted.items() if subject not in kept}
    if not new and len(kept) == sum(subject in lines for subject in subjects):
        return 0
    with transaction(writes=False):
        judged = _judge(new)
        quiet = [line for line in judged if line.tier == 0 and line.subject not in urgent]
        stay = [*kept.values(), *(line for line in judged if line not in quiet)]
        blob = seal_for(TriageBucket.lines, row=bucket, value=[list(line) for line in stay])
    with transaction():
        _store(bucket, version, blob)
        return screening.settle(chain.from_iterable(screening.split_ids(line.results) for line in quiet))


def _store(bucket: UUID, version: int | None, blob: bytes) -> None:
    """Write a bucket over the version that was read; where another job was faster, its lines are as good."""
    if version is None:
        insert_if_absent(TriageBucket, id=bucket, version=1, lines=blob)
        return
    unchanged = update(TriageBucket).where(TriageBucket.id == bucket, TriageBucket.version == version)
    changed(unchanged.values(lines=blob, version=version + 1))


def _bucket_of(subject: str) -> UUID:
    return UUID(int=int(subject[-2:], 16) % BUCKETS)
