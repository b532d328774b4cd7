"""What the tests of the pages do again and again: begin, save one answer, count rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from app.core.database import session, transaction

if TYPE_CHECKING:
    from flask import Flask

    from tests.client import Client

CALM: dict[str, Any] = {f"q{number}": 0 for number in range(1, 10)}
WORN: dict[str, Any] = {f"q{number}": 2 for number in range(1, 5)}
WORRY: dict[str, Any] = {f"q{number}": 0 for number in range(1, 8)}
CARD = 'class="help-card"'


def start(client: Client, battery: str = "full") -> str:
    client.get("/questionnaires")
    client.submit(f"/questionnaires/{battery}/start")
    return client.page.response.request.path


def rows(app: Flask, model: type[Any]) -> int:
    with app.app_context(), transaction(writes=False):
        return session().scalar(select(func.count()).select_from(model)) or 0


def save(client: Client, address: str, status: int = 200, **fields: object) -> dict[str, Any]:
    headers = {"Accept": "application/json", "X-CSRFToken": client.csrf}
    reply = client.http.post(f"{address}/answer", data=fields, headers=headers)
    assert reply.status_code == status, reply.get_data(as_text=True)
    return dict(reply.get_json())
