"""The page of one case, whichever form on it was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import redirect, url_for

from app.accounts.current import viewer
from app.care import pictures, services
from app.care.forms import ContactForm, NoteForm, ReasonForm, ReviewForm, TierForm
from app.care.services.entries import CHANNEL_NAMES, OUTCOME_NAMES
from app.care.state import HAPPENING_NAMES, NEXT, STAGE_NAMES, Stage
from app.care.tiers import load_table
from app.core import clock
from app.organisations.occupations import occupation_name
from app.safety.services import staff_names
from app.web.languages import chosen_language
from app.web.rendering import UNPROCESSABLE, render

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from app.care.models import Case
    from app.web.forms import Form


def case_page(case: Case, *, status: int = UNPROCESSABLE, **sent: Form) -> Response:
    """The page; ``sent`` is the one form that was refused, with ``status``, and shows its errors."""
    life, language = services.read_case(case), chosen_language()
    return render(
        "care/counsellor/show_case.html",
        status=status if sent else None,
        case=case,
        life=life,
        state=life.state,
        tiers=load_table().tiers,
        reasons=[(load_table().rule(code).reason(language).format(value=value)) for code, value in life.state.reasons],
        pictures=pictures.trends(life.state, language),
        profile=pictures.profile(life.profile(), language),
        band=pictures.band,
        next_stage=NEXT.get(life.state.stage),
        now=clock.now(),
        me=viewer().id,
        language=language,
        **_forms(life.state, sent),
        **_words(life.person, language),
    )


def damaged_case_page(case: Case) -> Response:
    """A case whose file cannot be read: the person, her phone and everything beside the file."""
    remains, language = services.read_remains(case), chosen_language()
    return render(
        "care/counsellor/show_damaged_case.html",
        case=case,
        remains=remains,
        band=pictures.band,
        me=viewer().id,
        language=language,
        tiers=load_table().tiers,
        **_words(remains.person, language),
    )


def to_case(case: Case) -> AnyResponse:
    """Back to the case after something was done."""
    return redirect(url_for("care_counsellor.show_case", case_id=case.id))


def _forms(state: Any, sent: dict[str, Form]) -> dict[str, Form]:
    fresh: dict[str, Form] = {
        "contact": ContactForm(formdata=None),
        "note": NoteForm(formdata=None),
        "tier": TierForm(formdata=None),
        "review": ReviewForm(formdata=None, day=state.next_review),
        "closing": ReasonForm(formdata=None),
    }
    tier = fresh["tier"]
    if isinstance(tier, TierForm):
        chosen = next(each for each in (state.waiting, state.suggested, state.tier) if each is not None)
        tier.offer(chosen).tier.data = chosen
    return {f"{name}_form": form for name, form in (fresh | sent).items()}


def _words(person: Any, language: str) -> dict[str, Any]:
    return {
        "names": staff_names(),
        "stages": [(stage, STAGE_NAMES[stage]) for stage in Stage if stage is not Stage.CLOSED],
        "stage_names": STAGE_NAMES,
        "channels": CHANNEL_NAMES,
        "outcomes": OUTCOME_NAMES,
        "history": HAPPENING_NAMES,
        "occupation": occupation_name(person.occupation, language) if person else "",
    }
