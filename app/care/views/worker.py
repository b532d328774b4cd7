"""The worker's answer to a recommended lecture; the card itself stands on the start page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect
from flask_babel import gettext as _

from app.accounts.current import viewer
from app.care import services
from app.core.permissions import Permission
from app.web.access import requires

if TYPE_CHECKING:
    from uuid import UUID

    from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("care_worker", __name__)


@blueprint.post("/recommendations/<uuid:recommendation_id>/accept")
@requires(Permission.BOOK_LECTURE)
def accept_recommendation(recommendation_id: UUID) -> AnyResponse:
    """Book the recommended lecture with one tap."""
    booking = services.accept(recommendation_id, viewer())
    waits = booking.state.value == "waiting"
    flash(_("You are on the waiting list.") if waits else _("Your seat is kept. See you there!"), "success")
    return redirect("/")


@blueprint.post("/recommendations/<uuid:recommendation_id>/decline")
@requires(Permission.BOOK_LECTURE)
def decline_recommendation(recommendation_id: UUID) -> AnyResponse:
    """Say no; nothing follows from it."""
    services.decline(recommendation_id, viewer())
    flash(_("All right. You can find all lectures in the list whenever you like."), "success")
    return redirect("/")
