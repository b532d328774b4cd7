"""A worker's browser, and failures as a live installation shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client


@pytest.fixture
def as_live(app: Flask) -> Iterator[None]:
    """Answer failures with a page, as a live installation does, instead of passing them on to the test."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield
    app.config["PROPAGATE_EXCEPTIONS"] = None


@pytest.fixture
def worker(people: Cast, signed_in: Callable[[Account], Client]) -> Client:
    return signed_in(people.worker)
