"""The floor: a bare Flask application with one ORM insert a request, as durable as the product.

``/form`` is the floor itself; ``/orm`` stores what a submission stores, the way an ORM is commonly used: every row
loaded and added as an object. It is what the product's slowest answers are compared with. ``/list`` shows fifty rows,
read through Core and opened, in a plain template; ``/seat`` takes a seat by a conditional update and adds a row.
``/lean`` is the program of ``benchmarks/lean.py``, which passes Flask by.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from typing import TYPE_CHECKING, Any

import pysqlite3
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, render_template, request, session
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from jinja2 import DictLoader
from sqlalchemy import JSON, event, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from benchmarks import lean

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


class Base(DeclarativeBase):
    """Base of the floor's tables."""


db = SQLAlchemy(model_class=Base)

FORM = """<!doctype html><html lang="zh"><title>Floor</title><h1>Floor</h1>
<form method="post"><input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
{% for item in range(9) %}<fieldset><legend>{{ item }}</legend>
{% for option in range(4) %}
<label><input type="radio" name="q{{ item }}" value="{{ option }}">{{ option }}</label>
{% endfor %}
</fieldset>{% endfor %}<button>Send</button></form></html>"""
LIST = """<!doctype html><html lang="zh"><title>List</title><h1>List</h1><table>{% for row in rows %}
<tr><th>{{ row.name }}</th><td>{{ row.tier }}</td><td>{{ row.score }}</td><td>{{ row.why }}</td></tr>{% endfor %}
</table></html>"""
SHOWN, SEATS = 50, 1_000_000
STORED = "<!doctype html><title>Stored</title><h1>Stored</h1>"
KINDS = ("receipt", "response", "result", "outbox", "audit")

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class Row(Model):
    """One stored form."""

    __tablename__ = "floor_row"

    id: Mapped[int] = mapped_column(primary_key=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)


class Thing(Model):
    """Anything else that a journey through the ORM loads or stores."""

    __tablename__ = "floor_thing"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class Sealed(Model):
    """One line of a list, sealed."""

    __tablename__ = "floor_sealed"

    id: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class Seats(Model):
    """How many seats are taken."""

    __tablename__ = "floor_seats"

    id: Mapped[int] = mapped_column(primary_key=True)
    taken: Mapped[int]


def create_app() -> Flask:
    """The floor, on the database that ``FLOOR_DATABASE_URL`` names."""
    app = Flask(__name__)
    url = os.environ["FLOOR_DATABASE_URL"]
    app.secret_key = os.environ["FLOOR_SECRET"]
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    if url.startswith("sqlite"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"module": pysqlite3}
    app.jinja_loader = DictLoader({"form.html": FORM, "list.html": LIST})
    db.init_app(app)
    CSRFProtect(app)
    app.add_url_rule("/form", view_func=form, methods=["GET", "POST"])
    app.add_url_rule("/list", view_func=list_rows)
    app.add_url_rule("/seat", view_func=take_seat, methods=["POST"])
    app.add_url_rule("/orm", view_func=orm, methods=["POST"])
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/lean": lean.application})  # type: ignore[method-assign]
    with app.app_context():
        if url.startswith("sqlite"):
            event.listen(db.engine, "connect", _durable)
    return app


def prepare() -> None:
    """Make the tables, and the rows that are loaded, shown and counted."""
    app = create_app()
    with app.app_context():
        db.create_all()
        db.session.add_all(Thing(id=kind, kind=kind, content={}) for kind in ("session", "account", "sitting"))
        db.session.add_all(Sealed(content=_sealed(number)) for number in range(4 * SHOWN))
        db.session.add(Seats(id=1, taken=0))
        db.session.commit()
        db.engine.dispose()
    lean.prepare()


def form() -> str | Response:
    """Show a form, or store one and say so."""
    if request.method == "GET":
        session["visits"] = session.get("visits", 0) + 1
        return render_template("form.html")
    db.session.add(Row(answers=request.form.to_dict()))
    db.session.commit()
    return STORED


def list_rows() -> str:
    """Show fifty sealed rows."""
    found = db.session.execute(select(Sealed.content).order_by(Sealed.id).limit(SHOWN))
    return render_template("list.html", rows=[_opened(row.content) for row in found])


def take_seat() -> str:
    """Take a seat where one is left, and store whose it is."""
    db.session.execute(update(Seats).where(Seats.id == 1, Seats.taken < SEATS).values(taken=Seats.taken + 1))
    db.session.add(Row(answers={"seat": uuid.uuid4().hex}))
    db.session.commit()
    return STORED


def orm() -> str:
    """Load three objects, change one and add five, in one transaction."""
    for kind in ("session", "account"):
        db.session.get_one(Thing, kind)
    sitting = db.session.get_one(Thing, "sitting")
    sitting.content = {"answers": request.form.to_dict(), "token": uuid.uuid4().hex}
    for kind in KINDS:
        db.session.add(Thing(id=uuid.uuid4().hex, kind=kind, content=request.form.to_dict()))
    db.session.commit()
    return STORED


def _durable(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


def _key() -> AESGCM:
    return AESGCM(hashlib.sha256(os.environ["FLOOR_SECRET"].encode()).digest())


def _sealed(number: int) -> bytes:
    nonce = os.urandom(12)
    row = {
        "name": f"王小骑{number}",
        "tier": number % 5,
        "score": f"{number % 27} → {number % 9}",
        "why": "首次联系超时",
    }
    return nonce + _key().encrypt(nonce, json.dumps(row).encode(), b"floor_sealed")


def _opened(content: bytes) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(_key().decrypt(content[:12], content[12:], b"floor_sealed"))
    return row
