"""The base of every form: its fields render whole, its messages are in the person's language, its token is checked.

A view: ``form = BookSeatForm()``; ``if form.validate_on_submit(): …; return redirect(…)``; then
``return render("….html", form=form)``, which answers 422 where the form was refused. A template:
``{% from "components/forms.html" import error_summary, submit %}``, then inside ``<form method="post" novalidate>``
``{{ error_summary(form) }} {{ form.hidden_tag() }} {{ form.phone }} {{ submit(_("Continue")) }}``.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import wtforms
from flask import current_app, request
from flask_babel import get_translations
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField
from wtforms.validators import Length

from app.web import typed

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from wtforms import Field
    from wtforms.form import BaseForm

_LAYOUTS = {"TextArea": "area", "Select": "select", "CheckboxInput": "tick", "ListWidget": "cards"}
_CLASSES = {"input": "form-control", "area": "form-control", "select": "form-select", "tick": "form-check-input"}


class _OurLanguage:
    """WTForms asks for its own messages here, and finds them in our catalogue."""

    def gettext(self, string: str) -> str:
        """The message in the person's language, its placeholders still open."""
        return str(get_translations().ugettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """The message that fits the number, its placeholders still open."""
        return str(get_translations().ungettext(singular, plural, n))


class Form(FlaskForm):
    """Base of every form.

    ``about`` names the record of a form that stands on a page with others of its kind, ``subject`` the person it speaks
    about where the address does not say; ``restored`` is when that was typed which the form was filled with again.
    """

    about: UUID | None = None
    subject: UUID | None = None
    restored: datetime | None = None
    restored_from: UUID | None = None

    class Meta(FlaskForm.Meta):
        """How a form renders and speaks."""

        def wrap_formdata(self, form: BaseForm, formdata: object) -> Any:
            """What was sent, each field given its kind: a file never stands in for a text, nor a text for a file."""
            sent = super().wrap_formdata(form, formdata)
            if sent is None or sent is formdata:
                return sent
            uploads = {name for name, field in form._fields.items() if isinstance(field, wtforms.FileField)}
            texts = [pair for pair in request.form.items(multi=True) if pair[0] not in uploads]
            files = [pair for pair in request.files.items(multi=True) if pair[0] in uploads]
            return MultiDict([*texts, *files])

        def get_translations(self, form: object) -> _OurLanguage:  # noqa: ARG002
            """Our catalogue instead of the library's."""
            return _OurLanguage()

        def render_field(self, field: Field, render_kw: dict[str, Any]) -> Markup:
            """The whole field through ``components/field.html``; hidden fields as they are."""
            if getattr(field.widget, "input_type", "") in {"hidden", "submit"} or field.type == "_Option":
                return Markup(super().render_field(field, render_kw))  # noqa: S704
            return _whole(field, {**(field.render_kw or {}), **render_kw})

    def hidden_tag(self, *fields: Any) -> Markup:
        """The hidden fields, and the one by which what was typed is not lost."""
        return Markup(super().hidden_tag(*fields)) + typed.origin_field(self)  # noqa: S704


class OnceForm(Form):
    """A form whose sending twice must act once: pass ``form.idempotency_key.data`` to the service."""

    idempotency_key = HiddenField(default=lambda: secrets.token_urlsafe(18), validators=[Length(min=16, max=64)])

    def renew(self) -> None:
        """Give the form another key: what it holds is something else than what was stored under the old one."""
        self.idempotency_key.data = secrets.token_urlsafe(18)


class PlainForm(Form):
    """A form with nothing but its token: a button that acts."""


def _whole(field: Field, extra: dict[str, Any]) -> Markup:
    layout = str(getattr(field, "control", None) or _LAYOUTS.get(type(field.widget).__name__, "input"))
    macros: Any = current_app.jinja_env.get_template("components/field.html").module
    if layout in {"cards", "many"}:
        return Markup(getattr(macros, layout)(field))  # noqa: S704
    control = field.widget(field, **_attributes(field, layout, extra))
    frame = macros.tick if layout == "tick" else macros.whole
    return Markup(frame(field, control))  # noqa: S704


def _attributes(field: Field, layout: str, extra: dict[str, Any]) -> dict[str, Any]:
    notes = [f"{field.id}-hint"] * bool(field.description) + [f"{field.id}-error"] * bool(field.errors)
    found: dict[str, Any] = {"class": _CLASSES[layout] + " is-invalid" * bool(field.errors), "required": False}
    if input_type := getattr(field, "input_type", ""):
        found["type"] = input_type
    if layout == "area":
        found["rows"] = 4
    if notes:
        found["aria-describedby"] = " ".join(notes)
    if field.errors:
        found["aria-invalid"] = "true"
    if field.flags.required:
        found["aria-required"] = "true"
    return found | dict(getattr(field, "attributes", {})) | extra
