"""What somebody typed into a form: which fields may be kept, and who keeps them when the form cannot be stored.

The room ``unsent`` does the keeping. It stands above this one, so it hands itself over as the ``Keeper`` of the
application; without one, nothing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import wtforms
from flask import current_app, g, request
from flask_login import current_user
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from wtforms.csrf.core import CSRFTokenField
from wtforms.fields.core import UnboundField

from app.web import fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from uuid import UUID

    from flask import Flask, Response

    from app.web.forms import Form

KEEPER, CLOCK = "xingfu.keeper", "xingfu.session_clock"
ORIGIN = "origin"
SECRET = (fields.PasswordField, fields.CodeField, fields.SecretField, wtforms.FileField, CSRFTokenField)
"""What is never kept."""
NOT_FREE = (*SECRET, fields.PhoneField, fields.SearchField)


@dataclass(frozen=True)
class Rescued:
    """What became of the text in a refused post: kept until a moment, or shown again so that it can be copied."""

    page: str
    until: datetime | None = None
    is_own: bool = False
    texts: tuple[str, ...] = ()


class Keeper(Protocol):
    """Who keeps what was typed."""

    def field(self, form: Form) -> str:
        """The hidden field by which a post is known to come from this form, as shown to this person."""

    def restore(self, forms: list[Form]) -> None:
        """Fill forms that are about to be shown with what was typed into them before."""

    def forget(self) -> None:
        """The present post was stored: what was kept of it goes, in the same transaction."""

    def rescue(self, *, lapsed: bool) -> Rescued | None:
        """The present post is refused; ``lapsed`` where it found no session, or one that is not its own."""


def keep_with(app: Flask, keeper: Keeper) -> None:
    """Hand over who keeps what is typed."""
    app.extensions[KEEPER] = keeper
    app.jinja_env.globals["origin_field"] = origin_field


def tell_time_by(app: Flask, clock: Callable[[], tuple[int, int]]) -> None:
    """Hand over who knows how many seconds the present session lives, if nothing more comes and at most."""
    app.extensions[CLOCK] = clock


def seconds_left() -> dict[str, int]:
    """How many seconds the present session lives: ``idle`` if nothing more comes, ``left`` at most."""
    idle, left = current_app.extensions[CLOCK]()
    return {"idle": idle, "left": left}


def kept_fields(kind: type[Form]) -> frozenset[str]:
    """The fields of a form whose content may be kept: all but passwords, codes, files and tokens."""
    return frozenset(name for name, field in _fields(kind) if not issubclass(field.field_class, SECRET))


def free_fields(kind: type[Form]) -> frozenset[str]:
    """The fields of a form that take free text; a form without any is quickly filled in again."""
    texts = ((name, field.field_class) for name, field in _fields(kind))
    return frozenset(n for n, cls in texts if issubclass(cls, fields.TextField) and not issubclass(cls, NOT_FREE))


def label_of(kind: type[Form], name: str) -> object:
    """What a field of a form is called."""
    return dict(_fields(kind))[name].args[0]


def viewer_id() -> UUID | None:
    """The person at the screen, None for a stranger."""
    found: UUID | None = current_user.id if current_user.is_authenticated else None
    return found


def origin_field(form: Form) -> Markup:
    """The hidden field of a form whose content is kept; ``hidden_tag`` holds it already."""
    keeper = _keeper()
    if keeper is None or not free_fields(type(form)):
        return Markup()
    macros: Any = current_app.jinja_env.get_template("components/unsent.html").module
    return Markup(macros.origin(keeper.field(form), form, seconds_left()))  # noqa: S704


def restore(context: Mapping[str, object]) -> None:
    """Fill every form of a page with what was typed into it before."""
    keeper = _keeper()
    if keeper and (forms := [form for form in _forms_in(context) if free_fields(type(form)) and not was_sent(form)]):
        keeper.restore(forms)
        g.has_restored = any(form.restored for form in forms)


def was_sent(form: Form) -> bool:
    """Whether a form holds what the present request sent."""
    return any(field.raw_data is not None for field in form)


def forget(response: Response) -> None:
    """After a post that led on to another page: it was stored."""
    keeper = _keeper()
    if keeper and 300 <= response.status_code < 400 and ORIGIN in request.form:
        keeper.forget()


def rescue(*, lapsed: bool) -> Rescued | None:
    """What becomes of the text in a post that is refused; None where it held none."""
    keeper = _keeper()
    return keeper.rescue(lapsed=lapsed) if keeper and request.method == "POST" and _is_readable() else None


def _is_readable() -> bool:
    """Whether the body can be read at all: one that is too big or broken raises again at each look."""
    try:
        return ORIGIN in request.form
    except HTTPException:
        return False


def _keeper() -> Keeper | None:
    found: Keeper | None = current_app.extensions.get(KEEPER)
    return found


def _fields(kind: type[Form]) -> list[tuple[str, Any]]:
    found = ((name, getattr(kind, name, None)) for name in dir(kind))
    return [(name, field) for name, field in found if isinstance(field, UnboundField)]


def _forms_in(context: Mapping[str, object]) -> Iterator[Form]:
    for value in context.values():
        for each in value.values() if isinstance(value, dict) else (value,):
            if isinstance(each, wtforms.Form) and hasattr(each, "restored"):
                yield each
