"""What a counsellor fills in while an alert runs."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.fields import SelectChoice

from app.safety.steps import Kind
from app.web.fields import AreaField, CardsField, ChoiceField, at_most, required
from app.web.forms import Form

"""Spaces alone say nothing."""

CHANNEL_NAMES = {
    "phone": _l("Phone call"),
    "visit": _l("Visit"),
    "message": _l("Message"),
    "family": _l("Through family"),
}
CONTACT_NAMES = {"reached": _l("Reached"), "not_reached": _l("Not reached")}
RISK_NAMES = {
    "low": _l("Low: thoughts, no plan"),
    "medium": _l("Medium: thoughts and burden, no firm plan"),
    "high": _l("High: plan or intent"),
    "acute": _l("Acute: danger right now"),
}
DECISION_NAMES = {
    "follow": _l("Follow up closely"),
    "accompany": _l("Somebody stays with the person"),
    "hospital": _l("Suggest a hospital at once"),
    "emergency": _l("120 or 110 called"),
    "unfounded": _l("Answered by mistake"),
}
PLAN_NAMES = {
    "safety_plan": _l("Safety plan made"),
    "referral": _l("Referral made"),
    "none_needed": _l("Answered by mistake"),
}


def _choices(names: dict[str, object]) -> list[SelectChoice]:
    return [SelectChoice(value, name) for value, name in names.items()]


class ContactStep(Form):
    """A contact or an attempt at one."""

    channel = ChoiceField(_l("How"), choices=_choices(CHANNEL_NAMES))
    choice = CardsField(_l("Outcome"), [required()], choices=_choices(CONTACT_NAMES), width="row")
    text = AreaField(_l("What was said or tried"), [required(), at_most(2000)])


class AssessmentStep(Form):
    """A structured look at the risk."""

    choice = ChoiceField(_l("Risk"), choices=_choices(RISK_NAMES))
    text = AreaField(
        _l("What you found"),
        [required(), at_most(2000)],
        description=_l("Thoughts, plan, means, earlier attempts, what holds the person, who is near."),
    )


class DecisionStep(Form):
    """What was decided."""

    choice = ChoiceField(_l("Decision"), choices=_choices(DECISION_NAMES))
    text = AreaField(_l("Why"), [required(), at_most(2000)])


class PlanStep(Form):
    """A safety plan or a referral."""

    choice = ChoiceField(_l("What was made"), choices=_choices(PLAN_NAMES))
    text = AreaField(
        _l("The plan in short"),
        [required(), at_most(2000)],
        description=_l("Warning signs, what helps, whom to call, safe surroundings, next talk."),
    )


class ReturnForm(Form):
    """Why a closing goes back."""

    reason = AreaField(_l("What is missing"), [required(), at_most(1000)])


STEP_FORMS: dict[Kind, type[Form]] = {
    Kind.CONTACT: ContactStep,
    Kind.ASSESSMENT: AssessmentStep,
    Kind.DECISION: DecisionStep,
    Kind.PLAN: PlanStep,
}
CHOICE_NAMES: dict[Kind, dict[str, object]] = {
    Kind.CONTACT: CONTACT_NAMES,
    Kind.ASSESSMENT: RISK_NAMES,
    Kind.DECISION: DECISION_NAMES,
    Kind.PLAN: PLAN_NAMES,
}
KIND_NAMES = {
    Kind.ACKNOWLEDGED: _l("Taken"),
    Kind.CONTACT: _l("Contact"),
    Kind.ASSESSMENT: _l("Risk assessment"),
    Kind.DECISION: _l("Decision"),
    Kind.PLAN: _l("Safety plan or referral"),
    Kind.PROPOSED: _l("Closing proposed"),
    Kind.RETURNED: _l("Closing returned"),
    Kind.SIGNED: _l("Signed and closed"),
    Kind.ESCALATED: _l("More people were told"),
    Kind.PUT_BACK: _l("Put back on the board: its row had been changed past the program"),
}
