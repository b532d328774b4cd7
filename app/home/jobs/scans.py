"""The scans: each finds rows that want something done and does it, in its own transactions, any number of times."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.accounts.services import upkeep
from app.audit import anchors
from app.care import services as care
from app.core import clock
from app.courses import services as courses
from app.home import blending, watching
from app.notices import delivery
from app.safety import services as safety
from app.subjects import services as subjects
from app.web.logs import where_it_happened

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("xingfu.jobs")

NIGHT_HOUR = 3  # when the whole audit chain is verified, not only what is new, and rows are blended


@dataclass(frozen=True)
class Scan:
    """One scan and how often it runs, in seconds; ``run`` may return how much there was to do."""

    name: str
    every: int
    run: Callable[[], object]


def anchor_audit() -> None:
    """Check the audit chain and sign its head outside the database."""
    anchor = anchors.cast(whole=clock.local(clock.now()).hour == NIGHT_HOUR)
    if anchor.first_bad is not None:
        log.error("the audit chain is broken at entry %d", anchor.first_bad)


def escalate_alerts() -> int:
    """Tell more people about alerts that nobody has taken."""
    return safety.escalate_due(clock.now())


def remind_of_lectures() -> int:
    """Remind everybody of tomorrow's lecture."""
    return courses.remind_of_lectures()


def blend_results() -> int:
    """Once a night, take the order of writing out of the clinical rows."""
    if clock.local(clock.now()).hour != NIGHT_HOUR:
        return 0
    return blending.blend()


SECOND, MINUTE, HOUR = 1, 60, 3600
SCANS = (
    Scan("deliver", SECOND, delivery.deliver_due),
    Scan("refill", MINUTE, subjects.refill),
    Scan("escalate", MINUTE, escalate_alerts),
    Scan("settle", MINUTE, care.settle_results),
    Scan("remind", MINUTE, remind_of_lectures),
    Scan("sweep", MINUTE, upkeep.sweep),
    Scan("watch", MINUTE, watching.watch),
    Scan("anchor", HOUR, anchor_audit),
    Scan("blend", HOUR, blend_results),
)


def run(scan: Scan) -> bool:
    """Run one scan in the present application context; says whether it went well. Logs kinds and places, no content."""
    try:
        scan.run()
    except Exception as error:
        # A scan that fails today must not stop the others, and is run again anyway.
        log.error("scan %s failed", scan.name, extra={"where": where_it_happened(error)})
        return False
    return True
