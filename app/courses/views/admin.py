"""An admin's pages: the programme against its target, the calendar, planning, rosters and attendance."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.accounts.current import viewer
from app.core import clock
from app.core.errors import NotFound, Refused
from app.core.permissions import Permission
from app.courses import services
from app.courses.forms import LectureForm, Options, lecture_defaults, lecture_values
from app.courses.models import Lecture, Lecturer, Series, Venue
from app.courses.months import read_month, span_of
from app.courses.services.audience import audience_names, choices_of, units_below
from app.courses.services.programmes import fetch_series, lectures_in_branch, lectures_of
from app.courses.services.rosters import counts_of
from app.courses.standing import Standing, standing
from app.courses.views.pages import month_page
from app.courses.words import KINDS, STATES, tag_names
from app.organisations.occupations import occupation_name
from app.web.access import requires
from app.web.languages import chosen_language
from app.web.rendering import render

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("courses_admin", __name__)
A_WEEK = timedelta(days=7)


@blueprint.get("/lectures/manage")
@requires(Permission.SCHEDULE_LECTURES)
def manage_lectures() -> Response:
    """A series against its target, and its lectures, those to come or those that were."""
    all_series = choices_of(Series, viewer())
    series_id = request.args.get("series", type=UUID) or (all_series[0].id if all_series else None)
    if series_id is None:
        return render("courses/admin/manage_lectures.html", series=None)
    series = fetch_series(series_id, viewer())
    page = _page_of(series, past=request.args.get("show") == "past", after=request.args.get("after", type=UUID))
    return render("courses/admin/manage_lectures.html", series=series, all_series=all_series, **page)


@blueprint.get("/lectures/manage/calendar")
@requires(Permission.SCHEDULE_LECTURES)
def manage_calendar() -> Response:
    """The month of one's branch."""
    first = read_month(request.args.get("month"), today=clock.today())
    lectures = lectures_in_branch(viewer(), *span_of(first))
    month = month_page(first, lectures, page=".manage_calendar", entry=".show_roster")
    return render("courses/admin/manage_calendar.html", month=month)


@blueprint.route("/lectures/manage/new", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_LECTURES)
def create_lecture() -> AnyResponse:
    """Plan a lecture; ``?copy=`` begins with another one, a week later."""
    options = _options()
    copied = request.args.get("copy", type=UUID)
    values = _copy_values(copied) if copied else lecture_defaults(options)
    form = LectureForm(data=values).offer(options)
    if form.validate_on_submit():
        try:
            lecture = services.create_lecture(form.as_plan(), by=viewer())
        except Refused as refusal:
            form.form_errors.append(refusal.message)
        else:
            flash(_("The lecture is in the calendar."))
            return redirect(url_for(".show_roster", lecture_id=lecture.id), 303)
    missing = not (options.series and options.venues and options.lecturers)
    return render("courses/admin/edit_lecture.html", form=form, lecture=None, missing=missing)


@blueprint.route("/lectures/manage/<uuid:lecture_id>/edit", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_LECTURES)
def edit_lecture(lecture_id: UUID) -> AnyResponse:
    """Change a lecture that has not started."""
    lecture = services.fetch_lecture(lecture_id, viewer())
    _refuse_when_over(lecture)
    form = LectureForm(data=lecture_values(lecture)).offer(_options(lecture))
    if form.validate_on_submit():
        try:
            services.change_lecture(lecture, form.as_plan(), by=viewer())
        except Refused as refusal:
            form.form_errors.append(refusal.message)
        else:
            flash(_("Saved."))
            return redirect(url_for(".show_roster", lecture_id=lecture.id), 303)
    return render("courses/admin/edit_lecture.html", form=form, lecture=lecture, missing=False)


@blueprint.get("/lectures/manage/<uuid:lecture_id>")
@requires(Permission.SCHEDULE_LECTURES)
def show_roster(lecture_id: UUID) -> Response:
    """A lecture with its roster: names and attendance, never anything else."""
    lecture = services.fetch_lecture(lecture_id, viewer())
    language = chosen_language()
    roster = services.roster_of(lecture)
    about = {
        "kind": KINDS[lecture.kind],
        "units": audience_names(lecture),
        "groups": [occupation_name(code, language) for code in sorted(lecture.for_occupations)],
        "tags": tag_names(lecture.dimensions, language),
    }
    return render(
        "courses/admin/show_roster.html",
        lecture=lecture,
        about=about,
        seated=[person for person in roster if person.turn is None],
        waiting=[person for person in roster if person.turn is not None],
        states=STATES,
        is_changeable=_is_changeable(lecture),
        can_mark=services.can_mark(lecture),
        group_name=lambda code: occupation_name(code, language),
    )


@blueprint.post("/lectures/manage/<uuid:lecture_id>/cancel")
@requires(Permission.SCHEDULE_LECTURES)
def cancel_lecture(lecture_id: UUID) -> AnyResponse:
    """Call it off and tell everybody."""
    lecture = services.fetch_lecture(lecture_id, viewer())
    services.cancel_lecture(lecture)
    flash(_("Cancelled. Everybody who booked is being told."))
    return redirect(url_for(".show_roster", lecture_id=lecture.id), 303)


@blueprint.post("/lectures/manage/<uuid:lecture_id>/attendance")
@requires(Permission.SCHEDULE_LECTURES)
def mark_attendance(lecture_id: UUID) -> AnyResponse:
    """One tap a person, or all at once."""
    lecture = services.fetch_lecture(lecture_id, viewer())
    state = next((state for state in STATES if state.value in request.form), None)
    if state is None:
        raise NotFound
    booking_id = request.form.get(state.value, type=UUID)
    services.mark_attendance(lecture, state=state, booking_ids=[booking_id] if booking_id else None)
    anchor = f"p-{booking_id.hex}" if booking_id else "roster"
    return redirect(url_for(".show_roster", lecture_id=lecture.id, _anchor=anchor), 303)


@blueprint.get("/lectures/manage/<uuid:lecture_id>/sign-in")
@requires(Permission.SCHEDULE_LECTURES)
def print_sign_in_sheet(lecture_id: UUID) -> Response:
    """The list for the table at the door."""
    lecture = services.fetch_lecture(lecture_id, viewer())
    seated = [person for person in services.roster_of(lecture) if person.turn is None]
    return render("courses/admin/print_sign_in_sheet.html", lecture=lecture, seated=seated)


def _page_of(series: Series, *, past: bool, after: UUID | None) -> dict[str, Any]:
    """A page of a series: its lectures with their counts, the way on, and the series' progress."""
    found = lectures_of(viewer(), series=series, past=past, after=after)
    here: dict[str, Any] = {"series": series.id, "show": "past" if past else "upcoming"}
    return {
        "past": past,
        "lectures": found.rows,
        "counts": counts_of(found.rows),
        "progress": services.progress_of(series),
        "older": url_for(".manage_lectures", after=found.last.id, **here) if found.last else None,
        "newer": url_for(".manage_lectures", **here) if after else None,
    }


def _options(lecture: Lecture | None = None) -> Options:
    admin = viewer()
    return Options(
        series=choices_of(Series, admin),
        venues=choices_of(Venue, admin),
        lecturers=choices_of(Lecturer, admin),
        units=units_below(admin, lecture),
    )


def _copy_values(lecture_id: UUID) -> dict[str, Any]:
    values = lecture_values(services.fetch_lecture(lecture_id, viewer()))
    day = values["day"] + A_WEEK
    while day <= clock.today():
        day += A_WEEK
    return values | {"day": day, "opens_on": clock.today()}


def _is_changeable(lecture: Lecture) -> bool:
    return standing(lecture, clock.now()) not in {Standing.STARTED, Standing.CANCELLED}


def _refuse_when_over(lecture: Lecture) -> None:
    if not _is_changeable(lecture):
        raise Refused(_("A lecture that has started or was cancelled cannot be changed. Copy it instead."))
