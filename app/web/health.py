"""Health: ``/healthz`` (the process); for this machine only, ``/readyz`` (what it needs) and ``/metrics``.

``register("keys", check)`` in a room's ``init_app``; a check takes nothing and raises where something is wrong. The
page names the checks that failed and nothing more. A check costs the same however much there is, for it is asked often.
"""

from __future__ import annotations

import time
from contextvars import Context
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, current_app, jsonify
from sqlalchemy import update

from app.core.database import changed, insert_if_absent, transaction
from app.core.postgresql import bounded
from app.web.access import public
from app.web.assets import built
from app.web.limits import is_this_machine, limiter
from app.web.logs import answered
from app.web.models import Probe

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

blueprint = Blueprint("web_health", __name__)
_started = time.monotonic()
_checks: dict[str, Callable[[], object]] = {}


def init_app(app: Flask) -> None:
    """Open the three addresses."""
    register("database", write_a_row)
    register("assets", _assets_are_built)
    limiter.exempt(blueprint)
    app.register_blueprint(blueprint)


def register(name: str, check: Callable[[], object]) -> None:
    """Add a check to ``/readyz``; it raises where the program cannot serve."""
    _checks[name] = check


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Everything that the process needs answers too; for this machine only."""
    if not is_this_machine():
        abort(404)
    found = {name: _passes(check) for name, check in _checks.items()}
    ready = all(found.values())
    names = {name: "ok" if passed else "failed" for name, passed in found.items()}
    return jsonify(status="ok" if ready else "failed", checks=names), 200 if ready else 503


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Counters of this process, for this machine only."""
    if not is_this_machine():
        abort(404)
    lines = [f"xingfu_uptime_seconds {time.monotonic() - _started:.0f}"]
    lines += [f'xingfu_answers_total{{class="{name}"}} {count}' for name, count in sorted(answered.items())]
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def write_a_row() -> None:
    """Store a row durably, in a transaction of its own: reading alone does not notice a full disk."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def write() -> None:
        with bounded(), app.app_context(), transaction():
            if not changed(update(Probe).where(Probe.id == 1).values(count=Probe.count + 1)):
                insert_if_absent(Probe, id=1, count=1)

    Context().run(write)


def _passes(check: Callable[[], object]) -> bool:
    try:
        check()
    except Exception:
        # Whatever is wrong with a dependency, the answer is that we are not ready.
        return False
    return True


def _assets_are_built() -> None:
    if not (built(current_app.config["XINGFU"]) / "manifest.json").exists():
        raise FileNotFoundError
