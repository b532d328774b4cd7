"""Readiness: keys that open, tables of the newest number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, event, insert, select, text

from app.core.database import db, session, transaction
from app.vault import VaultError, canary, keyring, owner_keys, seal_old_rows
from app.vault.state import vault
from tests.client import Client

if TYPE_CHECKING:
    from flask import Flask

    from tests.cast import Cast


def set_number(app: Flask, number: str) -> None:
    with app.app_context(), transaction():
        session().execute(text("UPDATE alembic_version SET version_num = :number"), {"number": number})


def test_all_is_well_after_installing(client: Client) -> None:
    answer = client.http.get("/readyz")

    assert answer.status_code == 200
    names = ("assets", "database", "keys", "owner_keys", "migrations", "rows")
    assert answer.get_json()["checks"] == dict.fromkeys(names, "ok")


def test_is_told_to_this_machine_only(client: Client) -> None:
    assert client.http.get("/readyz", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 404


def test_a_database_that_takes_no_writes_is_not_ready(app: Flask, client: Client) -> None:
    """As it is on a full disk, where everything can still be read."""
    refuses = {"sqlite": "PRAGMA query_only=1", "postgresql": "SET default_transaction_read_only=on"}

    def refuse(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.cursor().execute(refuses[engine.dialect.name])
        connection.commit()

    with app.app_context():
        engine = db.engine
        engine.dispose()
        event.listen(engine, "checkout", refuse)
    answer = client.http.get("/readyz")
    event.remove(engine, "checkout", refuse)
    engine.dispose()

    assert answer.status_code == 503
    checks = answer.get_json()["checks"]
    assert [name for name, said in checks.items() if said == "failed"] == ["database"]


def test_people_without_their_keys_are_noticed(app: Flask, people: Cast, client: Client) -> None:
    assert people.worker
    with app.app_context(), owner_keys.opened() as connection:
        held = connection.execute(select(owner_keys.owner_key)).mappings().all()
        connection.execute(delete(owner_keys.owner_key))
    answer = client.http.get("/readyz")
    with app.app_context(), owner_keys.opened() as connection:
        connection.execute(insert(owner_keys.owner_key), [dict(row) for row in held])

    assert answer.get_json()["checks"]["owner_keys"] == "failed"
    assert client.http.get("/readyz").status_code == 200


def test_somebody_erased_on_purpose_is_no_fault(app: Flask, people: Cast, client: Client) -> None:
    with app.app_context():
        owner_keys.destroy([people.worker.id])

    assert client.http.get("/readyz").status_code == 200


def test_reads_no_table_from_end_to_end(app: Flask, client: Client) -> None:
    said: list[str] = []
    with app.app_context():
        engines = [db.engine, *db.engines.values()]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", lambda *about: said.append(about[2]))
    assert client.http.get("/readyz").status_code == 200

    of_many = [each for each in said if re.search(r"\b(owner_key|account|subject)\b", each)]
    assert of_many
    assert all("LIMIT" in each or "WHERE owner" in each for each in of_many), of_many


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


def test_nothing_starts_before_the_rows_of_a_new_version_have_their_seals(fresh_app: Flask) -> None:
    """As it is after ``flask db upgrade`` alone."""
    with fresh_app.app_context():
        state = vault()
        sealed = sorted(state.keyring.sealed_tables - {"account"})
        keyring.save(state.path, state.keyring.document | {"rows": sealed}, state.root, replace=True)
        state.reload()
    answer = Client(fresh_app).http.get("/readyz")
    assert answer.get_json()["checks"]["rows"] == "failed"
    with pytest.raises(VaultError, match=r"K007.*account.*flask prepare"):
        canary.check_start(fresh_app)
    with fresh_app.app_context():
        seal_old_rows()
    canary.check_start(fresh_app)
