"""Every form with free text, opened by whoever may write in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any

from app.care import services as care
from app.care.models import Case
from app.core.database import session, transaction
from app.core.permissions import Role
from app.courses.services import planning
from app.safety import services as safety
from app.safety.models import Alert
from app.unsent.keeping import kind_of
from app.unsent.origin import read_field
from app.web import typed
from app.web.forms import Form
from tests.client import Client, Page
from tests.promises.world import World
from tests.safety.scenes import on_duty, proposed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from app.accounts.models import Account
    from tests.client import ShownForm

MARK = "写到一半的话"


def kinds_with_text() -> set[str]:
    """The names of all form classes of the product that take free text."""
    return {kind.__name__ for kind in _below(Form) if kind.__module__.startswith("app.") and typed.free_fields(kind)}


def _below(kind: type[Form]) -> Iterator[type[Form]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


@dataclass
class Written:
    """One form that somebody is writing in: what she typed by field."""

    kind: type[Form]
    form: ShownForm
    path: str
    texts: dict[str, str]

    @property
    def action(self) -> str:
        """Where it is sent."""
        return self.form.action or self.path

    def data(self, **more: Any) -> dict[str, Any]:
        """What the browser sends."""
        return {**self.form.values, **self.texts, **more}


class Desk:
    """A world in which every form with free text stands on some page."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._numbers = count(100)
        self.world = World(app)
        people = self.world.people
        on_duty(app, people.counsellor)
        other_alert = proposed(app, people.subject_of(people.other_worker), people.counsellor)
        self._act()
        case, township = f"/cases/{self.world.case_id}", people.other_township.id
        steps = ("contact", "assessment", "decision", "plan")
        resources = (f"/lectures/manage/resources/{sort}/new" for sort in ("series", "venue", "lecturer"))
        units = (f"/units/{township}/add", f"/units/{township}/edit")
        self.pages: dict[str, tuple[Account, list[str]]] = {
            "counsellor": (
                people.counsellor,
                [
                    case,
                    f"{case}/notes/{self.world.entry_id}",
                    f"{case}/lectures",
                    *(f"/alerts/{self.world.alert_id}?step={step}" for step in steps),
                ],
            ),
            "supervisor": (people.supervisor, [f"/alerts/{other_alert}", "/signatures"]),
            "admin": (self.world.neighbour, ["/lectures/manage/new", *resources, "/staff/request", *units]),
            "worker": (people.worker, ["/me/profile"]),
        }
        make, district = people.make, people.district
        self.others = {
            "counsellor": [people.other_counsellor, people.supervisor],
            "supervisor": [make(Role.SUPERVISOR, "沈督导", unit=district), people.counsellor],
            "admin": [make(Role.ADMIN, "另一管理员", unit=people.other_township), people.counsellor],
            "worker": [people.other_worker],
        }

    def _act(self) -> None:
        """Take the alert, ask for a signature, and plan a lecture that nobody has recommended yet."""
        world = self.world
        with self.app.app_context(), transaction():
            counsellor = world.here(world.people.counsellor)
            safety.acknowledge(session().get_one(Alert, world.alert_id), by=counsellor)
            care.confirm_tier(session().get_one(Case, world.case_id), 3, by=counsellor, why="需要更多支持")
        planner = world.people.admin
        with self.app.app_context(), transaction():
            admin = world.here(planner)
            plan = replace(world._plan(admin), for_units=frozenset(), topic="和家人好好说话")
            planning.create_lecture(plan, by=admin)

    def write(self, client: Client, path: str) -> list[Written]:
        """Open a page and type into every form with free text that it shows."""
        page = self.open(client, path)
        return [self._typed(kind, form, path) for kind, form in self.forms(page)]

    @staticmethod
    def open(client: Client, path: str) -> Page:
        """A page, whatever its status."""
        client.page = Page(client.http.get(path, follow_redirects=True))
        return client.page

    def forms(self, page: Page) -> list[tuple[type[Form], ShownForm]]:
        """The forms of a page that carry an origin, with their classes."""
        found = []
        with self.app.app_context():
            for form in page.forms:
                origin = read_field(form.values.get("origin", [""])[0])
                if origin and (kind := kind_of(origin)):
                    found.append((kind, form))
        return found

    def _typed(self, kind: type[Form], form: ShownForm, path: str) -> Written:
        names = sorted(typed.free_fields(kind) & form.names)
        return Written(kind, form, path, {name: f"{MARK}{next(self._numbers)}" for name in names})
