"""The pictures of a case: their lengths mean what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.care import pictures
from app.care.services.life import Axis
from app.web.charts import WIDTH

if TYPE_CHECKING:
    from flask import Flask


def test_a_bar_is_as_long_as_its_share_of_the_scale(app: Flask) -> None:
    with app.test_request_context():
        drawing = pictures.profile([Axis("mood", "phq9", 0.25, 7), Axis("anxiety", "gad7", 0.5, 10)], "zh")

    assert drawing is not None
    assert f'class="bar-fill" y="20" width="{WIDTH / 4}"' in drawing
    assert f'class="bar-fill" y="62" width="{WIDTH / 2}"' in drawing
