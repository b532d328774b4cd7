"""S1: words planted wherever people write are found nowhere at rest, in six encodings: no table, journal or log."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from app.accounts.services import challenges
from app.accounts.services.challenges import Asker, Purpose
from app.care.services import cases, entries, records
from app.core import clock
from app.core.database import db, session, transaction
from app.safety import services as safety
from app.safety.steps import Kind, Step
from tests.cast import PASSWORD
from tests.client import Client
from tests.promises.world import World

if TYPE_CHECKING:
    from flask import Flask

pytestmark = pytest.mark.promise

CANARIES = {
    "name": "金丝雀王铁柱",
    "phone": "13912345678",
    "note": "钢琴在雨里唱歌",
    "contact": "柚子树下的电话",
    "reason": "因为蓝色的风筝",
    "assessment": "三只橘猫的评估",
    "mail": "canary-mail@union.example",
    "secret": "JBSWY3DPEHPK3PXPCANARY77",
    "instrument": '"phq9"',
    "password": PASSWORD,
}


def spellings(word: str) -> set[bytes]:
    """A word as UTF-8, GB18030, both UTF-16, hexadecimal, and base64 at each of its three alignments."""
    plain = [word.encode(encoding) for encoding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")]
    first = plain[0]
    shifted = (base64.b64encode(b"\0" * shift + first)[4 if shift else 0 : -4] for shift in range(3))
    return {*plain, first.hex().encode(), first.hex().upper().encode(), *shifted}


def hits(content: bytes) -> list[str]:
    """The canaries that can be read in these bytes."""
    return [kind for kind, word in CANARIES.items() if any(found in content for found in spellings(word))]


def plant(app: Flask) -> str:
    """Let people write every canary; returns what the code sent to the phone was."""
    world = World(app)
    with app.app_context():
        with transaction():
            worker = world.here(world.people.worker)
            worker.name, worker.email = CANARIES["name"], CANARIES["mail"]
            phone, unit = f"+86{CANARIES['phone']}", world.people.township.id.hex
            sent = challenges.send_code(Purpose.JOIN, phone, asker=Asker("b"), unit=unit)
        with transaction():
            counsellor = world.here(world.people.counsellor)
            counsellor.second_factor = {"secret": CANARIES["secret"], "used": 0}
        write_about(world)
    browse(app)
    return str(sent.code)


def write_about(world: World) -> None:
    """A note, a contact, a reason and an assessment."""
    with transaction():
        counsellor = world.here(world.people.counsellor)
        case = records.fetch_case(world.case_id, counsellor)
        entries.write_note(case, CANARIES["note"], by=counsellor, once="note-with-a-canary")
        contact = {"channel": "phone", "outcome": "reached", "at": clock.now(), "text": CANARIES["contact"]}
        entries.record_contact(case, contact, by=counsellor, once="contact-with-a-canary")
        cases.confirm_tier(case, 2, by=counsellor, why=CANARIES["reason"])
    with transaction():
        supervisor = world.here(world.people.supervisor)
        alert = safety.fetch_alert(world.alert_id, supervisor)
        safety.acknowledge(alert, by=supervisor)
        step = Step(Kind.ASSESSMENT, clock.now(), supervisor.id, choice="low", text=CANARIES["assessment"])
        safety.document(alert, step)


def browse(app: Flask) -> None:
    """What a log might keep: a wrong password, a page that is not there, a name in an address."""
    client = Client(app)
    client.get("/sign-in")
    client.submit(phone=CANARIES["phone"], password="wrong-and-long-enough", status=422)
    client.get(f"/{CANARIES['name']}", status=404)
    client.get(f"/help?q={CANARIES['note']}")


def everything_at_rest(app: Flask) -> dict[str, bytes]:
    """Every file in which either database keeps anything."""
    settings = app.config["XINGFU"]
    folders = [settings.instance]
    with app.app_context():
        if settings.database_url.startswith("postgresql"):
            for engine in db.engines.values():
                with engine.connect() as connection:
                    folders.append(Path(connection.scalar(text("SHOW data_directory")) or ""))
                    connection.execute(text("CHECKPOINT"))
    files = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    return {str(path): path.read_bytes() for path in files}


def test_no_planted_word_is_found_at_rest(
    app: Flask, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    plant(app)
    found = {path: hits(content) for path, content in everything_at_rest(app).items()}
    printed = capfd.readouterr()
    logged = "\n".join([caplog.text, printed.out, printed.err]).encode()

    assert {path: kinds for path, kinds in found.items() if kinds} == {}
    assert hits(logged) == []
    assert len(found) > 4


@pytest.mark.parametrize("word", CANARIES.values())
def test_the_search_would_find_each_word_in_each_spelling(word: str) -> None:
    assert all(hits(b"before" + spelling + b"after") for spelling in spellings(word))


def test_a_planted_plain_word_would_be_found(app: Flask) -> None:
    """The control: a unit's name is plain on purpose, and the search finds it."""
    world = World(app)
    with app.app_context(), transaction():
        session().merge(world.people.township, load=True).name = CANARIES["note"]

    assert any(hits(content) for content in everything_at_rest(app).values())
