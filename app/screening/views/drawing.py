"""Drawing the questions of an instrument, which are the same for everybody who has not answered any yet."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from flask import current_app

from app.screening import instruments
from app.screening.forms import Sheet

if TYPE_CHECKING:
    from app.screening.instruments import Instrument

BLANK = Sheet({}, {})


def draw_questions(instrument: Instrument, sheet: Sheet, language: str) -> str:
    """The fieldsets of a sheet; those of a blank one are drawn once, for they are a fifth of the page's cost."""
    return _blank(instrument.code, language) if sheet == BLANK else _draw(instrument, sheet, language)


@cache
def _blank(code: str, language: str) -> str:
    return _draw(instruments.get(code), BLANK, language)


def _draw(instrument: Instrument, sheet: Sheet, language: str) -> str:
    part = current_app.jinja_env.get_template("screening/components/fieldsets.html")
    drawn: str = part.module.fieldsets(instrument, sheet, language)  # type: ignore[attr-defined]
    return drawn
