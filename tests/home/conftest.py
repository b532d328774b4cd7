"""A small fictional district, invented once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.home.districts import district

if TYPE_CHECKING:
    from collections.abc import Generator

    from flask import Flask

    from tests.installation import Installation


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, sqlite_installation: Installation) -> Generator[Flask]:
    """A small fictional district."""
    yield from district(tmp_path_factory.mktemp("demo"), sqlite_installation)
