"""What every template knows: the person's choices, the menus, the district.

Globals: ``asset('css/app.css')``, ``door('endpoint')`` (address or None), ``menu()``, ``role()``, ``role_name(role)``,
``csrf_field()``. Variables: ``preferences`` (``lang``, ``html_lang``, ``text``, ``theme``), ``district``, ``is_demo``,
``here`` (the path to come back to).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import current_app, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from jinja2 import StrictUndefined
from sqlalchemy.exc import SQLAlchemyError

from app.core.permissions import Role
from app.web import cookies, languages, navigation

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from flask import Flask

    from app.config import Settings

ROLE_NAMES = {
    Role.WORKER: _l("Worker"),
    Role.COUNSELLOR: _l("Counsellor"),
    Role.SUPERVISOR: _l("Supervisor"),
    Role.ADMIN: _l("Administrator"),
    Role.AUDITOR: _l("Auditor"),
}
CHOICES = {"lang": ("zh", "en"), "text": ("normal", "large"), "theme": ("auto", "light", "dark")}


@dataclass(frozen=True)
class Preferences:
    """How this person wants pages to look; kept in cookies of this browser."""

    lang: str
    html_lang: str
    text: str
    theme: str


def init_app(app: Flask, settings: Settings) -> None:
    """Give templates their globals; an unknown name in a template is an error."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.make_globals = partial(_globals, app.jinja_env.globals)  # type: ignore[method-assign]
    app.jinja_env.globals.update(door=navigation.door, menu=menu, role=shown_role, role_name=ROLE_NAMES.__getitem__)
    district, is_demo = settings.district, settings.is_demo

    @app.context_processor
    def know() -> dict[str, Any]:
        return {"preferences": preferences(), "district": district, "is_demo": is_demo, "here": here()}


def _globals(shared: MutableMapping[str, Any], own: Mapping[str, Any] | None) -> MutableMapping[str, Any]:
    """A template's globals as one plain dictionary.

    Jinja compares their names at every import of a macro, which with its own chained mapping takes 0.2 ms of a page.
    """
    return {**shared, **own} if own else shared


def preferences() -> Preferences:
    """The choices in this browser's cookies, or the defaults."""
    lang = languages.chosen_language()
    return Preferences(lang, languages.HTML_LANG[lang], _chosen("text"), _chosen("theme"))


def here() -> str:
    """The path of this page, to come back to after a choice."""
    if request.method not in {"GET", "HEAD"} or not request.query_string:
        return request.path
    return request.full_path


def role() -> Role | None:
    """The role of the person at the screen, None for a stranger."""
    if not hasattr(current_app, "login_manager") or not current_user.is_authenticated:
        return None
    found: Role = current_user.role
    return found


def shown_role() -> Role | None:
    """The role as templates ask for it: None too where the database is down, for help must be on the screen then."""
    try:
        return role()
    except SQLAlchemyError:
        return None


def menu() -> list[navigation.Link]:
    """The menu of the person at the screen."""
    return navigation.links(role())


def _chosen(name: str) -> str:
    chosen = cookies.read(name) or ""
    return chosen if chosen in CHOICES[name] else CHOICES[name][0]
