"""S6: no column that a writer without keys can change opens a door to anybody, whatever her role.

Each bound column of each table is changed to what would help a thief; then people of every role, none of whom has to do
with the worker, try every door. The control does the same with seals that are not judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from app.accounts.models import Account, Challenge, Consent, Invitation, KnownDevice, Status
from app.accounts.services import challenges, consents, devices, staff
from app.accounts.services.challenges import Asker, ChallengeOver, Purpose
from app.accounts.services.sessions import digest
from app.care.models import Case
from app.core import clock
from app.core.database import db, session, table_of, transaction
from app.core.errors import NotFound
from app.core.ids import random_id
from app.core.permissions import Role
from app.home.watching import watch
from app.organisations.models import Unit, UnitKind
from app.organisations.services import unit_by_join_code
from app.safety.models import Alert, DutyShift
from app.safety.services import duty
from app.vault import rows
from tests.accounts.phone import NEW_NUMBER
from tests.client import Client
from tests.promises.test_s6_writer import NEXT_YEAR, refusals, stored
from tests.promises.world import SECRETS, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from flask import Flask

pytestmark = pytest.mark.promise
TOKEN, CODE = "a token that the thief knows", "bbbbbbbbbb"


OPENERS = {
    ("account", "role", "unit_id"), ("account", "role"), ("account", "unit_id"), ("case", "assignee"),
    ("alert", "assignee"), ("duty_shift", "account_id"), ("unit", "path"), ("unit", "parent_id"),
    ("unit", "path", "parent_id"), ("unit", "join_code"), ("known_device", "account_id"),
    ("known_device", "token_digest"), ("invitation", "token_digest"), ("challenge", "purpose"), ("consent", "given"),
}  # fmt: skip
LIKE_DELETING = {("consent", "account_id"), ("consent", "purpose")}
"""Takes a withdrawal away, as deleting its row would, and what she agreed to before counts again; a job names it."""
HOUR = timedelta(hours=1)
SHOWN = {Account, Case, Alert, DutyShift, Unit}
"""What pages show to people who are signed in; the others are asked for by a token."""


@dataclass(frozen=True, eq=False)
class Forgery:
    """One or more columns of one row, as a thief would have them; ``first`` makes room for it."""

    model: Any
    row: UUID
    values: dict[str, Any]
    first: Forgery | None = None


class Scene(World):
    """The world with one of everything that a seal binds, and a stranger of every role."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        people, now = self.people, clock.now()
        self.thieves = {
            Role.WORKER: self.stranger,
            Role.COUNSELLOR: people.other_counsellor,
            Role.SUPERVISOR: people.make(Role.SUPERVISOR, "崧厦督导", unit=people.other_township),
            Role.ADMIN: self.neighbour,
            Role.AUDITOR: people.make(Role.AUDITOR, "崧厦审计", unit=people.other_township),
        }
        assert self.case_id
        assert self.alert_id
        worker, counsellor, admin, supervisor = people.worker, people.counsellor, people.admin, people.supervisor
        with app.app_context(), transaction():
            consents.decide(self.here(worker), consents.RESEARCH, given=False)
            self.device = devices.remember(self.here(worker))
            self.challenge = challenges.send_code(Purpose.FORGOTTEN, NEW_NUMBER, asker=Asker("b")).challenge.id
            duty.give_shift(self.here(counsellor), starts=now - HOUR, ends=now + HOUR)
            asked = staff.request(
                "+8613900009999", role=Role.COUNSELLOR, name="新人", unit=people.district.id, by=self.here(admin)
            )
            session().flush()
            self.invited = staff.approve(asked, by=self.here(supervisor)).account.id
            theirs = select(Consent.id).where(Consent.purpose == consents.RESEARCH, Consent.account_id == worker.id)
            self.refusal = session().scalars(theirs.order_by(Consent.id.desc())).first() or random_id()

    def sign_in(self) -> dict[str, Client]:
        """A browser of each of them."""
        return {role.value: Client(self.app).signed_in_as(thief) for role, thief in self.thieves.items()}

    def doors(self) -> list[str]:
        """Pages that show a record of somebody else, and lists that show many."""
        people = self.people
        records = (
            f"/cases/{self.case_id}", f"/alerts/{self.alert_id}", f"/results/{self.sitting_id}",
            f"/units/{people.district.id}", f"/units/{people.township.id}",
        )  # fmt: skip
        return [*records, "/cases", "/alerts", "/signatures", "/staff", "/audit"]


def only(app: Flask, model: Any, where: Any) -> UUID:
    found: UUID = stored(app, model, where)["id"]
    return found


def forgeries(scene: Scene) -> Iterator[Forgery]:
    """What a thief would write, column by column, and together where one alone is of no use."""
    yield from _of_accounts(scene)
    yield from _of_records(scene)
    yield from _of_units(scene)
    yield from _of_tokens(scene)


def _of_accounts(scene: Scene) -> Iterator[Forgery]:
    people, worker = scene.people, scene.stranger.id
    theirs = stored(scene.app, Account, Account.id == people.worker.id)
    for role in Role:
        yield Forgery(Account, worker, {"role": role, "unit_id": people.district.id})
    for role in (Role.COUNSELLOR, Role.SUPERVISOR, Role.ADMIN):
        yield Forgery(Account, scene.thieves[role].id, {"unit_id": people.district.id})
    yield Forgery(Account, scene.thieves[Role.COUNSELLOR].id, {"role": Role.SUPERVISOR})
    yield Forgery(Account, worker, {"status": Status.FROZEN})
    for column in ("phone_index", "alias_index"):
        emptied = Forgery(Account, people.worker.id, {column: random_id().bytes})
        yield Forgery(Account, worker, {column: theirs[column]}, emptied)
    yield Forgery(Account, worker, {"former_index": theirs["phone_index"]})
    yield Forgery(Account, scene.invited, {"requested_by": people.supervisor.id})


def _of_records(scene: Scene) -> Iterator[Forgery]:
    mine, shift = scene.people.subject_of(scene.stranger), only(scene.app, DutyShift, DutyShift.id.is_not(None))
    for role in (Role.COUNSELLOR, Role.SUPERVISOR):
        yield Forgery(Case, scene.case_id, {"assignee": scene.thieves[role].id})
    yield Forgery(Alert, scene.alert_id, {"assignee": scene.thieves[Role.COUNSELLOR].id})
    yield Forgery(DutyShift, shift, {"account_id": scene.thieves[Role.COUNSELLOR].id})
    for model, row in ((Case, scene.case_id), (Alert, scene.alert_id)):
        yield Forgery(model, row, {"subject_id": mine})
        yield Forgery(model, row, {"open": False})
    yield Forgery(DutyShift, shift, {"starts": clock.now() - 90 * HOUR})
    yield Forgery(DutyShift, shift, {"ends": NEXT_YEAR})


def _of_units(scene: Scene) -> Iterator[Forgery]:
    people, away = scene.people, scene.people.other_township
    values = {"path": people.district.path, "parent_id": None, "kind": UnitKind.DISTRICT, "join_code": CODE}
    for column, value in values.items():
        yield Forgery(Unit, away.id, {column: value})
    below = f"{away.path}{people.township.id.hex}/"
    yield Forgery(Unit, people.township.id, {"path": below, "parent_id": away.id})


def _of_tokens(scene: Scene) -> Iterator[Forgery]:
    app, thief, earlier = scene.app, scene.stranger.id, clock.now() - HOUR
    with app.app_context():
        known, coming = digest(TOKEN, devices.BROWSER), digest(TOKEN, "invitation")
    device = only(app, KnownDevice, KnownDevice.id.is_not(None))
    values: dict[str, Any] = {"account_id": thief, "token_digest": known, "created_on": clock.today() + timedelta(1)}
    yield from (Forgery(KnownDevice, device, {column: value}) for column, value in values.items())
    invitation = only(app, Invitation, Invitation.id.is_not(None))
    values = {"account_id": thief, "token_digest": coming, "ends_at": NEXT_YEAR}
    yield from (Forgery(Invitation, invitation, {column: value}) for column, value in values.items())
    values = {
        "purpose": Purpose.RESET.value, "phone_digest": b"a" * 16, "code_digest": b"a" * 16, "attempts": 1,
        "ends_at": NEXT_YEAR,
    }  # fmt: skip
    yield from (Forgery(Challenge, scene.challenge, {column: value}) for column, value in values.items())
    values = {"account_id": thief, "purpose": consents.CONTACT, "version": 9, "given": True, "decided_at": earlier}
    yield from (Forgery(Consent, scene.refusal, {column: value}) for column, value in values.items())


def open_to(scene: Scene, browsers: dict[str, Client]) -> set[tuple[str, str]]:
    """Who gets in where, and which of the worker's secrets each of them reads."""
    found = {("anybody", name) for name, opens in TOKENS.items() if _says_yes(scene, opens)}
    for name, browser in browsers.items():
        for door in scene.doors():
            answer = browser.http.get(door)
            if answer.status_code == 200:
                text = answer.get_data(as_text=True)
                found |= {(name, door), *((name, f"{door} {secret}") for secret in SECRETS if secret in text)}
    return found


TOKENS: dict[str, Callable[[Scene], object]] = {
    "device of a thief": lambda scene: devices.is_known(scene.stranger.id, scene.device),
    "device by another token": lambda scene: devices.is_known(scene.people.worker.id, TOKEN),
    "invitation by another token": lambda _scene: staff.fetch_invited(TOKEN),
    "challenge": lambda scene: challenges.fetch(scene.challenge, Purpose.RESET, browser="b"),
    "consent": lambda scene: consents.has_consented(scene.people.worker.id, consents.RESEARCH),
    "poster": lambda _scene: unit_by_join_code(CODE),
}


def _says_yes(scene: Scene, opens: Callable[[Scene], object]) -> bool:
    with scene.app.app_context(), transaction():
        try:
            return bool(opens(scene))
        except (NotFound, ChallengeOver):
            return False


def opened_by(scene: Scene, forgery: Forgery, before: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """What is open after a forgery that was not before, to people who were signed in already; then all is put back."""
    browsers = scene.sign_in() if forgery.model in SHOWN else {}
    done = [each for each in (forgery.first, forgery) if each]
    kept = [stored(scene.app, each.model, each.model.id == each.row) for each in done]
    for each in done:
        put(scene.app, each, each.values)
    opened = open_to(scene, browsers) - before
    for each, values in reversed(list(zip(done, kept, strict=True))):
        put(scene.app, each, {column: values[column] for column in each.values})
    return opened


def _names(forgery: Forgery) -> tuple[str, ...]:
    return (forgery.model.__tablename__, *forgery.values)


def put(app: Flask, forgery: Forgery, values: dict[str, Any]) -> None:
    with app.app_context(), db.engine.begin() as connection:
        one = update(table_of(forgery.model)).where(forgery.model.id == forgery.row)
        assert connection.execute(one.values(**values)).rowcount == 1


def test_every_bound_column_opens_nothing_to_anybody(app: Flask) -> None:
    scene = Scene(app)
    tried = list(forgeries(scene))
    bound = {(table, name) for table, place in rows.sealed_tables().items() for name in place.terms.bind}
    assert {(each.model.__tablename__, name) for each in tried for name in each.values} == bound

    before = open_to(scene, scene.sign_in())
    assert before
    opened = {each: found for each in tried if (found := opened_by(scene, each, before))}
    assert {each: found for each, found in opened.items() if _names(each) not in LIKE_DELETING} == {}


@pytest.mark.parametrize("column", ["account_id", "purpose"])
def test_a_withdrawal_that_was_taken_away_is_named(app: Flask, column: str) -> None:
    scene = Scene(app)
    found = next(each for each in _of_tokens(scene) if _names(each) == ("consent", column))
    put(app, found, found.values)
    with app.app_context():
        assert watch() == 1
    assert refusals(app) == 1


def test_the_same_columns_open_doors_where_nothing_is_judged(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(app)
    tried = list(forgeries(scene))
    monkeypatch.setattr(rows, "_is_sound", lambda *_row: True)
    before = open_to(scene, scene.sign_in())
    opened = {_names(each) for each in tried if opened_by(scene, each, before)}

    assert opened >= OPENERS
