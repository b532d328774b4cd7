"""Limits by address: they stop machines, and a Redis that is away stops nobody."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest
from flask import Blueprint

from app.web.access import public
from app.web.limits import init_app, limiter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from tests.web.conftest import Build

STRANGER = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def silent_redis() -> Iterator[str]:
    """The address of a Redis that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}"


def limited(app: Flask) -> None:
    app.config["RATELIMIT_ENABLED"] = True
    init_app(app, app.config["XINGFU"])
    pages = Blueprint("pages", __name__)
    pages.add_url_rule("/twice", view_func=limiter.limit("2 per minute")(public(lambda: "yes")), endpoint="twice")
    app.register_blueprint(pages)


@pytest.fixture(autouse=True)
def _off_again() -> Iterator[None]:
    yield
    limiter.enabled = False


def test_a_redis_that_never_answers_keeps_nobody_waiting(build: Build, silent_redis: str) -> None:
    client = build(limited, limits_url=silent_redis).test_client()

    began = time.monotonic()
    answers = [client.get("/twice", environ_base=STRANGER).status_code for _ in range(3)]

    assert answers == [200, 200, 429]
    assert time.monotonic() - began < 3
