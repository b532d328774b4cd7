"""The words of the fictional district, from ``words.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def words() -> dict[str, Any]:
    """Everything in the file."""
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
