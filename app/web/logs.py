"""Logs as JSON lines without personal data: a request is an endpoint and a status, never an address, query or id."""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections import Counter
from typing import TYPE_CHECKING, Any

from flask import g, request

from app.config import Mode

if TYPE_CHECKING:
    from flask import Flask, Response

    from app.config import Settings

log = logging.getLogger("xingfu.requests")
EXTRA = ("method", "endpoint", "status", "ms", "incident", "where")
answered: Counter[str] = Counter()


class JsonLines(logging.Formatter):
    """One JSON object a line; an exception is its kind and place."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "log": record.name,
            "message": record.getMessage(),
        }
        line |= {name: vars(record)[name] for name in EXTRA if vars(record).get(name) not in (None, "")}
        if record.exc_info:
            line["where"] = where_it_happened(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def init_app(app: Flask, settings: Settings) -> None:
    """Note every answer; outside tests, write JSON lines to standard error."""
    app.before_request(_start)
    app.after_request(_note)
    if settings.mode is not Mode.TEST:
        write_json_lines()


def write_json_lines() -> None:
    """Send our own logs to standard error as JSON, once."""
    ours = logging.getLogger("xingfu")
    if not ours.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines())
        ours.addHandler(handler)
        ours.setLevel(logging.INFO)
        ours.propagate = False


def where_it_happened(error: BaseException | None) -> list[str]:
    """Kinds and places of an error and its causes, outermost first; never its text, which may hold a value."""
    places: list[str] = []
    while error is not None and len(places) < 40:
        frames = traceback.extract_tb(error.__traceback__)
        places.append(type(error).__qualname__)
        places += [f"{frame.filename.rpartition('/app/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-8:]]
        error = error.__cause__ or error.__context__
    return places


def _start() -> None:
    g.started = time.perf_counter()


def _note(response: Response) -> Response:
    answered[f"{response.status_code // 100}xx"] += 1
    started = g.get("started")
    log.info(
        "request",
        extra={
            "method": request.method,
            "endpoint": request.endpoint or "-",
            "status": response.status_code,
            "ms": round((time.perf_counter() - started) * 1000, 1) if started else None,
            "incident": g.get("incident"),
        },
    )
    return response
