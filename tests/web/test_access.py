"""Guards: undeclared views stop the start, strangers sign in, a wrong role sees what a random address shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import Blueprint
from flask_login import LoginManager, UserMixin

from app.core.permissions import Permission, Role
from app.web.access import OpenDoorError, requires

if TYPE_CHECKING:
    from flask import Flask, Request
    from flask.testing import FlaskClient

    from tests.web.conftest import Build


class Person(UserMixin):  # type: ignore[misc]
    """Somebody whose role stands in a header."""

    def __init__(self, role: Role) -> None:
        self.role = role


def load(request: Request) -> Person | None:
    return Person(Role(request.headers["Role"])) if "Role" in request.headers else None


def furnish(app: Flask) -> None:
    LoginManager(app).request_loader(load)
    pages = Blueprint("pages", __name__)
    pages.add_url_rule("/cases", view_func=requires(Permission.SEE_CASES)(lambda: "cases"), endpoint="cases")
    app.register_blueprint(pages)


@pytest.fixture
def own(build: Build) -> FlaskClient:
    return build(furnish).test_client()


def test_a_view_without_a_guard_stops_the_start(build: Build) -> None:
    with pytest.raises(OpenDoorError, match=r"^open declares neither"):
        build(lambda app: app.add_url_rule("/open", endpoint="open", view_func=lambda: "open"))


def test_lets_in_whose_role_has_the_permission(own: FlaskClient) -> None:
    assert own.get("/cases", headers={"Role": "counsellor"}).text == "cases"


def test_a_wrong_role_sees_what_a_random_address_shows(own: FlaskClient) -> None:
    wrong = own.get("/cases", headers={"Role": "admin"})

    assert wrong.status_code == 404
    assert wrong.data == own.get("/random", headers={"Role": "admin"}).data


def test_a_stranger_is_asked_to_sign_in(own: FlaskClient) -> None:
    assert own.get("/cases").status_code == 401
