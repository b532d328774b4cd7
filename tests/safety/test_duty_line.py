"""The district's duty line on the help card: shown where there is one, left out where nobody would answer."""

from __future__ import annotations

import pytest

from app.config import NO_DUTY_LINE
from app.safety import help_card


@pytest.fixture(autouse=True)
def _restored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(help_card._District, "duty_line", "")


def test_it_stands_on_the_card() -> None:
    help_card.set_duty_line("0575-1234 5678")

    assert "0575-1234 5678" in [line.number for line in help_card.card("zh").lines]


def test_a_district_without_one_shows_the_other_three() -> None:
    help_card.set_duty_line(NO_DUTY_LINE)

    assert [line.number for line in help_card.card("zh").lines] == ["12356", "120", "110"]
