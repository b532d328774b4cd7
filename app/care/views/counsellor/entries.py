"""Writing contacts and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash
from flask_babel import gettext as _

from app.accounts.current import viewer
from app.care import services
from app.care.forms import ChangeNoteForm, ContactForm, NoteForm
from app.care.services.entries import EditedMeanwhile, SentBefore, read_note
from app.care.views.counsellor import blueprint
from app.care.views.counsellor.page import case_page, to_case
from app.core.permissions import Permission
from app.web.access import requires
from app.web.rendering import render

if TYPE_CHECKING:
    from uuid import UUID

    from werkzeug.wrappers import Response as AnyResponse

    from app.care.models import Case
    from app.care.services.entries import Written

CONFLICT = 409


@blueprint.post("/cases/<uuid:case_id>/contacts")
@requires(Permission.TAKE_CASE)
def record_contact(case_id: UUID) -> AnyResponse:
    """Write down a call, visit, session or message."""
    case = services.fetch_case(case_id, viewer())
    form = ContactForm()
    if not form.validate_on_submit():
        return case_page(case, contact=form)
    contact = {name: form[name].data for name in ("channel", "outcome", "at", "text")}
    try:
        services.record_contact(case, contact, by=viewer(), once=form.idempotency_key.data)
    except SentBefore as conflict:
        return _sent_before(case, form, conflict, name="contact")
    flash(_("The contact is written down."), "success")
    return to_case(case)


@blueprint.post("/cases/<uuid:case_id>/notes")
@requires(Permission.TAKE_CASE)
def write_note(case_id: UUID) -> AnyResponse:
    """Write a note."""
    case = services.fetch_case(case_id, viewer())
    form = NoteForm()
    if not form.validate_on_submit():
        return case_page(case, note=form)
    try:
        services.write_note(case, form.text.data, by=viewer(), once=form.idempotency_key.data)
    except SentBefore as conflict:
        return _sent_before(case, form, conflict, name="note")
    flash(_("The note is saved."), "success")
    return to_case(case)


@blueprint.route("/cases/<uuid:case_id>/notes/<uuid:entry_id>", methods=["GET", "POST"])
@requires(Permission.TAKE_CASE)
def change_note(case_id: UUID, entry_id: UUID) -> AnyResponse:
    """Change a note; whoever comes second sees both texts."""
    case = services.fetch_case(case_id, viewer())
    note = services.fetch_note(case, entry_id, viewer())
    form, shown = ChangeNoteForm(), read_note(note)
    if not form.is_submitted():
        form.text.data, form.version.data = shown.text, str(shown.version)
    elif form.validate():
        try:
            services.change_note(note, form.text.data, seen=form.seen(), by=viewer())
        except EditedMeanwhile as conflict:
            form.version.data = str(conflict.newest.version)
            return _note_page(case, form, newest=conflict.newest)
        flash(_("The note is saved."), "success")
        return to_case(case)
    return _note_page(case, form)


def _sent_before(case: Case, form: ContactForm | NoteForm, conflict: SentBefore, *, name: str) -> AnyResponse:
    """The page with all that was typed, ready to be stored as something of its own."""
    form.renew()
    form.text.errors = [conflict.message]
    return case_page(case, status=CONFLICT, **{name: form})


def _note_page(case: Case, form: ChangeNoteForm, newest: Written | None = None) -> AnyResponse:
    status = CONFLICT if newest else None
    return render("care/counsellor/change_note.html", form=form, status=status, case=case, newest=newest)
