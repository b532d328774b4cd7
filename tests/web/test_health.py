"""Health, metrics, logs and limits."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest
from flask import Blueprint

from app.config import Mode
from app.core.database import db, table_of
from app.web import health
from app.web.access import public
from app.web.assets import build as build_assets
from app.web.limits import limiter
from app.web.logs import JsonLines
from app.web.models import Probe
from tests.installation import settings_for

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.web.conftest import Build


@pytest.fixture(autouse=True)
def only_our_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_checks", {})


def test_the_process_answers(browser: FlaskClient) -> None:
    assert browser.get("/healthz").json == {"status": "ok"}


def test_is_ready_when_every_check_passes(build: Build, tmp_path: Path) -> None:
    build_assets(settings_for(tmp_path))

    app = build()
    with app.app_context():
        db.metadatas[None].create_all(db.engine, [table_of(Probe)])

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 200
    assert answer.get_json()["checks"] == {"database": "ok", "assets": "ok"}


def test_names_the_check_that_fails_and_nothing_more(browser: FlaskClient) -> None:
    health.register("keys", lambda: 1 / 0)

    answer = browser.get("/readyz")

    assert answer.status_code == 503
    assert answer.get_json()["checks"]["keys"] == "failed"
    assert "ZeroDivision" not in answer.text


def test_metrics_are_for_this_machine_only(browser: FlaskClient) -> None:
    assert "xingfu_uptime_seconds" in browser.get("/metrics").text
    assert browser.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 404


def test_a_request_is_logged_without_address_query_or_ids(
    browser: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "xingfu"):
        browser.get("/bye?phone=13800000001", environ_base={"REMOTE_ADDR": "203.0.113.9"})

    line = JsonLines().format(caplog.records[-1])
    assert json.loads(line)["endpoint"] == "web_public.leave"
    assert "1380000" not in line
    assert "203.0.113.9" not in line


def test_an_exception_is_logged_by_kind_and_place_alone(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("xingfu.test")
    try:
        raise ValueError("王小骑 14 分")
    except ValueError:
        log.exception("failed")

    line = json.loads(JsonLines().format(caplog.records[-1]))
    assert line["where"][0] == "ValueError"
    assert "14" not in line["message"]
    assert "王小骑" not in json.dumps(line, ensure_ascii=False)


def _limited(app: Flask) -> None:
    pages = Blueprint("limited", __name__)
    pages.add_url_rule("/rare", view_func=limiter.limit("2 per year")(public(lambda: "rare")), endpoint="rare")
    app.register_blueprint(pages)


def test_a_flood_from_one_address_is_slowed_down(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", True)
    browser = build(_limited, mode=Mode.LIVE, argon2_kib=19 * 1024).test_client()

    statuses = [browser.get("/rare").status_code, browser.get("/rare").status_code, browser.get("/rare").status_code]

    assert statuses == [200, 200, 429]
