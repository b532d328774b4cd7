"""The control: submissions stored without an idempotency key, by the same kind of server with the same durability."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from flask import Flask, request

application = Flask(__name__)
PATH = Path(os.environ["XINGFU_INSTANCE"]) / "naive.db"


def connect() -> sqlite3.Connection:
    """A connection that waits for the lock and syncs every commit."""
    connection = sqlite3.connect(PATH, timeout=15)
    connection.execute("PRAGMA synchronous=FULL")
    return connection


with connect() as first:
    first.execute("CREATE TABLE IF NOT EXISTS response (submission TEXT)")
first.close()


@application.get("/healthz")
def healthz() -> str:
    """It lives."""
    return "ok"


@application.post("/submit")
def submit() -> dict[str, bool]:
    """Store what came, as often as it comes."""
    with connect() as connection:
        connection.execute("INSERT INTO response VALUES (?)", (request.form["submission"],))
    connection.close()
    return {"saved": True}
