"""``python -m benchmarks.holds``: how long each job holds SQLite's write lock, in the installation of the settings."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import click

from app import create_app
from app.core.writers import WriterQueue
from app.home.jobs.scans import SCANS

if TYPE_CHECKING:
    from pysqlite3 import Connection

held: dict[str, list[float]] = defaultdict(list)


class Watch:
    """Notes for how long the queue's turns last."""

    def __init__(self) -> None:
        self.job, self.since = "", 0.0
        self.enter, self.leave = WriterQueue.enter, WriterQueue._leave

    def put_on(self) -> None:
        """Watch every turn from now on."""
        watch = self

        def enter(queue: Any, connection: Connection) -> None:
            watch.enter(queue, connection)
            watch.since = time.perf_counter()

        def leave(queue: Any, connection: Connection, record: Any) -> None:
            if queue._writer is connection and connection is not None:
                held[watch.job].append(time.perf_counter() - watch.since)
            watch.leave(queue, connection, record)

        WriterQueue.enter, WriterQueue._leave = enter, leave  # type: ignore[assignment, method-assign]


def main() -> None:
    """Run each job twice, and print its turns and the longest."""
    watch = Watch()
    watch.put_on()
    app = create_app()
    for _round in range(2):
        for scan in SCANS:
            watch.job = scan.name
            with app.app_context():
                scan.run()
    for job, turns in sorted(held.items(), key=lambda found: -max(found[1])):
        click.echo(f"{job:12} {len(turns):6} turns, longest {1000 * max(turns):7.1f} ms")


if __name__ == "__main__":
    main()
