"""Instruments by the names that clinicians know."""

from __future__ import annotations

import pytest

from app.core.words import instrument_name


@pytest.mark.parametrize(("code", "name"), [("phq9", "PHQ-9"), ("gad7", "GAD-7"), ("who5", "WHO-5"), ("asq", "ASQ")])
def test_it_puts_the_hyphen_where_it_belongs(code: str, name: str) -> None:
    assert instrument_name(code) == name
