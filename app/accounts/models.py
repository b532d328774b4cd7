"""Accounts and what signing in needs: sessions, known devices, challenges, limits, invitations, consent."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Half, Model
from app.core.ids import ordered_id, random_id
from app.core.permissions import STAFF, Role
from app.vault import row_seal, sealed

OF_ACCOUNT = ("role", "status", "unit_id", "phone_index", "former_index", "alias_index", "requested_by")
OF_CHALLENGE = ("purpose", "phone_digest", "code_digest", "attempts", "ends_at")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
OF_SESSION = ("token_digest", "account_digest", "seen_at", "ends_at")

UNREADABLE = _l("(cannot be read)")
"""A name whose sealed value is damaged."""


class Lost(str):
    """Nothing, in the place of a text whose sealed value is damaged: nobody is called by it."""

    __slots__ = ()


class Status(enum.StrEnum):
    """Where an account stands: asked for by an admin, invited to set its password, in use, its number gone, closed."""

    REQUESTED = "requested"
    INVITED = "invited"
    ACTIVE = "active"
    FROZEN = "frozen"
    CLOSED = "closed"


class Account(Model):
    """A person who may sign in. Everything that names her is sealed under her own key."""

    __tablename__ = "account"
    __table_args__ = (Index("ix_account_role_unit_id", "role", "unit_id"), {"info": {"half": Half.IDENTITY}})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ordered_id)
    role: Mapped[Role] = mapped_column(Enum(Role, native_enum=False, length=12))
    status: Mapped[Status] = mapped_column(Enum(Status, native_enum=False, length=12), default=Status.ACTIVE)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    occupation: Mapped[str | None] = mapped_column(String(24))
    created_on: Mapped[date] = mapped_column(default=clock.today)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    former_index: Mapped[bytes | None] = mapped_column(LargeBinary(16), index=True)
    alias_index: Mapped[bytes | None] = mapped_column(LargeBinary(16), unique=True)
    requested_by: Mapped[UUID | None] = mapped_column()

    name: Any = sealed("text", owner="id", block=64).or_else(UNREADABLE)
    phone: Any = sealed("text", owner="id", block=64).or_else(Lost())
    email: Any = sealed("text", owner="id", block=128)
    credential: Any = sealed("text", owner="id", block=128)
    recovery: Any = sealed("text", owner="id", block=128)
    second_factor: Any = sealed("totp", owner="id", block=128)
    link: Any = sealed("link", owner="id", block=64)
    seal: Any = row_seal(*OF_ACCOUNT, status=Status.CLOSED, unit_id=None)

    is_authenticated = True
    is_anonymous = False

    @property
    def phone_is_damaged(self) -> bool:
        """Whether there is a number that cannot be read at present."""
        return isinstance(self.phone, Lost)

    @property
    def is_active(self) -> bool:
        """Whether this person may sign in at all."""
        return self.status is Status.ACTIVE

    @property
    def is_staff(self) -> bool:
        """Whether this person works for the programme."""
        return self.role in STAFF

    def get_id(self) -> str:
        """What Flask-Login calls an account."""
        return self.id.hex


class SignedInSession(Model):
    """A session on the server; the browser holds a token of which only a keyed digest is stored."""

    __tablename__ = "signed_in_session"
    __table_args__ = ({"info": {"half": Half.SHARED}, "sqlite_with_rowid": False},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    account_digest: Mapped[bytes] = mapped_column(LargeBinary(16), index=True)
    seen_at: Mapped[datetime] = mapped_column()
    ends_at: Mapped[datetime] = mapped_column(index=True)

    holder: Any = sealed("session", system="session", block=128, bind=OF_SESSION)


class KnownDevice(Model):
    """A browser from which a person confirmed her phone once."""

    __tablename__ = "known_device"
    __table_args__ = ({"info": {"half": Half.IDENTITY}},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ordered_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    created_on: Mapped[date] = mapped_column(default=clock.today)

    seal: Any = row_seal("account_id", "token_digest", "created_on", created_on=LONG_AGO.date())


class Challenge(Model):
    """One open question to a person: a code sent to a phone, or a second factor awaited."""

    __tablename__ = "challenge"
    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts_counted"),
        {"info": {"half": Half.SHARED}, "sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id)
    purpose: Mapped[str] = mapped_column(String(16))
    phone_digest: Mapped[bytes] = mapped_column(LargeBinary(16), index=True)
    code_digest: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    attempts: Mapped[int] = mapped_column(default=0)
    ends_at: Mapped[datetime] = mapped_column(index=True)

    about: Any = sealed("challenge", system="codes", block=128)
    seal: Any = row_seal(*OF_CHALLENGE, ends_at=LONG_AGO)


class Allowance(Model):
    """How often something was tried in a window, counted before the try is judged."""

    __tablename__ = "allowance"
    __table_args__ = ({"info": {"half": Half.SHARED}, "sqlite_with_rowid": False},)

    key: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    used: Mapped[int] = mapped_column(default=0)
    ends_at: Mapped[datetime] = mapped_column(index=True)


class Invitation(Model):
    """A one-time link by which a member of staff sets the first password and second factor."""

    __tablename__ = "invitation"
    __table_args__ = ({"info": {"half": Half.IDENTITY}},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ordered_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    ends_at: Mapped[datetime] = mapped_column()

    seal: Any = row_seal("account_id", "token_digest", "ends_at", ends_at=LONG_AGO)


class Consent(Model):
    """One decision of a worker on one purpose; the newest one holds. Rows are never changed."""

    __tablename__ = "consent"
    __table_args__ = (
        Index("ix_consent_account_id_purpose", "account_id", "purpose"),
        {"info": {"half": Half.IDENTITY}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ordered_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    purpose: Mapped[str] = mapped_column(String(24))
    version: Mapped[int] = mapped_column()
    given: Mapped[bool] = mapped_column()
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)

    seal: Any = row_seal("account_id", "purpose", "version", "given", "decided_at", given=False)
