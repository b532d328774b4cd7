"""The fictional district: complete, deterministic, and never among real people."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app.accounts.services.numbers import find_by_phone
from app.care.services import caseload, queue, waiting_signatures
from app.config import Mode
from app.core import clock
from app.core.database import session, transaction
from app.core.permissions import Role
from app.courses.models import Lecture
from app.home.demo.roles import PLAYED_BY, Part
from app.home.first_settings import values, write
from app.organisations.models import Unit, UnitKind
from app.safety.forms import CHOICE_NAMES
from app.safety.models import Alert
from app.safety.services import open_alerts
from tests.home.districts import AFTERNOON, district

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from tests.installation import Installation


def told_at(moment: datetime, folder: Path, installation: Installation) -> set[tuple[object, ...]]:
    """What the same seed tells at this hour."""
    folder.mkdir()
    with clock.at(moment), closing(district(folder, installation)) as told:
        app = next(told)
        return {*lectures(app), *cases(app)}


def lectures(app: Flask) -> set[tuple[object, ...]]:
    """The lectures as people know them; how many have booked by now depends on the hour."""
    with app.app_context(), transaction(writes=False):
        rows = session().scalars(select(Lecture)).all()
        return {(row.topic, row.capacity, row.venue.name, clock.local(row.starts_at).isoformat()) for row in rows}


def test_has_21_townships_and_30_lectures(demo: Flask) -> None:
    with demo.app_context(), transaction(writes=False):
        townships = select(func.count()).select_from(Unit).where(Unit.kind == UnitKind.TOWNSHIP)
        assert session().scalar(townships) == 21
        assert session().scalar(select(func.count()).select_from(Lecture)) == 30


def test_has_people_in_every_place_of_the_work(demo: Flask) -> None:
    with demo.app_context(), transaction(writes=False):
        assert len(open_alerts()) == 2
        assert queue().page.rows
        assert waiting_signatures()


def test_every_part_of_the_story_is_played_by_people_of_its_own() -> None:
    assert len({*Part}) == len(PLAYED_BY) == 8


def test_its_alerts_hold_only_what_the_forms_know(demo: Flask) -> None:
    with demo.app_context(), transaction(writes=False):
        steps = [step for alert in session().scalars(select(Alert)) for step in alert.state.steps]
    chosen = {(step.kind, step.choice) for step in steps if step.kind in CHOICE_NAMES}
    assert chosen
    assert not [each for each in chosen if each[1] not in CHOICE_NAMES[each[0]]]


def cases(app: Flask) -> set[tuple[object, ...]]:
    """The open cases as the team sees them."""
    with app.app_context(), transaction(writes=False):
        supervisor = find_by_phone("+8613800000005")
        assert supervisor
        rows = caseload.caseload_of(supervisor, team=True)
        trends = ((row, row.reading.trend) for row in rows)
        return {(row.name, row.brief.tier, trend.first, trend.last) for row, trend in trends if trend}


def test_the_same_seed_tells_the_same_story(tmp_path: Path, sqlite_installation: Installation) -> None:
    afternoon = told_at(AFTERNOON, tmp_path / "afternoon", sqlite_installation)
    evening = told_at(AFTERNOON + timedelta(hours=5), tmp_path / "evening", sqlite_installation)

    assert afternoon == evening
    assert len(afternoon) > 33


def test_is_loaded_only_once(demo: Flask) -> None:
    outcome = demo.test_cli_runner().invoke(args=["demo", "load"])

    assert outcome.exit_code == 1
    assert "there are people here already" in outcome.output


def test_never_enters_a_real_installation(app: Flask) -> None:
    outcome = app.test_cli_runner().invoke(args=["demo", "load"])

    assert outcome.exit_code == 1
    assert "not a demo" in outcome.output


@pytest.mark.parametrize("mode", list(Mode))
def test_first_settings_are_complete(tmp_path: Path, mode: Mode) -> None:
    from app.config import load

    write(mode, tmp_path / "x" / "settings.env", 8123)

    settings = load({"XINGFU_SETTINGS": str(tmp_path / "x" / "settings.env")})
    assert (settings.mode, settings.listen) == (mode, "127.0.0.1:8123")
    assert set(values(mode, tmp_path, 1)) == set(vars(settings))


def test_first_settings_are_never_written_over(tmp_path: Path) -> None:
    write(Mode.DEMO, tmp_path / "settings.env")

    with pytest.raises(FileExistsError):
        write(Mode.DEMO, tmp_path / "settings.env")


def test_the_cast_has_every_role(demo: Flask) -> None:
    from app.home.demo.words import words

    assert {row["role"] for row in words()["cast"]} == {role.value for role in Role}
