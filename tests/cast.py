"""The cast: a worker, another worker, their counsellor, another counsellor, a supervisor, an admin, an auditor."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect

from app.accounts.services import consents, links, passwords
from app.accounts.services.registration import new_account
from app.core.database import session, transaction
from app.core.permissions import Role
from app.organisations.models import Unit, UnitKind
from app.organisations.services import add_unit
from app.subjects import services as subjects

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask

    from app.accounts.models import Account

PASSWORD = "demo-xingfu-2026"


class Cast:
    """People that come to life when first named; each holds the password ``PASSWORD``."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._born = 0

    @cached_property
    def district(self) -> Unit:
        """The district, top of the tree."""
        return self._unit("上虞区总工会", UnitKind.DISTRICT, None)

    @cached_property
    def township(self) -> Unit:
        """A township-level unit of the district."""
        return self._unit("百官街道总工会", UnitKind.TOWNSHIP, self.district)

    @cached_property
    def other_township(self) -> Unit:
        """A sibling of it."""
        return self._unit("崧厦街道总工会", UnitKind.TOWNSHIP, self.district)

    @cached_property
    def worker(self) -> Account:
        """A delivery rider."""
        return self.make(Role.WORKER, "王小骑", unit=self.township, occupation="delivery_rider")

    @cached_property
    def other_worker(self) -> Account:
        """A courier of another township."""
        return self.make(Role.WORKER, "李大件", unit=self.other_township, occupation="courier")

    @cached_property
    def counsellor(self) -> Account:
        """The worker's counsellor."""
        return self.make(Role.COUNSELLOR, "陈静", unit=self.district)

    @cached_property
    def other_counsellor(self) -> Account:
        """Somebody else's counsellor."""
        return self.make(Role.COUNSELLOR, "周宁", unit=self.district)

    @cached_property
    def supervisor(self) -> Account:
        """The supervisor of both."""
        return self.make(Role.SUPERVISOR, "沈督导", unit=self.district)

    @cached_property
    def admin(self) -> Account:
        """The district's admin."""
        return self.make(Role.ADMIN, "管理员", unit=self.district)

    @cached_property
    def township_admin(self) -> Account:
        """An admin of one township alone."""
        return self.make(Role.ADMIN, "街道管理员", unit=self.township)

    @cached_property
    def auditor(self) -> Account:
        """The auditor."""
        return self.make(Role.AUDITOR, "审计员", unit=self.district)

    def make(self, role: Role, name: str, *, unit: Unit | None = None, occupation: str | None = None) -> Account:
        """Bring another person to life; a worker agrees to every purpose."""
        unit_id = unit.id if unit else None
        with self.app.app_context():
            if role is Role.WORKER:
                subjects.refill(1)
            self._born += 1
            with transaction():
                account = new_account(f"+861390000{self._born:04d}", role=role, name=name)
                account.unit_id, account.occupation = unit_id, occupation
                account.credential = passwords.hash_password(PASSWORD)
                if role is Role.WORKER:
                    links.give_subject(account)
                    session().flush()
                    self._agree(account)
            self._detach(account)
            return account

    def subject_of(self, account: Account) -> UUID:
        """The subject of a worker."""
        with self.app.app_context(), transaction(writes=False):
            return links.subject_of(session().get_one(type(account), inspect(account).identity))

    def _agree(self, account: Account) -> None:
        for purpose in consents.purposes():
            consents.decide(account, purpose, given=True)

    def _unit(self, name: str, kind: UnitKind, parent: Unit | None) -> Unit:
        with self.app.app_context():
            with transaction():
                unit = add_unit(name, kind=kind, parent=parent)
            self._detach(unit)
            return unit

    def _detach(self, row: Any) -> None:
        session().refresh(row)
        session().expunge(row)
        session().rollback()
