"""What a counsellor fills in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from wtforms.fields import HiddenField, SelectChoice

from app.care.services.entries import CHANNEL_NAMES, LONGEST, OUTCOME_NAMES, Channel, Outcome
from app.care.tiers import load_table
from app.core import clock
from app.web.fields import (
    AreaField,
    CardsField,
    ChoiceField,
    DayField,
    MomentField,
    TextField,
    TickField,
    at_most,
    enum_options,
    required,
)
from app.web.forms import Form, OnceForm
from app.web.languages import chosen_language
from app.web.numbers import whole_number

if TYPE_CHECKING:
    from uuid import UUID


class ContactForm(OnceForm):
    """A call, visit, session or message."""

    channel = CardsField(_l("How"), [required()], choices=enum_options(Channel, CHANNEL_NAMES), width="row")
    outcome = CardsField(_l("Outcome"), [required()], choices=enum_options(Outcome, OUTCOME_NAMES), width="row")
    at = MomentField(_l("When"), [required()], default=clock.now)
    text = AreaField(_l("In short"), [required(), at_most(LONGEST)], id="contact-text")


class NoteForm(OnceForm):
    """A note, alone for those who care for the person."""

    text = AreaField(_l("Note"), [required(), at_most(LONGEST)], id="note-text")


class ChangeNoteForm(Form):
    """A note's new text over the version that was shown."""

    version = HiddenField(validators=[required()])
    text = AreaField(_l("Note"), [required(), at_most(LONGEST)], render_kw={"rows": 10})

    def seen(self) -> int:
        """The version that was shown; one that never was for anything but a number."""
        try:
            return whole_number(self.version.data or "")
        except ValueError:
            return 0


class TierForm(Form):
    """The tier a counsellor chooses, and why where it differs from the proposal."""

    tier = ChoiceField(_l("Tier"), coerce=int)
    why = AreaField(
        _l("Why, where it differs from the proposal"), [at_most(1000)], id="tier-why", render_kw={"rows": 2}
    )

    def offer(self, tier: int) -> TierForm:
        """Fill in the choices, the present tier chosen."""
        language = chosen_language()
        self.tier.choices = [
            SelectChoice(str(each.level), f"{each.level} {each.name(language)}") for each in load_table().tiers
        ]
        if not self.is_submitted():
            self.tier.data = tier
        return self


class ReviewForm(Form):
    """The day of the next review."""

    day = DayField(_l("Next review"), [required()])


class ReasonForm(Form):
    """Why a case is closed, opened again or returned."""

    why = AreaField(_l("Why"), [required(), at_most(1000)], render_kw={"rows": 2})

    @classmethod
    def about_case(cls, case_id: UUID, subject_id: UUID) -> ReasonForm:
        """An empty form among others of its kind."""
        form = cls(formdata=None)
        form.about, form.subject = case_id, subject_id
        form.why.id = form.why.label.field_id = f"why-{case_id}"
        return form


class RecommendForm(Form):
    """Why a lecture may help this person."""

    why = TextField(_l("A word to the worker"), [at_most(60)])

    @classmethod
    def for_lecture(cls, lecture_id: UUID) -> RecommendForm:
        """An empty form among others of its kind."""
        form = cls(formdata=None)
        form.about = lecture_id
        form.why.id = form.why.label.field_id = f"why-{lecture_id}"
        return form


class BookForm(Form):
    """Booking for somebody needs her word."""

    agreed = TickField(
        _l("The worker agreed on the phone or in person"), [required(_l("Please ask the worker first."))]
    )
