"""The forms about people: only the shape of input."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields import SelectChoice

from app.core.permissions import STAFF, Role
from app.organisations.models import CHILDREN, Unit, UnitKind
from app.organisations.occupations import occupations
from app.web.fields import (
    ChoiceField,
    CodeField,
    NewPasswordField,
    PasswordField,
    PhoneField,
    SecretField,
    TextField,
    TickField,
    at_most,
    enum_options,
    optional,
    required,
)
from app.web.forms import Form
from app.web.languages import chosen_language

LONGEST_INPUT = 200
ROLE_NAMES = {
    Role.WORKER: _l("Worker"),
    Role.COUNSELLOR: _l("Counsellor"),
    Role.SUPERVISOR: _l("Supervisor"),
    Role.ADMIN: _l("Administrator"),
    Role.AUDITOR: _l("Auditor"),
}
KIND_NAMES = {
    UnitKind.DISTRICT: _l("District union"),
    UnitKind.TOWNSHIP: _l("Township-level union"),
    UnitKind.ENTERPRISE: _l("Enterprise union"),
    UnitKind.JOINT: _l("Joint union"),
}


class PhoneForm(Form):
    """A phone to send a code to."""

    phone = PhoneField(_l("Your phone number"), [required(), at_most(24)])


class CodeForm(Form):
    """Six digits."""

    code = CodeField(_l("Six-digit code"), [required()])

    def say_wrong(self) -> None:
        """Put the sentence about a wrong code beside the field."""
        self.code.errors = [_("This code is not right. After five wrong tries, please ask for a new one.")]


class SignInForm(Form):
    """Phone and password."""

    phone = PhoneField(_l("Your phone number"), [required(), at_most(24)])
    password = PasswordField(_l("Password"), [required(), at_most(LONGEST_INPUT)])


class PasswordForm(Form):
    """A new password."""

    password = NewPasswordField(
        _l("New password"),
        [required(), at_most(LONGEST_INPUT)],
        description=_l("At least 8 characters. Several words in a row are easy to keep in mind."),
    )


class StaffPasswordForm(Form):
    """A new password of a member of staff."""

    password = NewPasswordField(
        _l("New password"),
        [required(), at_most(LONGEST_INPUT)],
        description=_l("At least 15 characters. Four or five words in a row are easy to keep in mind."),
    )


class FirstForm(StaffPasswordForm):
    """The very first person also says who she is."""

    name = TextField(_l("Full name"), [required(), at_most(16)], width="narrow")
    phone = PhoneField(_l("Your phone number"), [required(), at_most(24)])


class ChangePasswordForm(Form):
    """The present password and a new one."""

    present = PasswordField(_l("Present password"), [required(), at_most(LONGEST_INPUT)])
    password = NewPasswordField(_l("New password"), [required(), at_most(LONGEST_INPUT)])


class OwnerForm(Form):
    """Who I am, on a browser that is not known."""

    secret = SecretField(
        _l("Your recovery code"),
        [required(), at_most(LONGEST_INPUT)],
        description=_l("Twelve digits, or the eight that the desk gave you. Staff: the six of your authenticator."),
    )
    former = PhoneField(
        _l("The number you had before"),
        [optional(), at_most(24)],
        description=_l("Only if your account has another number than the one you just confirmed."),
    )


class AnewForm(Form):
    """I am new, and the number is mine now."""

    mine = TickField(_l("This number is mine now, and I have never used this service with it."), [required()])


class MoveForm(Form):
    """A new phone number, by the password."""

    phone = PhoneField(
        _l("Your new phone number"),
        [required(), at_most(24)],
        description=_l("If somebody used this service with it before you, that account is put on hold."),
    )
    password = PasswordField(_l("Your password"), [required(), at_most(LONGEST_INPUT)])


class RecoveryCodeForm(Form):
    """A new recovery code, by the password."""

    password = PasswordField(_l("Your password"), [required(), at_most(LONGEST_INPUT)])


class DeskForm(Form):
    """The number that the person at the desk has or had."""

    phone = PhoneField(_l("Her phone number, now or before"), [required(), at_most(24)])


class ProfileForm(Form):
    """What a person may say about herself."""

    name = TextField(
        _l("What shall we call you?"),
        [optional(), at_most(16)],
        render_kw={"autocomplete": "name"},
        width="narrow",
    )
    occupation = ChoiceField(_l("What do you work as?"), [optional()], width="narrow")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = chosen_language()
        groups = [SelectChoice(group.code, group.name(language)) for group in occupations().values()]
        self.occupation.choices = [SelectChoice("", _("I would rather not say")), *groups]


class JoinForm(ProfileForm):
    """The last step of joining; fields of the form stand in the order of the template."""

    password = NewPasswordField(
        _l("Choose a password"),
        [required(), at_most(LONGEST_INPUT)],
        description=_l("At least 8 characters. Several words in a row are easy to keep in mind."),
    )


class StaffForm(Form):
    """A request for a staff account."""

    name = TextField(_l("Full name"), [required(), at_most(16)], width="narrow")
    phone = PhoneField(_l("Phone number"), [required(), at_most(24)])
    role = ChoiceField(
        _l("Role"),
        [required()],
        choices=enum_options(Role, ROLE_NAMES | {Role.WORKER: ""})[1:],
        coerce=Role,
        width="narrow",
    )
    unit = ChoiceField(_l("Unit"), [required()], coerce=UUID)

    def offer(self, units: list[Unit]) -> StaffForm:
        """Let the form choose among these units."""
        language = chosen_language()
        self.unit.choices = [SelectChoice(str(unit.id), unit.title(language)) for unit in units]
        return self


class UnitForm(Form):
    """A unit's names."""

    name = TextField(_l("Name"), [required(), at_most(80)])
    name_en = TextField(_l("English name"), [optional(), at_most(120)])


class NewUnitForm(UnitForm):
    """A new unit below another."""

    kind = ChoiceField(_l("Kind"), [required()], coerce=UnitKind, width="narrow")

    def below(self, parent: Unit) -> NewUnitForm:
        """Offer what may stand below this unit."""
        self.kind.choices = [SelectChoice(kind.value, KIND_NAMES[kind]) for kind in CHILDREN[parent.kind]]
        return self


assert set(Role) - {Role.WORKER} == STAFF, "the role field offers every role but the first"
