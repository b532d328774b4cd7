"""The floor: a bare Flask application with one ORM insert a request, as durable as the product.

``/form`` is the floor itself; ``/orm`` stores what a submission stores, the way an ORM is commonly used: every row
loaded and added as an object. It is what the product's slowest answers are compared with.
"""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING, Any

import pysqlite3
from flask import Flask, render_template, request, session
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from jinja2 import DictLoader
from sqlalchemy import JSON, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

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


def create_app() -> Flask:
    """The floor, on the database that ``FLOOR_DATABASE_URL`` names."""
    app = Flask(__name__)
    url = os.environ["FLOOR_DATABASE_URL"]
    app.secret_key = os.environ["FLOOR_SECRET"]
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    if url.startswith("sqlite"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"module": pysqlite3}
    app.jinja_loader = DictLoader({"form.html": FORM})
    db.init_app(app)
    CSRFProtect(app)
    app.add_url_rule("/form", view_func=form, methods=["GET", "POST"])
    app.add_url_rule("/orm", view_func=orm, methods=["POST"])
    with app.app_context():
        if url.startswith("sqlite"):
            event.listen(db.engine, "connect", _durable)
    return app


def prepare() -> None:
    """Make the tables, and the session and the sitting that ``/orm`` loads."""
    app = create_app()
    with app.app_context():
        db.create_all()
        db.session.add_all(Thing(id=kind, kind=kind, content={}) for kind in ("session", "account", "sitting"))
        db.session.commit()
        db.engine.dispose()


def form() -> str | Response:
    """Show a form, or store one and say so."""
    if request.method == "GET":
        session["visits"] = session.get("visits", 0) + 1
        return render_template("form.html")
    db.session.add(Row(answers=request.form.to_dict()))
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
