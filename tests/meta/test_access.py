"""Promises about access: closed unless declared open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.core.permissions import POLICY, Permission
from app.web.access import OpenDoorError, close_doors

if TYPE_CHECKING:
    from flask import Flask


def test_a_view_without_a_guard_stops_the_start(fresh_app: Flask) -> None:
    fresh_app._got_first_request = False
    fresh_app.add_url_rule("/open-door", "open_door", lambda: "")

    with pytest.raises(OpenDoorError, match="open_door"):
        close_doors(fresh_app)


@pytest.mark.parametrize("permission", list(Permission))
def test_every_permission_stands_in_the_policy(permission: Permission) -> None:
    assert POLICY[permission], f"nobody may {permission}: say so in app/core/permissions.py"
