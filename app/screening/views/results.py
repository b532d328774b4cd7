"""A worker's own results: one sitting in plain words, and the way it has gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import audit
from app.accounts.current import viewer
from app.accounts.services import consents, links
from app.core.errors import NotFound
from app.core.permissions import Permission
from app.screening import services
from app.screening.views.help_in_sight import card
from app.screening.views.reading import history, take_together
from app.screening.views.worker import blueprint
from app.web.access import requires
from app.web.languages import chosen_language
from app.web.rendering import render

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Response

SHOWN = 40


@blueprint.get("/results/<uuid:sitting_id>")
@requires(Permission.TAKE_QUESTIONNAIRE)
def show_result(sitting_id: UUID) -> Response:
    """How I am, what it means, and what I can do now."""
    subject = links.subject_of(viewer())
    everything = services.results_of(subject)
    mine = [view for view in everything if view.sitting_id == sitting_id]
    if not mine:
        raise NotFound
    with audit.acting_as(subject):
        audit.record("screening.result_read", subject, sitting=sitting_id.hex)
    answered = {view.scored.instrument for view in mine}
    return render(
        "screening/worker/show_result.html",
        taken=take_together(mine, chosen_language()),
        trends=history([view for view in everything if view.scored.instrument in answered], chosen_language()),
        may_contact=consents.has_consented(viewer().id, consents.CONTACT),
        help=card(),
    )


@blueprint.get("/results")
@requires(Permission.TAKE_QUESTIONNAIRE)
def list_results() -> Response:
    """All my results, the latest first, and the way they have gone."""
    subject = links.subject_of(viewer())
    everything = services.results_of(subject)
    by_sitting: dict[UUID, list[services.ResultView]] = {}
    for view in everything:
        by_sitting.setdefault(view.sitting_id, []).append(view)
    if everything:
        with audit.acting_as(subject):
            audit.record("screening.result_read", subject)
    shown = list(by_sitting.items())[-SHOWN:]
    return render(
        "screening/worker/list_results.html",
        sittings=[(sitting, take_together(views, chosen_language())) for sitting, views in reversed(shown)],
        trends=history(everything, chosen_language()),
    )
