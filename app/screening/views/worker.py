"""A worker's questionnaires: choosing one, answering, handing in."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, redirect, request, url_for

from app.accounts.current import viewer
from app.accounts.services import consents, links
from app.core.errors import AppError, Malformed, NotFound
from app.core.permissions import Permission
from app.screening import instruments, services
from app.screening.branching import load_batteries
from app.screening.forms import Sheet, read_answer, read_key, read_safety, read_sheet
from app.screening.views.help_in_sight import card, card_html, keep_help_in_sight
from app.web.access import requires
from app.web.rendering import render, render_alike, wants_json

if TYPE_CHECKING:
    from uuid import UUID

    from werkzeug.wrappers import Response as AnyResponse

    from app.screening.branching import Battery
    from app.screening.services import Outcome, SittingView

blueprint = Blueprint("screening_worker", __name__)
blueprint.after_request(keep_help_in_sight)


@blueprint.get("/questionnaires")
@requires(Permission.TAKE_QUESTIONNAIRE)
def list_questionnaires() -> Response:
    """What I can answer, and what I began."""
    begun = {sitting.draft.battery: sitting for sitting in services.open_sittings(links.subject_of(viewer()))}
    minutes = {battery.code: _minutes(battery) for battery in load_batteries().values()}
    return render(
        "screening/worker/list_questionnaires.html",
        batteries=load_batteries().values(),
        begun=begun,
        minutes=minutes,
    )


@blueprint.get("/questionnaires/<battery>/consent")
@requires(Permission.TAKE_QUESTIONNAIRE)
def ask_consent(battery: str) -> Response:
    """The question that comes before the first question."""
    purpose = consents.purposes()[consents.SCREENING]
    return render("screening/worker/ask_consent.html", battery=_battery(battery), purpose=purpose)


@blueprint.post("/questionnaires/<battery>/consent")
@requires(Permission.TAKE_QUESTIONNAIRE)
def give_consent(battery: str) -> AnyResponse:
    """Agree, and begin with the same tap: 307 sends the same form on to the start."""
    code = _battery(battery).code
    consents.decide(viewer(), consents.SCREENING, given=True)
    return redirect(url_for(".start_questionnaire", battery=code), 307)


@blueprint.post("/questionnaires/<battery>/start")
@requires(Permission.TAKE_QUESTIONNAIRE)
def start_questionnaire(battery: str) -> AnyResponse:
    """Begin a battery, or go on with it."""
    subject, code = links.subject_of(viewer()), _battery(battery).code
    if not consents.has_consented(viewer().id, consents.SCREENING):
        return redirect(url_for(".ask_consent", battery=code), 303)
    return _go_on(services.start(subject, code))


@blueprint.get("/sittings/<uuid:sitting_id>/<instrument>")
@requires(Permission.TAKE_QUESTIONNAIRE)
def answer_questions(sitting_id: UUID, instrument: str) -> AnyResponse:
    """One page with all questions of an instrument, as far as they are answered."""
    sitting = services.fetch_sitting(sitting_id, links.subject_of(viewer()))
    consents.require(viewer(), consents.SCREENING)
    if not sitting.open or instrument != sitting.draft.present:
        return _go_on(sitting)
    services.check_turn(sitting, instrument)
    return _page(sitting, Sheet(sitting.draft.values, {}))


@blueprint.post("/sittings/<uuid:sitting_id>/<instrument>/answer")
@requires(Permission.TAKE_QUESTIONNAIRE)
def save_answer(sitting_id: UUID, instrument: str) -> AnyResponse:
    """Keep one answer, in the background."""
    sitting = services.fetch_sitting(sitting_id, links.subject_of(viewer()))
    consents.require(viewer(), consents.SCREENING)
    try:
        given = read_answer(request.form)
        fired = services.record_answer(sitting, instrument, given.item, given.value, seconds=given.seconds)
    except (services.NotKept, Malformed) as refused:
        return _not_kept(sitting, instrument, refused)
    return jsonify(saved=True, help_card=card_html() if fired else None)


@blueprint.post("/sittings/<uuid:sitting_id>/<instrument>")
@requires(Permission.TAKE_QUESTIONNAIRE)
def submit_answers(sitting_id: UUID, instrument: str) -> AnyResponse:
    """Hand in one instrument."""
    sitting = services.fetch_sitting(sitting_id, links.subject_of(viewer()))
    consents.require(viewer(), consents.SCREENING)
    if instrument not in instruments.load_all():
        raise NotFound
    try:
        sheet, key = read_sheet(instruments.get(instrument), request.form), read_key(request.form)
        if sheet.wrong and instrument == sitting.draft.present and sitting.accepts:
            return _not_yet(sitting, sheet)
        return _answered(sitting, services.submit(sitting, instrument, sheet.values, key=key))
    except (services.NotKept, Malformed) as refused:
        return _not_kept(sitting, instrument, refused)


def _not_kept(sitting: SittingView, instrument: str, refused: AppError) -> AnyResponse:
    """Say why nothing was stored. A safety answer counts all the same, wherever it arrives: alert and card."""
    known = instruments.load_all().get(instrument)
    said = read_safety(known, request.form) if known else {}
    if not said:
        raise refused
    services.report_safety(sitting, instrument, said)
    if wants_json():
        response = jsonify(saved=False, message=str(refused.message), help_card=card_html())
    else:
        template = "screening/worker/submit_answers.html"
        response = render(template, help=card(), following=_way_on(sitting), reason=refused.message)
    response.status_code = refused.status
    return response


def _not_yet(sitting: SittingView, sheet: Sheet) -> Response:
    """Ask for what is missing. Only a safety answer is kept, with its alert: it counts whatever else is missing."""
    present = instruments.get(str(sitting.draft.present))
    fired = read_safety(present, request.form)
    for item in sheet.values.keys() & fired:
        services.record_answer(sitting, present.code, item, sheet.values[item])
        sitting = services.fetch_sitting(sitting.id, sitting.subject_id)
    services.report_safety(sitting, present.code, fired)
    if not wants_json():
        return _page(sitting, sheet, fired=bool(fired))
    wrong = {item: str(sentence) for item, sentence in sheet.wrong.items()}
    response = jsonify(saved=False, wrong=wrong, help_card=card_html() if fired else None)
    response.status_code = 422
    return response


def _answered(sitting: SittingView, outcome: Outcome) -> AnyResponse:
    """Where to go now; a safety answer to which nobody has shown the help card yet gets it first."""
    following = _address(sitting, outcome.following)
    if wants_json():
        return jsonify(saved=True, next=following, help_card=card_html() if outcome.help_card else None)
    if outcome.help_card:
        return render("screening/worker/submit_answers.html", help=card(), following=following, reason=None)
    return redirect(following, 303)


def _page(sitting: SittingView, sheet: Sheet, *, fired: bool = False) -> Response:
    template, done, left = "screening/worker/answer_questions.html", len(sitting.draft.done), len(sitting.draft.left)
    own: dict[str, Any] = {"sitting": str(sitting.id), "key": secrets.token_urlsafe(18)}
    present = instruments.get(str(sitting.draft.present))
    shown: dict[str, Any] = {"instrument": present, "help": card(), "part": done + 1, "parts": done + left}
    if sheet.wrong or sheet.values:
        return render(template, status=422 if sheet.wrong else 200, sheet=sheet, fired=fired, **own, **shown)
    return render_alike(template, (present.code, done, left), own, sheet=sheet, fired=False, **shown)


def _go_on(sitting: SittingView) -> AnyResponse:
    return redirect(_address(sitting, sitting.draft.present if sitting.open else None), 303)


def _way_on(sitting: SittingView) -> str:
    if sitting.open and not sitting.accepts:
        return url_for(".list_questionnaires")
    return _address(sitting, sitting.draft.present if sitting.open else None)


def _address(sitting: SittingView, instrument: str | None) -> str:
    if instrument is None:
        return url_for(".show_result", sitting_id=sitting.id)
    return url_for(".answer_questions", sitting_id=sitting.id, instrument=instrument)


def _battery(code: str) -> Battery:
    found = load_batteries().get(code)
    if found is None:
        raise NotFound
    return found


def _minutes(battery: Battery) -> int:
    return max(1, round(sum(instruments.get(code).seconds for code in battery.first) / 60))
