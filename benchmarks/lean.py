"""The leanest program that does what a submission does: no framework, the driver's own cursor, the same guards.

One request finds session, person, consent, key and sitting in one read, checks cookie and CSRF token, reads and checks
nine answers, scores them, seals answers, scores, draft, notice and entry of the log, and stores them in one durable
transaction, with the log's chain. What the product costs beside it is what convenience costs.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import threading
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import psycopg
import pysqlite3
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SITTINGS = 4_000
ITEMS = tuple(f"q{item}" for item in range(9))
BANDS = ((20, "severe"), (15, "moderately severe"), (10, "moderate"), (5, "mild"), (0, "minimal"))
BLOCK = 512
TABLES = (
    "CREATE TABLE lean_session (token {bytes} PRIMARY KEY, account {bytes} NOT NULL, holder {bytes} NOT NULL)",
    "CREATE TABLE lean_account (id {bytes} PRIMARY KEY, role TEXT NOT NULL, seal {bytes} NOT NULL, "
    "link {bytes} NOT NULL)",
    "CREATE TABLE lean_consent (account {bytes} PRIMARY KEY, given INTEGER NOT NULL, seal {bytes} NOT NULL)",
    "CREATE TABLE lean_key (owner {bytes} PRIMARY KEY, wrapped {bytes} NOT NULL)",
    "CREATE TABLE lean_sitting (id {bytes} PRIMARY KEY, owner {bytes} NOT NULL, version INTEGER NOT NULL, "
    "draft {bytes} NOT NULL)",
    "CREATE TABLE lean_result (id {bytes} PRIMARY KEY, owner {bytes} NOT NULL, sitting {bytes} NOT NULL, "
    "answers {bytes} NOT NULL, scores {bytes} NOT NULL)",
    "CREATE TABLE lean_outbox (id {bytes} PRIMARY KEY, payload {bytes} NOT NULL)",
    "CREATE TABLE lean_audit (seq INTEGER PRIMARY KEY, id {bytes} NOT NULL, digest {bytes} NOT NULL, "
    "act {bytes} NOT NULL)",
)
READ = (
    "SELECT s.holder, a.id, a.seal, a.link, c.seal, k.owner, k.wrapped, t.version, t.draft FROM lean_session s "
    "JOIN lean_account a ON a.id = s.account JOIN lean_consent c ON c.account = a.id AND c.given = 1 "
    "JOIN lean_sitting t ON t.id = ? JOIN lean_key k ON k.owner = t.owner WHERE s.token = ?"
)
TAKE = "UPDATE lean_sitting SET version = version + 1, draft = ? WHERE id = ? AND version = ?"
RESULT = "INSERT INTO lean_result VALUES (?, ?, ?, ?, ?)"
OUTBOX = "INSERT INTO lean_outbox VALUES (?, ?)"
HEAD = "SELECT seq, digest FROM lean_audit ORDER BY seq DESC LIMIT 1"
ENTRY = "INSERT INTO lean_audit VALUES (?, ?, ?, ?)"

_here = threading.local()


class Refused(Exception):
    """What is answered instead of a result: its status line."""


def token() -> str:
    """The one session's token, for the ``Cookie`` header."""
    return hmac.digest(_secret(), b"token", "sha256").hex()


def csrf() -> str:
    """The token of that session's forms."""
    return hmac.digest(_secret(), b"csrf" + token().encode(), "sha256").hex()


def prepare() -> None:
    """Make the tables: one person, signed in, with as many sittings as a measurement hands in."""
    account, owner, key = (os.urandom(16) for _ in range(3))
    kind = "BYTEA" if _is_postgresql() else "BLOB"
    for table in TABLES:
        _run(table.format(bytes=kind))
    _run(
        "INSERT INTO lean_session VALUES (?, ?, ?)", (_digest(token()), account, _seal(_system(), account, {"two": 0}))
    )
    _run("INSERT INTO lean_account VALUES (?, ?, ?, ?)", (account, "worker", *_of_account(account, owner)))
    _run("INSERT INTO lean_consent VALUES (?, 1, ?)", (account, _seal(_system(), account, "screening 1 given")))
    _run("INSERT INTO lean_key VALUES (?, ?)", (owner, _seal(_system(), owner, key.hex())))
    _run("INSERT INTO lean_audit VALUES (1, ?, ?, ?)", (account, bytes(32), b""))
    _run("BEGIN")
    for number in range(SITTINGS):
        sitting = _sitting(number)
        draft = _seal(AESGCM(key), sitting, {"left": ["phq9", "gad7"], "done": [], "answers": {}})
        _run("INSERT INTO lean_sitting VALUES (?, ?, 1, ?)", (sitting, owner, draft))
    _run("COMMIT")
    _here.cursor.connection.close()
    del _here.cursor


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """``POST /lean/<number>``: hand in that sitting."""
    try:
        answer = _submit(environ)
    except Refused as refused:
        start_response(str(refused), [("Content-Length", "0")])
        return [b""]
    start_response("303 See Other", [("Location", answer), ("Content-Length", "0"), ("Cache-Control", "no-store")])
    return [b""]


def _submit(environ: dict[str, Any]) -> str:
    form = dict(parse_qsl(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()))
    given = environ["HTTP_COOKIE"].partition("lean=")[2].partition(";")[0]
    wanted = hmac.digest(_secret(), b"csrf" + given.encode(), "sha256").hex()
    if not hmac.compare_digest(form.get("csrf_token", ""), wanted):
        raise Refused("400 Bad Request")
    sitting = _sitting(int(environ["PATH_INFO"].rpartition("/")[2]))
    row = _run(READ, (sitting, _digest(given))).fetchone()
    if row is None:
        raise Refused("404 Not Found")
    holder, account, seal, link, consent, owner, wrapped, version, draft = row
    system = _system()
    for cell in (holder, seal, link, consent):
        _open(system, account, cell)
    key = AESGCM(bytes.fromhex(_open(system, owner, wrapped)))
    state = _open(key, sitting, draft)
    if state["left"][:1] != ["phq9"]:
        raise Refused("409 Conflict")
    _store(key, owner, sitting, version, _written(form, state))
    return f"/lean/{sitting.hex()}/gad7"


def _written(form: dict[str, str], state: dict[str, Any]) -> dict[str, Any]:
    """Everything that will be sealed, before the first write."""
    answers = {item: int(form[item]) for item in ITEMS}
    if not all(0 <= value <= 3 for value in answers.values()):
        raise Refused("422 Unprocessable Entity")
    total = sum(answers.values())
    band = next(name for least, name in BANDS if total >= least)
    receipt = {"phq9": [_digest(form["key"]).hex()[:16], _digest(json.dumps(answers)).hex()[:16], answers["q8"] > 0]}
    return {
        "answers": {"instrument": "phq9", "given": answers},
        "scores": {"instrument": "phq9", "total": total, "band": band, "safety": answers["q8"] > 0},
        "draft": {**state, "left": state["left"][1:], "done": ["phq9"], "receipts": receipt},
    }


def _store(key: AESGCM, owner: bytes, sitting: bytes, version: int, written: dict[str, Any]) -> None:
    result, entry, notice = os.urandom(16), os.urandom(16), os.urandom(16)
    answers, scores = _seal(key, result, written["answers"]), _seal(key, result, written["scores"])
    draft, system = _seal(key, sitting, written["draft"]), _system()
    payload = _seal(system, notice, {"kind": "screening.completed"})
    act = _seal(system, entry, ["screening.submitted", owner.hex(), result.hex()])
    _run("BEGIN" if _is_postgresql() else "BEGIN IMMEDIATE")
    try:
        if _run(TAKE, (draft, sitting, version)).rowcount != 1:
            raise Refused("409 Conflict")
        _run(RESULT, (result, owner, sitting, answers, scores))
        _run(OUTBOX, (notice, payload))
        if _is_postgresql():
            _run("SELECT pg_advisory_xact_lock(1)")
        seq, previous = _run(HEAD).fetchone()
        _run(ENTRY, (seq + 1, entry, hmac.digest(_secret(), bytes(previous) + act, "sha256"), act))
        _run("COMMIT")
    except BaseException:
        _run("ROLLBACK")
        raise


def _run(statement: str, values: tuple[Any, ...] = ()) -> Any:
    cursor = getattr(_here, "cursor", None)
    if cursor is None:
        cursor = _here.cursor = _connect().cursor()
    return cursor.execute(statement.replace("?", "%s") if _is_postgresql() else statement, values)


def _connect() -> Any:
    if _is_postgresql():
        return psycopg.connect(_url().replace("postgresql+psycopg://", "postgresql://"), autocommit=True)
    connection = pysqlite3.connect(_url().removeprefix("sqlite:///"), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _seal(key: AESGCM, row: bytes, value: Any) -> bytes:
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    nonce = os.urandom(12)
    return nonce + key.encrypt(nonce, plain + b" " * (-len(plain) % BLOCK), row)


def _open(key: AESGCM, row: bytes, cell: bytes) -> Any:
    return json.loads(key.decrypt(bytes(cell[:12]), bytes(cell[12:]), bytes(row)))


def _of_account(account: bytes, owner: bytes) -> tuple[bytes, bytes]:
    return _seal(_system(), account, "worker active"), _seal(_system(), account, owner.hex())


def _sitting(number: int) -> bytes:
    return uuid.UUID(bytes=hmac.digest(_secret(), b"sitting %d" % number, "sha256")[:16]).bytes


def _digest(text: str) -> bytes:
    return hmac.digest(_secret(), text.encode(), "sha256")


def _system() -> AESGCM:
    return AESGCM(hashlib.sha256(_secret()).digest())


def _secret() -> bytes:
    return os.environ["FLOOR_SECRET"].encode()


def _url() -> str:
    return os.environ["FLOOR_DATABASE_URL"]


def _is_postgresql() -> bool:
    return _url().startswith("postgresql")
