"""The fictional district for the browser tests: loaded once, with addresses that only an act leads to."""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import select

from app import create_app
from app.accounts.models import Account
from app.accounts.services import challenges, links, numbers, recovery, registration, sign_in, staff
from app.accounts.services.challenges import Asker, Purpose
from app.accounts.views.browser import BROWSER
from app.care.services import entries, records
from app.config import Mode
from app.core.database import session, transaction
from app.core.ids import random_id
from app.core.permissions import Role
from app.home.demo.words import words
from app.organisations.models import Unit
from app.screening import services as screening
from app.unsent import services as unsent
from app.unsent.origin import Origin
from app.web import assets
from tests.browser.chinese import Content
from tests.browser.conftest import Live, serving
from tests.cast import Cast
from tests.installation import _copy_databases, close, settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID

    from flask import Flask

    from tests.installation import Installation

CAST = {row["key"]: f"+861380000{number:04d}" for number, row in enumerate(words()["cast"], 1)}
"""The phone of each member of the demo's cast."""
STRANGER = Asker(browser="a stranger's browser")


@contextmanager
def demo_district(folder: Path, installation: Installation, *, workers: int) -> Iterator[Live]:
    """A fictional district with a year of history in a folder of its own, served."""
    assert installation.template is not None
    _copy_databases(installation.template, folder)
    keyring, root_key = installation.settings.keyring, installation.settings.root_key
    settings = replace(settings_for(folder), mode=Mode.DEMO, argon2_kib=19 * 1024, keyring=keyring, root_key=root_key)
    assets.build(settings)
    app = create_app(settings)
    loaded = app.test_cli_runner().invoke(args=["demo", "load", "--workers", str(workers)])
    assert loaded.exit_code == 0, loaded.output
    with serving(app) as address:
        yield Live(address, app, Cast(app))
    close(app)


def content_of(app: Flask) -> Content:
    """What people wrote in this district: names, units, topics, notes."""
    with app.app_context(), transaction(writes=False):
        names = [account.name for account in session().scalars(select(Account))]
        units = session().scalars(select(Unit.name)).all()
    return Content([*names, *units, *_texts(words()), app.config["XINGFU"].district])


def sign_in_as(who: str, live: Live) -> list[Any]:
    """The cookies of a member of the cast or of a stranger, in the browser in which the steps below began."""
    signer = SecureCookieSessionInterface().get_signing_serializer(live.app)
    assert signer is not None
    page = signer.dumps({BROWSER: STRANGER.browser})
    begun = {"name": live.app.config["SESSION_COOKIE_NAME"], "value": page, "url": live.address}
    if who not in CAST:
        return [begun]
    with live.app.app_context(), transaction(writes=False):
        account = _account(who)
    return [begun, *live.cookies_of(account)]


def doors(app: Flask) -> dict[str, list[str]]:
    """Addresses that no link leads to, by who may open them: codes on their way, an invitation, a sitting."""
    found: dict[str, list[str]] = defaultdict(list)
    with app.app_context():
        with transaction():
            found["stranger"] = list(_steps_of_strangers())
        with transaction(writes=False):
            rider = links.subject_of(_account("worker"))
        with transaction():
            sitting = screening.start(rider, "wellbeing")
        with transaction():
            about = {"phone": "+8613812345677", "account": _account("worker").id.hex}
            moving = challenges.prove(Purpose.MOVE, about, STRANGER).id
        with transaction():
            found["counsellor"] = [_note_about(rider), "/unsent"]
        with transaction():
            account = _account("counsellor").id
            form = Origin(random_id(), account, form="app.care.forms.NoteForm", page="/cases", owner=account)
            unsent.keep(form, {"text": ["她说昨晚睡了五个小时。"]}, is_post=True)
    found["worker"] = [
        f"/sittings/{sitting.id}/who5",
        "/consent",
        "/questionnaires/quick/consent",
        f"/me/phone/{moving}",
    ]
    return found


def _steps_of_strangers() -> Iterator[str]:
    unit = session().scalars(select(Unit).where(Unit.join_code.is_not(None))).first()
    assert unit is not None
    yield f"/q/{unit.join_code}"
    yield f"/join/{unit.join_code}"
    new, known = "+8613812345678", CAST["worker"]
    yield f"/join/code/{registration.send_join_code(new, unit=unit.id, asker=STRANGER).challenge.id}"
    yield f"/join/account/{challenges.prove(Purpose.JOINING, {'phone': new, 'unit': unit.id.hex}, STRANGER).id}"
    yield f"/forgotten/code/{recovery.send_reset_code(known, device=None, asker=STRANGER).challenge.id}"
    worker, counsellor = _account("worker"), _account("counsellor")
    hers = {"phone": known, "account": worker.id.hex}
    yield f"/forgotten/who/{challenges.prove(Purpose.OWNER, {'phone': known, 'unit': unit.id.hex}, STRANGER).id}"
    yield f"/forgotten/password/{challenges.prove(Purpose.RESET, hers, STRANGER).id}"
    sent = challenges.send_code(Purpose.DEVICE, known, asker=STRANGER, account=worker.id.hex)
    yield f"/sign-in/code/{sent.challenge.id}"
    yield f"/sign-in/second-factor/{sign_in.begin_second_factor(counsellor, STRANGER).id}"
    asked = staff.request("+8613912345678", role=Role.COUNSELLOR, name="许宁", unit=_root().id, by=_account("admin"))
    yield f"/invitation/{staff.approve(asked, by=_account('supervisor')).token}"
    staff.request("+8613912345679", role=Role.ADMIN, name="钱一鸣", unit=_root().id, by=_account("admin"))


def _note_about(subject: UUID) -> str:
    """The page that changes a note the counsellor wrote about the rider in her care."""
    case = records.open_case_of(subject)
    assert case is not None
    entries.write_note(case, words()["notes"]["later"][0], by=_account("counsellor"), once="note-of-the-browser")
    note = next(entry for entry in reversed(entries.entries_of(case.id)) if entry.channel is None)
    return f"/cases/{case.id}/notes/{note.id}"


def _account(key: str) -> Account:
    account = numbers.find_by_phone(CAST[key])
    assert account is not None
    return account


def _root() -> Unit:
    return session().scalars(select(Unit).where(Unit.parent_id.is_(None))).one()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
