"""A worker's pages: what she may join, her seats, her calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.accounts.current import viewer
from app.core import clock
from app.core.dimensions import DIMENSION_NAMES
from app.core.errors import Refused
from app.core.permissions import Permission
from app.courses import services
from app.courses.calendar_files import calendar_file
from app.courses.models import BookingState
from app.courses.months import read_month, span_of
from app.courses.services.offers import booked_offers, offers_of
from app.courses.views.pages import month_page
from app.courses.words import KINDS, STATES, TAGS, tag_names
from app.web.access import requires
from app.web.languages import chosen_language
from app.web.rendering import render

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("courses_worker", __name__)


@blueprint.get("/lectures")
@requires(Permission.BOOK_LECTURE)
def list_lectures() -> Response:
    """What I may join, the next first."""
    chosen = request.args.get("helps-with", "")
    dimensions = [tag for tag in TAGS if tag == chosen]
    after = request.args.get("after", type=UUID)
    found = services.bookable_lectures(viewer(), after=after, dimensions=dimensions)
    older = url_for(".list_lectures", after=found.last.id, **_filter(chosen)) if found.last else None
    newer = url_for(".list_lectures", **_filter(chosen)) if after else None
    tags = [(tag.value, DIMENSION_NAMES[tag](chosen_language())) for tag in TAGS]
    offers = offers_of(found.rows, viewer().id)
    return render(
        "courses/worker/list_lectures.html", offers=offers, older=older, newer=newer, tags=tags, chosen=chosen
    )


@blueprint.get("/lectures/calendar")
@requires(Permission.BOOK_LECTURE)
def show_calendar() -> Response:
    """The month, with what I may join."""
    first = read_month(request.args.get("month"), today=clock.today())
    offers = offers_of(services.lectures_between(viewer(), *span_of(first)), viewer().id)
    month = month_page(first, [offer.lecture for offer in offers], page=".show_calendar", entry=".show_lecture")
    mine = {offer.lecture.id: offer for offer in offers if offer.state}
    return render("courses/worker/show_calendar.html", month=month, mine=mine)


@blueprint.get("/lectures/<uuid:lecture_id>")
@requires(Permission.BOOK_LECTURE)
def show_lecture(lecture_id: UUID) -> Response:
    """One lecture, and what I can do about it."""
    lecture = services.fetch_lecture_for_worker(lecture_id, viewer())
    offer = offers_of([lecture], viewer().id)[0]
    tags = tag_names(lecture.dimensions, chosen_language())
    return render("courses/worker/show_lecture.html", offer=offer, lecture=lecture, tags=tags, kind=KINDS[lecture.kind])


@blueprint.post("/lectures/<uuid:lecture_id>/book")
@requires(Permission.BOOK_LECTURE)
def book_seat(lecture_id: UUID) -> AnyResponse:
    """One tap: a seat, or a place on the waiting list."""
    lecture = services.fetch_lecture_for_worker(lecture_id, viewer())
    try:
        booking = services.book_seat(lecture, worker=viewer().id)
    except Refused as refusal:
        flash(str(refusal.message), "warning")
    else:
        waits = booking.state is BookingState.WAITING
        flash(_("You are on the waiting list. We tell you when a seat is free.") if waits else _("Your seat is kept."))
    return redirect(url_for(".show_lecture", lecture_id=lecture.id), 303)


@blueprint.get("/lectures/<uuid:lecture_id>/calendar.ics")
@requires(Permission.BOOK_LECTURE)
def download_calendar(lecture_id: UUID) -> Response:
    """The lecture for the phone's own calendar."""
    lecture = services.fetch_lecture_for_worker(lecture_id, viewer())
    content = calendar_file(lecture, stamp=clock.now(), reminder=_("Your lecture starts in two hours"))
    headers = {"Content-Disposition": 'attachment; filename="lecture.ics"'}
    return Response(content, content_type="text/calendar; charset=utf-8", headers=headers)


@blueprint.get("/bookings")
@requires(Permission.BOOK_LECTURE)
def list_bookings() -> Response:
    """My seats and places, what comes first, then what was."""
    offers = booked_offers(services.bookings_of(viewer().id))
    now = clock.now()
    coming = [one for one in reversed(offers) if one.lecture.ends_at > now and one.booking and one.booking.is_live]
    over = [one for one in offers if one not in coming]
    return render("courses/worker/list_bookings.html", coming=coming, over=over, states=STATES)


@blueprint.post("/bookings/<uuid:booking_id>/cancel")
@requires(Permission.BOOK_LECTURE)
def cancel_booking(booking_id: UUID) -> AnyResponse:
    """Give my seat or place back."""
    booking = services.fetch_booking(booking_id, viewer().id)
    try:
        services.cancel_booking(booking)
    except Refused as refusal:
        flash(str(refusal.message), "warning")
    else:
        flash(_("Given back. Somebody else will be glad of the seat."))
    return redirect(url_for(".list_bookings"), 303)


def _filter(chosen: str) -> dict[str, Any]:
    return {"helps-with": chosen} if chosen else {}
