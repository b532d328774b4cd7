"""Form fields that render themselves whole: ``{{ form.phone }}`` is label, hint, control and error.

    phone = PhoneField(_l("Phone"), [required()])                      E.164 in ``.data``; a bad number is an error
    password = PasswordField(_l("Password"), [required()])             NewPasswordField where a new one is chosen
    code = CodeField(_l("Code"), [required()])                         six digits, full-width ones too
    topic = ChoiceField(_l("Topic"), choices=enum_options(Topic, TOPIC_NAMES), coerce=Topic)        a select
    mood = CardsField(_l("Mood"), choices=[SelectChoice("0", _l("Not at all"))])                    big radio cards
    groups = ManyField(_l("Groups"), choices=[…])                      checkboxes
    starts_at = MomentField(_l("Starts"), [required()])                aware UTC in ``.data``, wall clock on screen

``SelectChoice`` is from ``wtforms.fields``. A hint is the field's ``description=``; more attributes go in
``render_kw=``.
Every field also takes ``width="narrow"``.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from app.core import clock
from app.core.errors import Malformed
from app.web import phone_numbers

if TYPE_CHECKING:
    import enum
    from collections.abc import Mapping, Sequence

CODE = re.compile(r"\d{6}")
YEARS = range(1900, 2200)  # what lies outside is a slip, and the ends of the calendar cannot be reckoned with


class Said(InputRequired):
    """Something other than spaces."""

    def __call__(self, form: object, field: Any) -> None:
        """Stop with the message where nothing was sent, or nothing but spaces."""
        if not (field.raw_data and str(field.raw_data[0]).strip()):
            field.raw_data = []
        super().__call__(form, field)


def required(message: object = None) -> Said:
    """The person must fill this in; spaces do not count."""
    return Said(message or _l("Please fill this in."))


def optional() -> Optional:
    """The person may leave this out; the label says so."""
    return Optional()


def at_most(length: int) -> Length:
    """No longer than ``length`` characters."""
    return Length(max=length)


def between(least: float | None, most: float | None) -> NumberRange:
    """A number within these bounds."""
    return NumberRange(min=least, max=most)


def enum_options(members: type[enum.Enum], names: Mapping[Any, object]) -> list[SelectChoice]:
    """The members of an enum as choices, in order, with their names for people."""
    return [SelectChoice(str(member.value), names[member]) for member in members]


class _Whole:
    """What the field template reads: which control to draw, and its attributes."""

    control = "input"
    input_type = ""
    attributes: ClassVar[Mapping[str, str]] = {}
    width = ""

    def __init__(self, label: object = None, validators: Sequence[Any] = (), *, width: str = "", **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)  # type: ignore[call-arg]
        self.width = width or type(self).width


class TextField(_Whole, StringField):
    """One line of text, stripped of space at both ends."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the text without the space around it."""
        if valuelist:
            self.data = valuelist[0].strip()


class SearchField(TextField):
    """A search box."""

    input_type = "search"
    attributes: ClassVar[Mapping[str, str]] = {"enterkeyhint": "search", "autocomplete": "off"}


class AreaField(TextField):
    """Several lines of text."""

    control = "area"
    widget = wtforms.widgets.TextArea()


class EmailField(TextField):
    """An e-mail address; its shape is checked by sending to it."""

    input_type = "email"
    attributes: ClassVar[Mapping[str, str]] = {
        "autocomplete": "email",
        "inputmode": "email",
        "autocapitalize": "off",
        "spellcheck": "false",
    }


class PhoneField(TextField):
    """A phone number: ``.data`` is E.164 (``+8613800138000``) when valid; numbers without a country are Chinese."""

    input_type = "tel"
    attributes: ClassVar[Mapping[str, str]] = {"autocomplete": "tel", "inputmode": "tel"}
    width = "narrow"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Bring the number into its one spelling."""
        super().process_formdata(valuelist)
        if self.data:
            try:
                self.data = phone_numbers.normalise(self.data)
            except Malformed as refusal:
                raise ValueError(refusal.message) from None

    def _value(self) -> str:
        return str(self.raw_data[0] if self.raw_data else self.data or "")


class PasswordField(_Whole, StringField):
    """The password of an account that exists; never sent back to the browser."""

    input_type = "password"
    attributes: ClassVar[Mapping[str, str]] = {
        "autocomplete": "current-password",
        "autocapitalize": "off",
        "spellcheck": "false",
    }
    width = "narrow"

    def _value(self) -> str:
        return ""


class NewPasswordField(PasswordField):
    """A password being chosen."""

    attributes: ClassVar[Mapping[str, str]] = {**PasswordField.attributes, "autocomplete": "new-password"}


class CodeField(TextField):
    """A six-digit one-time code; spaces and full-width digits are understood."""

    attributes: ClassVar[Mapping[str, str]] = {
        "autocomplete": "one-time-code",
        "inputmode": "numeric",
        "maxlength": "12",
        "spellcheck": "false",
    }
    width = "code"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the digits."""
        if valuelist:
            self.data = re.sub(r"\s", "", unicodedata.normalize("NFKC", valuelist[0]))

    def pre_validate(self, form: wtforms.Form) -> None:  # noqa: ARG002
        """Refuse what is not six digits."""
        if self.data and not CODE.fullmatch(self.data):
            raise ValidationError(_l("The code has six digits."))


class SecretField(TextField):
    """A code in one of several spellings: read like a text, and kept nowhere."""

    attributes: ClassVar[Mapping[str, str]] = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
    width = "narrow"


class NumberField(_Whole, wtforms.IntegerField):
    """A whole number."""

    input_type = "number"
    attributes: ClassVar[Mapping[str, str]] = {"inputmode": "numeric"}
    width = "narrow"


class DayField(_Whole, wtforms.DateField):
    """A day, as the browser's own calendar gives it."""

    data: Any

    input_type = "date"
    width = "narrow"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        super().process_formdata(valuelist)
        if self.data is not None and self.data.year not in YEARS:
            self.data = None
            raise ValueError(self.gettext("Not a valid date value."))


class TimeField(_Whole, wtforms.TimeField):
    """A time of day on the wall clock."""

    input_type = "time"
    width = "narrow"


class MomentField(_Whole, wtforms.DateTimeLocalField):
    """A day and a time: the wall clock on screen, an aware UTC moment in ``.data``."""

    data: datetime | None

    input_type = "datetime-local"
    width = "narrow"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the wall clock."""
        super().process_formdata(valuelist)
        if self.data is not None and self.data.year not in YEARS:
            self.data = None
            raise ValueError(self.gettext("Not a valid datetime value."))
        if self.data is not None:
            self.data = self.data.replace(tzinfo=clock.LOCAL).astimezone(UTC)

    def _value(self) -> str:
        if self.raw_data:
            return str(" ".join(self.raw_data))
        return clock.local(self.data).strftime("%Y-%m-%dT%H:%M") if isinstance(self.data, datetime) else ""


class ChoiceField(_Whole, wtforms.SelectField):
    """One of a list, as a select; spelt as the list spells it, so not 01 for 1."""

    control = "select"

    def pre_validate(self, form: wtforms.Form) -> None:
        """Refuse what the list does not hold."""
        super().pre_validate(form)
        if self.raw_data and str(self.raw_data[0]) not in {str(choice[0]) for choice in self.iter_choices()}:
            raise ValidationError(self.gettext("Not a valid choice."))


class CardsField(_Whole, wtforms.RadioField):
    """One of a few, as big cards to tap; ``width="row"`` puts short ones side by side."""

    control = "cards"


class ManyField(_Whole, SelectMultipleField):
    """Any of a few, as checkboxes."""

    control = "many"


class TickField(_Whole, wtforms.BooleanField):
    """One checkbox, its label beside it."""

    control = "tick"


class UploadField(_Whole, wtforms.FileField):
    """A file; its form needs ``enctype="multipart/form-data"``."""

    control = "input"
    input_type = "file"
