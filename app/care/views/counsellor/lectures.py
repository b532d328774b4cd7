"""Lectures for the person of a case: recommend one, or book it with her word."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app.accounts.current import viewer
from app.care import pictures, services
from app.care.forms import BookForm, RecommendForm
from app.care.services import lectures
from app.care.views.counsellor import blueprint
from app.core import clock
from app.core.errors import Malformed
from app.core.permissions import Permission
from app.courses import services as courses
from app.web.access import requires
from app.web.forms import PlainForm
from app.web.languages import chosen_language
from app.web.rendering import render

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from app.care.models import Case


@blueprint.get("/cases/<uuid:case_id>/lectures")
@requires(Permission.TAKE_CASE)
def list_lectures(case_id: UUID) -> Response:
    """What suits this person, what she has booked, what was recommended."""
    return _page(services.fetch_case(case_id, viewer()))


@blueprint.post("/cases/<uuid:case_id>/lectures/<uuid:lecture_id>/recommend")
@requires(Permission.TAKE_CASE)
def recommend_lecture(case_id: UUID, lecture_id: UUID) -> AnyResponse:
    """Suggest a lecture to the worker, who says yes or no on her phone."""
    case = services.fetch_case(case_id, viewer())
    lecture = courses.fetch_lecture_for_worker(lecture_id, services.person_of(case))
    form = RecommendForm()
    if not form.validate_on_submit():
        raise Malformed(_("A word to the worker has at most 60 characters."))
    services.recommend(case, lecture, by=viewer(), why=form.why.data or "")
    flash(_("Recommended. The worker sees it on the start page and may accept with one tap."), "success")
    return _back(case_id)


@blueprint.post("/cases/<uuid:case_id>/lectures/<uuid:lecture_id>/book")
@requires(Permission.TAKE_CASE)
def book_lecture(case_id: UUID, lecture_id: UUID) -> AnyResponse:
    """Book for a worker who agreed; for the lecture it is a booking like any other."""
    case = services.fetch_case(case_id, viewer())
    worker = services.person_of(case)
    lecture = courses.fetch_lecture_for_worker(lecture_id, worker)
    if not BookForm().validate_on_submit():
        return _page(case, refused=lecture_id)
    booking = lectures.book(case, lecture, worker)
    waits = booking.state.value == "waiting"
    flash(_("Booked. There is a place on the waiting list.") if waits else _("Booked. The seat is kept."), "success")
    return _back(case_id)


@blueprint.post("/cases/<uuid:case_id>/bookings/<uuid:booking_id>/move")
@requires(Permission.TAKE_CASE)
def move_booking(case_id: UUID, booking_id: UUID) -> AnyResponse:
    """Exchange the worker's seat for one at another lecture."""
    case = services.fetch_case(case_id, viewer())
    worker = services.person_of(case)
    booking = courses.fetch_booking(booking_id, worker.id)
    to = request.form.get("to", type=UUID)
    if to is None or not PlainForm().validate_on_submit():
        raise Malformed
    lectures.move(case, booking, courses.fetch_lecture_for_worker(to, worker))
    flash(_("The seat is moved."), "success")
    return _back(case_id)


@blueprint.post("/cases/<uuid:case_id>/bookings/<uuid:booking_id>/cancel")
@requires(Permission.TAKE_CASE)
def cancel_booking(case_id: UUID, booking_id: UUID) -> AnyResponse:
    """Give the worker's seat back."""
    case = services.fetch_case(case_id, viewer())
    booking = courses.fetch_booking(booking_id, services.person_of(case).id)
    lectures.cancel(case, booking)
    flash(_("The seat is given back."), "success")
    return _back(case_id)


def _page(case: Case, refused: UUID | None = None) -> Response:
    language, worker = chosen_language(), services.person_of(case)
    offer = lectures.read_offer(case, worker)
    form = BookForm() if refused else BookForm(formdata=None)
    if refused:
        form.validate()
    return render(
        "care/counsellor/list_lectures.html",
        status=422 if refused else None,
        case=case,
        worker=worker,
        offer=offer,
        booked={booking.lecture_id for booking in offer.bookings if booking.is_live},
        waiting={each.lecture.id for each in offer.suggested if each.waits},
        needs=[pictures.dimension(code, language) for code in sorted(offer.dimensions)],
        form=form,
        recommend_forms={
            lecture.id: RecommendForm.for_lecture(lecture.id) for lecture in (*offer.suiting, *offer.others)
        },
        refused=refused,
        now=clock.now(),
    )


def _back(case_id: UUID) -> AnyResponse:
    return redirect(url_for(".list_lectures", case_id=case_id))
