"""The words for kinds, states and standings, as pages and forms show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from app.core.dimensions import DIMENSION_NAMES, Dimension
from app.courses.models import BookingState, LectureKind

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = {LectureKind.LECTURE: _l("Lecture"), LectureKind.WORKSHOP: _l("Workshop"), LectureKind.GROUP: _l("Small group")}
STATES = {
    BookingState.BOOKED: _l("Booked"),
    BookingState.WAITING: _l("Waiting list"),
    BookingState.CANCELLED: _l("Given back"),
    BookingState.ATTENDED: _l("Attended"),
    BookingState.ABSENT: _l("Absent"),
}
# A lecture is not offered for a danger: whoever is in danger is called.
TAGS = [dimension for dimension in Dimension if dimension is not Dimension.RISK]


def tag_names(codes: Iterable[str], language: str) -> list[str]:
    """The names of dimensions, in their one order."""
    wanted = set(codes)
    return [DIMENSION_NAMES[tag](language) for tag in TAGS if tag in wanted]
