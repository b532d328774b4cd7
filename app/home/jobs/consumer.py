"""The process that works the jobs off: huey's consumer for the minutes, a pulse beside it for the seconds."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from app.home.jobs.queue import PULSE, beat, open_queue, schedule
from app.home.jobs.scans import SCANS, SECOND, run

if TYPE_CHECKING:
    from flask import Flask
    from huey import Huey

WORKERS = 2


def work(app: Flask) -> None:
    """Run until a signal stops it: TERM and INT let what has begun come to its end."""
    logging.getLogger("huey").setLevel(logging.WARNING)
    with app.app_context():
        queue = open_queue(app.config["XINGFU"].jobs_url)
        run_once()
    schedule(app, queue)
    stop = threading.Event()
    pulse = threading.Thread(target=_pulse, args=(app, queue, stop), name="pulse", daemon=True)
    pulse.start()
    consumer = queue.create_consumer(workers=WORKERS, initial_delay=0.2, max_delay=2.0, graceful_signal="TERM")
    try:
        consumer.run()
    finally:
        stop.set()
        pulse.join(timeout=15)


def run_once() -> int:
    """Run every scan once, in the present application context; returns how many failed."""
    return sum(not run(scan) for scan in SCANS)


def _pulse(app: Flask, queue: Huey, stop: threading.Event) -> None:
    scans = [scan for scan in SCANS if scan.every == SECOND]
    beaten = 0.0
    while not stop.wait(SECOND):
        with app.app_context():
            for scan in scans:
                run(scan)
            if time.monotonic() - beaten >= PULSE:
                beat(queue)
                beaten = time.monotonic()
