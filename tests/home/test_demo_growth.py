"""The fictional district grows: its staff, its stories, its sittings, and how far it has come is always seen."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from contextlib import closing, nullcontext
from datetime import timedelta
from time import sleep
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app.care.models import Case
from app.core.database import session, transaction
from app.core.ids import random_id
from app.core.permissions import Role
from app.home.demo import cli, crowd, people, roles
from app.home.demo.crowd import Crowd, Planned
from app.home.demo.load import Story
from app.home.demo.people import Person, counsellors_for, supervisors_for
from app.home.demo.progress import progress
from app.home.demo.roles import PLAYED_BY, STAFFED, Part, cast_parts
from app.safety.models import Alert
from app.screening.models import Result, Sitting
from app.subjects.models import Subject
from app.vault import open_for
from tests.home.districts import AFTERNOON, WORKERS, district, installed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from flask import Flask

    from app.screening.services import SealedWhole
    from tests.installation import Installation


@pytest.mark.parametrize(("workers", "number"), [(60, 2), (300, 2), (2_000, 4), (10_000, 20), (100_000, 40)])
def test_its_staff_grows_with_its_workers(workers: int, number: int) -> None:
    assert counsellors_for(workers) == number


def test_its_counsellors_share_the_cases(
    tmp_path: Path, sqlite_installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "WORKERS_EACH", WORKERS // 5)
    monkeypatch.setattr(roles, "CASES_EACH", 50)
    with closing(district(tmp_path, sqlite_installation)) as told:
        app = next(told)
        with app.app_context(), transaction(writes=False):
            shares = Counter(session().scalars(select(Case.assignee).where(Case.open)))
    assert len(shares) == 5
    assert max(shares.values()) <= 3 * min(shares.values())


def test_every_alert_has_its_story_and_every_stage_comes_to_its_end(
    tmp_path: Path, sqlite_installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PLAYED_BY, Part.ALERT_CLOSED, 50)
    monkeypatch.setattr(roles, "CASES_EACH", 50)
    told: list[tuple[str, int, list[int]]] = []
    monkeypatch.setattr(cli, "progress", lambda label, length: nullcontext(listener(told, label, length)))
    with closing(district(tmp_path, sqlite_installation)) as loaded:
        app = next(loaded)
        with app.app_context(), transaction(writes=False):
            closed = session().scalar(select(func.count()).select_from(Alert).where(~Alert.open))
    assert closed == 10
    assert [length for _, length, _ in told] == [sum(notes) for _, _, notes in told]
    assert len(told) == 3


def listener(told: list[tuple[str, int, list[int]]], label: str, length: int) -> Callable[[int], object]:
    notes: list[int] = []
    told.append((label, length, notes))
    return notes.append


def test_progress_without_a_terminal_is_a_line_for_each_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("inventing", 1_000) as note:
        note(250)
        note(1)
        note(749)

    assert capsys.readouterr().out.splitlines() == ["inventing: 20 %", "inventing: 100 %"]


def test_care_ends_where_its_staff_ends() -> None:
    crowd = [Person(random_id(), Role.WORKER, AFTERNOON, agrees=True) for _ in range(3_000)]
    few, many = (cast_parts(crowd, counsellors) for counsellors in (2, 20))

    assert sum(len(members) for part, members in few.items() if part in STAFFED) == pytest.approx(50, abs=4)
    assert sum(len(members) for part, members in many.items() if part in STAFFED) == pytest.approx(480, abs=4)
    assert sum(map(len, few.values())) == sum(map(len, many.values())) == 3_000


@pytest.mark.parametrize(("counsellors", "number"), [(2, 1), (20, 2), (40, 4)])
def test_its_supervisors_grow_with_its_counsellors(counsellors: int, number: int) -> None:
    assert supervisors_for(counsellors) == number


def test_has_as_many_sittings_as_asked(tmp_path: Path, sqlite_installation: Installation) -> None:
    with closing(district(tmp_path, sqlite_installation, "--sittings", "700")) as told:
        app = next(told)
        with app.app_context(), transaction(writes=False):
            submitted = session().scalar(select(func.count()).select_from(Sitting).where(~Sitting.open))
    assert submitted == 700


def test_several_cores_tell_the_same_story(demo: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with demo.app_context():
        with transaction(writes=False):
            subjects = session().scalars(select(Subject.id).order_by(Subject.id).limit(4)).all()
        alone = story_of(subjects)
        monkeypatch.setattr(crowd, "WORTH_IT", 1)
        monkeypatch.setattr(crowd, "BLOCK", 3)
        together = story_of(subjects)

    assert alone == together
    assert [at for at, *_ in alone] == sorted(at for at, *_ in alone)
    assert len(alone) == 20


KILLED = """
import os, signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from app.home.demo.crowd import watch_parent

print(ProcessPoolExecutor(1, mp_context=get_context("spawn")).submit(watch_parent).result(), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_no_process_outlives_the_one_that_tells_the_story(tmp_path: Path) -> None:
    with (tmp_path / "pid").open("w") as pid:
        subprocess.run([sys.executable, "-c", KILLED], stdout=pid, check=False)
    helper = int((tmp_path / "pid").read_text("utf-8"))
    with pytest.raises(ProcessLookupError):
        for _try in range(600):
            os.kill(helper, 0)
            sleep(0.1)


def story_of(subjects: Sequence[UUID]) -> list[tuple[datetime, UUID, int | None]]:
    """What a crowd of four answers, in the order in which it is told."""
    told = Crowd(seed=1)
    for number in range(20):
        told.add(Planned(AFTERNOON - timedelta(days=number * 7 % 20), number % 4, number * 40, number % 2))
    sealed = list(told.tell(subjects))
    with transaction(writes=False):
        return [(each.at, each.view.subject_id, total_of(each)) for each in sealed]


def total_of(sealed: SealedWhole) -> int | None:
    """The total of the first instrument."""
    row = sealed.parts[0].result
    opened = open_for(Result.scores, row["scores"], row=row["id"], owner=row["subject_id"], bound={"week": row["week"]})
    total: int | None = opened["total"]
    return total


def test_an_interrupted_story_is_refused(tmp_path: Path, sqlite_installation: Installation) -> None:
    with closing(installed(tmp_path, sqlite_installation)) as apps, pytest.MonkeyPatch.context() as patched:
        runner = next(apps).test_cli_runner()
        patched.setattr(Story, "tell", interrupted)
        runner.invoke(args=["demo", "load", "--workers", "10"])
        patched.undo()

        outcome = runner.invoke(args=["demo", "load", "--workers", "10"])

    assert outcome.exit_code == 1
    assert "interrupted half-way" in outcome.output
    assert "make forget-demo" in outcome.output


def interrupted(_story: Story) -> None:
    raise KeyboardInterrupt
