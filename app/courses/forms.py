"""What an admin fills in: lectures, series, venues, lecturers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms.fields import SelectChoice

from app.core import clock
from app.core.dimensions import DIMENSION_NAMES
from app.courses.models import LectureKind
from app.courses.months import midnight
from app.courses.services.planning import Plan
from app.courses.words import KINDS, TAGS
from app.organisations.occupations import occupations
from app.web.fields import (
    AreaField,
    ChoiceField,
    DayField,
    ManyField,
    NumberField,
    TextField,
    TimeField,
    at_most,
    between,
    enum_options,
    optional,
    required,
)
from app.web.forms import Form
from app.web.languages import chosen_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.courses.models import Lecture, Lecturer, Series, Venue
    from app.organisations.models import Unit

# A lecture after a night shift may end on the next day; an end further off is a slip of the finger.
LONGEST_NIGHT = timedelta(hours=8)

CLOSES = {
    0: _l("When it starts"),
    1: _l("One hour before"),
    3: _l("Three hours before"),
    24: _l("One day before"),
    48: _l("Two days before"),
    72: _l("Three days before"),
}


def _as_id(value: object) -> UUID:
    """An id from a form or from a record. Raises ``ValueError``."""
    return value if isinstance(value, UUID) else UUID(str(value))


@dataclass(frozen=True)
class Options:
    """What an admin may choose from."""

    series: Sequence[Series]
    venues: Sequence[Venue]
    lecturers: Sequence[Lecturer]
    units: Sequence[Unit]


class LectureForm(Form):
    """One lecture: what, who, where, when, for whom."""

    topic = TextField(_l("Topic"), [required(), at_most(120)])
    summary = AreaField(
        _l("What it is about"), [optional(), at_most(2000)], description=_l("Two or three plain sentences.")
    )
    kind = ChoiceField(_l("Kind"), choices=enum_options(LectureKind, KINDS), coerce=LectureKind, width="narrow")
    series_id = ChoiceField(_l("Series"), coerce=_as_id, width="narrow")
    lecturer_id = ChoiceField(_l("Lecturer"), coerce=_as_id, width="narrow")
    venue_id = ChoiceField(_l("Venue"), coerce=_as_id, width="narrow")
    day = DayField(_l("Day"), [required()])
    starts = TimeField(_l("Starts"), [required()])
    ends = TimeField(_l("Ends"), [required()])
    capacity = NumberField(_l("Seats"), [required(), between(1, 5000)])
    opens_on = DayField(_l("Booking opens on"), [required()])
    closes_before = ChoiceField(_l("Booking closes"), coerce=int, width="narrow")
    for_units = ManyField(
        _l("Units"), [optional()], description=_l("Tick none, and all of your branch may come."), width="row"
    )
    for_occupations = ManyField(
        _l("Occupational groups"), [optional()], description=_l("Tick none, and every group may come."), width="row"
    )
    dimensions = ManyField(
        _l("Helps with"), [optional()], description=_l("Counsellors and workers find it by these."), width="row"
    )

    def offer(self, options: Options) -> LectureForm:
        """Fill in what may be chosen."""
        language = chosen_language()
        self.series_id.choices = [SelectChoice(str(one.id), one.name) for one in options.series]
        self.lecturer_id.choices = [SelectChoice(str(one.id), f"{one.name} {one.title}") for one in options.lecturers]
        self.venue_id.choices = [SelectChoice(str(one.id), _place(one)) for one in options.venues]
        self.closes_before.choices = [SelectChoice(str(hours), words) for hours, words in self._closings().items()]
        self.for_units.choices = [SelectChoice(one.id.hex, one.name) for one in options.units]
        self.for_occupations.choices = [SelectChoice(one.code, one.name(language)) for one in occupations().values()]
        self.dimensions.choices = [SelectChoice(tag.value, DIMENSION_NAMES[tag](language)) for tag in TAGS]
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse times in the wrong order."""
        if not super().validate(extra_validators):
            return False
        if self.is_over_midnight and self.ends_at - self.starts_at > LONGEST_NIGHT:
            self.ends.errors = [*self.ends.errors, _("Please check the end: it lies before the start.")]
        elif self.starts_at <= clock.now():
            self.day.errors = [*self.day.errors, _("The lecture must lie in the future.")]
        elif self.opens_at >= self.closes_at:
            self.opens_on.errors = [*self.opens_on.errors, _("Booking must open before it closes.")]
        return not self.errors

    @property
    def starts_at(self) -> datetime:
        """The start as a moment."""
        return datetime.combine(self.day.data, self.starts.data, clock.LOCAL)

    @property
    def is_over_midnight(self) -> bool:
        """Whether it ends on the day after it starts."""
        return bool(self.ends.data <= self.starts.data)

    @property
    def ends_at(self) -> datetime:
        """The end as a moment, on the next day where the clock says so."""
        return datetime.combine(self.day.data + timedelta(days=self.is_over_midnight), self.ends.data, clock.LOCAL)

    @property
    def opens_at(self) -> datetime:
        """The first moment of booking."""
        return midnight(self.opens_on.data)

    @property
    def closes_at(self) -> datetime:
        """The last moment of booking."""
        return self.starts_at - timedelta(hours=self.closes_before.data)

    def as_plan(self) -> Plan:
        """What the use cases take."""
        names = ("topic", "summary", "kind", "series_id", "lecturer_id", "venue_id", "capacity")
        sets = ("for_units", "for_occupations", "dimensions")
        values: dict[str, Any] = {name: getattr(self, name).data for name in names}
        values |= {name: frozenset(getattr(self, name).data or ()) for name in sets}
        return Plan(
            starts_at=self.starts_at, ends_at=self.ends_at, opens_at=self.opens_at, closes_at=self.closes_at, **values
        )

    def _closings(self) -> dict[int, object]:
        own = self.closes_before.data if isinstance(self.closes_before.data, int) else 1
        return CLOSES if own in CLOSES else {**CLOSES, own: _("%(hours)s hours before", hours=own)}


class SeriesForm(Form):
    """A series and its target."""

    name = TextField(_l("Name"), [required(), at_most(80)])
    starts_on = DayField(_l("From"), [required()])
    ends_on = DayField(_l("Until"), [required()])
    target_lectures = NumberField(_l("Lectures to give"), [required(), between(1, 10_000)])
    target_participants = NumberField(_l("Participants to reach"), [required(), between(1, 10_000_000)])

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse an end before the beginning."""
        if not super().validate(extra_validators):
            return False
        if self.ends_on.data < self.starts_on.data:
            self.ends_on.errors = [*self.ends_on.errors, _("The end must be after the start.")]
        return not self.errors


class VenueForm(Form):
    """A venue."""

    name = TextField(_l("Name"), [required(), at_most(80)])
    address = TextField(_l("Address"), [optional(), at_most(160)], description=_l("So that a phone's map finds it."))
    seats = NumberField(_l("Seats"), [required(), between(1, 5000)])


class LecturerForm(Form):
    """A lecturer."""

    name = TextField(_l("Full name"), [required(), at_most(40)])
    title = TextField(_l("Title"), [optional(), at_most(80)], description=_l("As it stands on the poster."))


def lecture_defaults(options: Options) -> dict[str, Any]:
    """A first guess: Thursday evening of the week after next, open for booking from today."""
    today = clock.today()
    chosen: dict[str, Sequence[Any]] = {
        "series_id": options.series,
        "venue_id": options.venues,
        "lecturer_id": options.lecturers,
    }
    return {
        **{name: found[0].id for name, found in chosen.items() if found},
        "kind": LectureKind.LECTURE,
        "day": today + timedelta(days=(3 - today.weekday()) % 7 + 7),
        "starts": time(19, 0),
        "ends": time(20, 30),
        "opens_on": today,
        "closes_before": 1,
        "capacity": options.venues[0].seats if options.venues else 60,
    }


def lecture_values(lecture: Lecture) -> dict[str, Any]:
    """A lecture as its form shows it; its own branch alone shows as no unit ticked."""
    starts, ends = clock.local(lecture.starts_at), clock.local(lecture.ends_at)
    names = ("topic", "summary", "kind", "series_id", "lecturer_id", "venue_id", "capacity")
    own_branch = {lecture.unit_id.hex}
    return {
        "day": starts.date(),
        "starts": starts.time(),
        "ends": ends.time(),
        "opens_on": clock.local(lecture.opens_at).date(),
        "closes_before": int((lecture.starts_at - lecture.closes_at).total_seconds() // 3600),
        "for_units": sorted(lecture.for_units - own_branch),
        "for_occupations": sorted(lecture.for_occupations),
        "dimensions": sorted(lecture.dimensions),
        **{name: getattr(lecture, name) for name in names},
    }


def _place(venue: Venue) -> str:
    return f"{venue.name} · {ngettext('%(num)s seat', '%(num)s seats', venue.seats)}"
