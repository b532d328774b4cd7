"""Readiness: keys that open, tables of the newest number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from app.core.database import session, transaction

if TYPE_CHECKING:
    from flask import Flask

    from tests.client import Client


def set_number(app: Flask, number: str) -> None:
    with app.app_context(), transaction():
        session().execute(text("UPDATE alembic_version SET version_num = :number"), {"number": number})


def test_all_is_well_after_installing(client: Client) -> None:
    answer = client.http.get("/readyz")

    assert answer.status_code == 200
    assert answer.get_json()["checks"] == {"assets": "ok", "database": "ok", "keys": "ok", "migrations": "ok"}


def test_tables_of_an_older_number_are_not_ready(app: Flask, client: Client) -> None:
    with app.app_context(), transaction(writes=False):
        newest = session().scalar(text("SELECT version_num FROM alembic_version"))
    set_number(app, "0001")
    answer = client.http.get("/readyz")
    set_number(app, newest)

    assert answer.status_code == 503
    assert answer.get_json()["checks"]["migrations"] == "failed"


def test_a_lost_keyring_is_not_ready(app: Flask, client: Client) -> None:
    keyring = app.config["XINGFU"].keyring
    keyring.rename(keyring.with_suffix(".lost"))
    answer = client.http.get("/readyz")
    keyring.with_suffix(".lost").rename(keyring)

    assert answer.status_code == 503
    assert answer.get_json()["checks"]["keys"] == "failed"
