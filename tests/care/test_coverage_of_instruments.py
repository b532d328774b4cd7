"""Every instrument leads somewhere: a band above the lowest that nobody would see stops the start."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.care import services, tiers
from app.care.tiers import UncoveredError, completed, load_table, propose, read_table
from app.core import clock
from app.screening import instruments
from app.screening.instruments import load_all
from app.screening.instruments.reader import read_files
from app.screening.scoring import score
from tests.care.scenes import NOW, at, measured

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from flask import Flask

FOLDER = Path(instruments.__file__).parent
PLAIN = Path(tiers.__file__).with_name("tiers.toml").read_text("utf-8")
NEW = (FOLDER / "phq2.toml").read_text("utf-8").replace('code = "phq2"', 'code = "mood2"')
HIGHEST = {"phq8": (8 * [3], 4), "phq2": (2 * [3], 1), "gad2": (2 * [3], 1), "phq4": (4 * [3], 2)}


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An instrument more, added as the documents say: one file, no line of Python."""
    shutil.copytree(FOLDER, tmp_path / "instruments", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (tmp_path / "instruments" / "mood2.toml").write_text(NEW, "utf-8")
    monkeypatch.setattr(instruments, "__file__", str(tmp_path / "instruments" / "__init__.py"))
    load_all.cache_clear()
    load_table.cache_clear()
    yield
    monkeypatch.undo()
    load_all.cache_clear()
    load_table.cache_clear()


@pytest.mark.parametrize("code", HIGHEST)
def test_leads_the_highest_total_of_every_short_form_to_a_person(code: str) -> None:
    answers, tier = HIGHEST[code]
    proposal = propose([score(instruments.get(code), answers)])
    assert proposal.tier == tier
    assert proposal.reasons[0].text("zh")


def test_leads_every_band_above_the_lowest_somewhere() -> None:
    for instrument in load_all().values():
        for band in (band for band in instrument.bands if band.level > 0):
            total = band.maximum if instrument.direction is instruments.Direction.HIGHER_IS_WORSE else band.minimum
            result = tiers._Probe(instrument.code, total)
            assert propose([result]).tier > 0, f"{instrument.code}: {band.code}"


def test_refuses_a_band_that_leads_nowhere_by_name(tmp_path: Path) -> None:
    (tmp_path / "phq9.toml").write_text((FOLDER / "phq9.toml").read_text("utf-8"), "utf-8")
    (tmp_path / "mood2.toml").write_text(NEW.replace("tier = 1\n", ""), "utf-8")
    known = read_files(tmp_path).values()
    with pytest.raises(UncoveredError, match=r"mood2: .* band look_closer"):
        completed(read_table(PLAIN), known)


def test_never_proposes_tier_0_for_a_positive_result_of_which_no_rule_speaks() -> None:
    table = read_table(PLAIN)
    result = tiers._Probe("gone", 9, positive=True)
    proposal = propose([result], table=table)
    assert (proposal.tier, proposal.reasons[0].code) == (2, tiers.UNKNOWN)
    assert propose([tiers._Probe("gone", 9)], table=table).tier == 0


@pytest.mark.usefixtures("added")
def test_an_instrument_added_by_its_file_alone_reaches_triage(app: Flask, subject: UUID) -> None:
    measured(app, subject, [3, 3], code="mood2")
    with app.app_context(), clock.at(NOW):
        services.settle_results()
    with at(app):
        waiting = services.queue().page.rows
    assert [(each.subject_id, each.proposal.tier) for each in waiting] == [(subject, 1)]
    assert waiting[0].proposal.reasons[0].text("en") == "Your mood in the last two weeks: score 6 (3–6)"
