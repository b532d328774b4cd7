"""The instruments that ship: one TOML file each, read and checked once for the process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from app.core.dimensions import Dimension
from app.screening.instruments.checks import check
from app.screening.instruments.instrument import (
    Band,
    CutOffSet,
    Direction,
    Instrument,
    Item,
    Licence,
    NextStep,
    Option,
    ResultWords,
    Subscale,
)
from app.screening.instruments.reader import InstrumentError, read_files

__all__ = [
    "Band",
    "CutOffSet",
    "Dimension",
    "Direction",
    "Instrument",
    "InstrumentError",
    "Item",
    "Licence",
    "NextStep",
    "Option",
    "ResultWords",
    "Subscale",
    "get",
    "load_all",
]


@cache
def load_all() -> dict[str, Instrument]:
    """Every instrument by code, in the order of codes. Raises InstrumentError where a file is wrong."""
    return {code: check(instrument) for code, instrument in read_files(Path(__file__).parent).items()}


def get(code: str) -> Instrument:
    """The instrument with this code. Raises KeyError."""
    return load_all()[code]
