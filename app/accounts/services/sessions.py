"""Sessions: rows on the server, opened at sign-in, found by a token, ended at sign-out."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update

from app import audit, vault
from app.accounts.models import OF_SESSION, Account, KnownDevice, SignedInSession
from app.core import clock
from app.core.database import at_end, in_transaction, memory, session, table_of
from app.vault import rows

if TYPE_CHECKING:
    from sqlalchemy import Row

IDLE = timedelta(minutes=15)
WORKER_SHIFT = timedelta(hours=12)
STAFF_SHIFT = timedelta(hours=8)
TOUCH_EVERY = timedelta(minutes=1)
_END = "end of the session"
_SESSION = table_of(SignedInSession)
_OPENED = select(*_SESSION.c["id", "holder", *OF_SESSION]).where(_SESSION.c.token_digest == bindparam("token"))
_HELD_BY = select(Account).where(Account.id == bindparam("account"))


def open_session(account: Account, *, second_factor: bool) -> str:
    """Start a session for a person who proved who she is; returns the token for her browser.

    ``second_factor`` says whether she gave one: without it a session opens nothing to a member of staff.
    """
    token, now = secrets.token_urlsafe(32), clock.now()
    session().add(
        SignedInSession(
            token_digest=digest(token),
            account_digest=_account_digest(account.id),
            seen_at=now,
            ends_at=now + (STAFF_SHIFT if account.is_staff else WORKER_SHIFT),
            holder={"account": account.id.hex, "second_factor": second_factor},
        )
    )
    audit.act_as(account.id)
    audit.record("account.signed_in", account.id)
    return token


def find_account(token: str) -> Account | None:
    """The active person whose session this token opens, or None where it is unknown, idle too long or over."""
    row = session().execute(_OPENED, {"token": digest(token)}).first()
    now = clock.now()
    if row is None or row.ends_at <= now or row.seen_at + IDLE <= now:
        return None
    holder = _holder_of(row)
    account = session().scalar(_HELD_BY, {"account": UUID(holder["account"])}) if holder else None
    if account is None or not account.is_active or (account.is_staff and not holder["second_factor"]):
        return None
    if (remembered := memory()) is not None:
        remembered[_END] = row.ends_at
    if row.seen_at + TOUCH_EVERY <= now and in_transaction():
        _touch_at_end(row, holder)
    return account


def seconds_left() -> tuple[int, int]:
    """How long the session of the present request lives if nothing more comes, and at most; zeros where there is none.

    Being seen is noted once a minute, so the first is a minute short: it may say less than is true, never more.
    """
    end = (memory() or {}).get(_END)
    if end is None:
        return 0, 0
    return int((IDLE - TOUCH_EVERY).total_seconds()), int((end - clock.now()).total_seconds())


def count(account_id: UUID) -> int:
    """In how many browsers a person is signed in now."""
    now = clock.now()
    open_ones = (
        SignedInSession.account_digest == _account_digest(account_id),
        SignedInSession.ends_at > now,
        SignedInSession.seen_at > now - IDLE,
    )
    return session().scalar(select(func.count()).select_from(SignedInSession).where(*open_ones)) or 0


def end_session(token: str) -> None:
    """End this session on the server: the token opens nothing any more."""
    session().execute(delete(SignedInSession).where(SignedInSession.token_digest == digest(token)))


def end_all(account_id: UUID) -> None:
    """End every session of a person, after a new password or when the account is closed."""
    session().execute(delete(SignedInSession).where(SignedInSession.account_digest == _account_digest(account_id)))


def leave_everywhere(account: Account) -> None:
    """End every session of a person and forget the browsers she made known."""
    end_all(account.id)
    session().execute(delete(KnownDevice).where(KnownDevice.account_id == account.id))
    audit.record("account.signed_out_everywhere", account.id)


def digest(token: str, purpose: str = "session") -> bytes:
    """The keyed digest under which a token is stored; a token of one purpose leads nowhere for another."""
    return vault.reference("session", purpose, token)


def _account_digest(account_id: UUID) -> bytes:
    return vault.reference("session", "account", account_id.bytes)


def _holder_of(row: Row[Any]) -> dict[str, Any]:
    """What the session's sealed value says; nothing, where it is another session's or the row was changed."""
    try:
        holder: dict[str, Any] = vault.open_for(SignedInSession.holder, row.holder, row=row.id, bound=_bound(row))
    except vault.VaultError as error:
        rows.refuse(error, SignedInSession.__tablename__, row.id, row)
        return {}
    return holder


def _bound(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in OF_SESSION}


def _touch_at_end(row: Row[Any], holder: dict[str, Any]) -> None:
    moment = clock.now()
    bound = {**_bound(row), "seen_at": moment}
    unchanged = update(SignedInSession).where(SignedInSession.id == row.id, SignedInSession.holder == row.holder)
    blob = vault.seal_for(SignedInSession.holder, row=row.id, value=holder, bound=bound)
    at_end(lambda: session().execute(unchanged.values(seen_at=moment, holder=blob)))
