"""Between forms and kept texts: what a form carries, what it is filled with, what becomes of a refused post."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MultiDict

from app.core.database import transaction
from app.core.errors import NotFound
from app.core.ids import random_id
from app.unsent import services
from app.unsent.origin import Origin, read_field
from app.vault import VaultError
from app.web import typed
from app.web.context import here
from app.web.forms import Form
from app.web.typed import Rescued

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from app.unsent.services import Values


class FormKeeper:
    """Keeps what is typed into the forms of this application."""

    def field(self, form: Form) -> str:
        """Where this form is shown and to whom, sealed."""
        sent = _sent()
        if sent and sent.form == _name(type(form)) and typed.was_sent(form):
            return sent.as_field()
        account = typed.viewer_id()
        owner = form.subject or services.owner_of(request.view_args or {}) or account
        return _origin(form, owner=owner).as_field()

    def restore(self, forms: list[Form]) -> None:
        """Fill the forms of a page with what the person typed into them before."""
        account = typed.viewer_id()
        if account is None:
            return
        places = {_origin(form, owner=account).place: form for form in forms}
        for place, kept in services.at_places(list(places), account).items():
            _fill(places[place], kept.values)
            places[place].restored, places[place].restored_from = kept.at, kept.origin.id

    def forget(self) -> None:
        """The present post was stored."""
        origin, account = _sent(), typed.viewer_id()
        if origin and account:
            services.forget(origin, account)

    def rescue(self, *, lapsed: bool) -> Rescued | None:
        """Keep the text of a post that found no session of its own; else show it, so that it can be copied."""
        origin = _sent()
        kind = _kinds().get(origin.form) if origin else None
        texts = _texts(kind) if kind else ()
        if origin is None or kind is None or not texts:
            return None
        until = _kept(origin, kind) if lapsed else None
        if until is None:
            return Rescued(origin.page, texts=texts)
        return Rescued(origin.page, until, is_own=typed.viewer_id() == origin.account)


def save_draft() -> datetime | None:
    """Keep what somebody is typing; returns until when, None where she has emptied the form again.

    Raises ``NotFound`` for a form that was not shown to her.
    """
    origin = _sent()
    kind = _kinds().get(origin.form) if origin else None
    if origin is None or kind is None or origin.account is None or origin.account != typed.viewer_id():
        raise NotFound
    if not _texts(kind):
        services.forget(origin, origin.account)
        return None
    return services.keep(origin, _values(kind), is_post=False)


def kind_of(origin: Origin) -> type[Form] | None:
    """The form class that an origin names, None where a newer version has it no more."""
    return _kinds().get(origin.form)


def _kept(origin: Origin, kind: type[Form]) -> datetime | None:
    try:
        with transaction():
            return services.keep(origin, _values(kind), is_post=True)
    except (SQLAlchemyError, VaultError):
        return None


def _origin(form: Form, *, owner: UUID | None) -> Origin:
    sent = _sent()
    return Origin(
        random_id(),
        typed.viewer_id(),
        _name(type(form)),
        page=sent.page if sent else here(),
        about=form.about.hex if form.about else "",
        owner=owner,
        source=form.restored_from,
    )


def _sent() -> Origin | None:
    """The origin that the present post sent along."""
    return read_field(request.form.get(typed.ORIGIN, "")) if request.method == "POST" else None


def _values(kind: type[Form]) -> Values:
    return {name: request.form.getlist(name) for name in typed.kept_fields(kind) if name in request.form}


def _texts(kind: type[Form]) -> tuple[str, ...]:
    return tuple(text for name in sorted(typed.free_fields(kind)) if (text := request.form.get(name, "").strip()))


def _fill(form: Form, values: Values) -> None:
    sent = MultiDict([(name, text) for name, texts in values.items() for text in texts])
    for name in typed.kept_fields(type(form)):
        if name in form:
            form[name].process(sent)


def _name(kind: type[Form]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _kinds() -> dict[str, type[Form]]:
    return {_name(kind): kind for kind in _below(Form)}


def _below(kind: type[Form]) -> Iterator[type[Form]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)
