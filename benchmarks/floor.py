"""The floor: a bare Flask application with one ORM insert a request, as durable as the product."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

import pysqlite3
from flask import Flask, render_template_string, request, session
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import JSON, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

if TYPE_CHECKING:
    from typing import Any

    from werkzeug.wrappers import Response


class Base(DeclarativeBase):
    """Base of the floor's one table."""


db = SQLAlchemy(model_class=Base)

FORM = """<!doctype html><html lang="zh"><title>Floor</title><h1>Floor</h1>
<form method="post"><input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
{% for item in range(9) %}<fieldset><legend>{{ item }}</legend>
{% for option in range(4) %}
<label><input type="radio" name="q{{ item }}" value="{{ option }}">{{ option }}</label>
{% endfor %}
</fieldset>{% endfor %}<button>Send</button></form></html>"""


if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class Row(Model):
    """One stored form."""

    __tablename__ = "floor_row"

    id: Mapped[int] = mapped_column(primary_key=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)


def create_app() -> Flask:
    """The floor, on the database that ``FLOOR_DATABASE_URL`` names."""
    app = Flask(__name__)
    url = os.environ["FLOOR_DATABASE_URL"]
    app.config.update(SECRET_KEY=secrets.token_hex(), SQLALCHEMY_DATABASE_URI=url)
    app.secret_key = os.environ["FLOOR_SECRET"]
    if url.startswith("sqlite"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"module": pysqlite3}
    db.init_app(app)
    CSRFProtect(app)
    app.add_url_rule("/form", view_func=form, methods=["GET", "POST"])
    with app.app_context():
        if url.startswith("sqlite"):
            event.listen(db.engine, "connect", _durable)
        db.create_all()
    return app


def form() -> str | Response:
    """Show a form, or store one and say so."""
    if request.method == "GET":
        session["visits"] = session.get("visits", 0) + 1
        return render_template_string(FORM)
    db.session.add(Row(answers=request.form.to_dict()))
    db.session.commit()
    return "<!doctype html><title>Stored</title><h1>Stored</h1>"


def _durable(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")
