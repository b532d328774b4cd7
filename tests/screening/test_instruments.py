"""The instruments that ship."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.screening import instruments
from app.screening.instruments import Direction, InstrumentError, NextStep
from app.screening.instruments.checks import TALKS, check
from app.screening.instruments.reader import read_files

FOLDER = Path(instruments.__file__).parent
CODES = sorted(path.stem for path in FOLDER.glob("*.toml"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path


def changed(folder: Path, code: str, old: str, new: str) -> None:
    path = folder / f"{code}.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_ships_the_instruments_of_the_default_batteries() -> None:
    assert {"phq4", "phq9", "gad7", "who5"} <= set(instruments.load_all())


def test_reads_the_files_once() -> None:
    assert instruments.load_all() is instruments.load_all()


@pytest.mark.parametrize(
    ("code", "items", "lowest", "highest"),
    [
        ("phq9", 9, 0, 27),
        ("phq8", 8, 0, 24),
        ("phq2", 2, 0, 6),
        ("gad7", 7, 0, 21),
        ("gad2", 2, 0, 6),
        ("phq4", 4, 0, 12),
        ("who5", 5, 0, 100),
    ],
)
def test_has_the_published_range(code: str, items: int, lowest: int, highest: int) -> None:
    instrument = instruments.get(code)

    assert (len(instrument.scored_items), instrument.minimum, instrument.maximum) == (items, lowest, highest)


@pytest.mark.parametrize("code", CODES)
def test_gives_every_band_a_next_step_and_words_in_both_languages(code: str) -> None:
    bands = instruments.get(code).bands

    assert all(band.result.next_steps for band in bands)
    assert all(band.name("zh") != band.name("en") for band in bands)


@pytest.mark.parametrize("code", CODES)
def test_offers_a_talk_in_every_band_and_clears_nobody(code: str) -> None:
    best = min(instruments.get(code).bands, key=lambda band: band.level)

    assert all(TALKS & set(band.result.next_steps) for band in instruments.get(code).bands)
    assert best.result.next_steps[0] is NextStep.TALK
    said = "".join(best.result.explanation(language) + best.name(language) for language in ("zh", "en"))
    assert "下面就能找到人" in said
    assert "somebody to talk to below" in said
    assert not any(verdict in said for verdict in ("平稳", "不错", "良好", "正常", "健康", "steady", "healthy"))


def test_says_not_at_all_as_the_lowest_answer_of_gad7() -> None:
    assert instruments.get("gad7").items[0].options[0].text("en") == "Not at all"


def test_carries_the_loinc_codes_of_phq9() -> None:
    phq9 = instruments.get("phq9")

    assert (phq9.loinc.panel, phq9.loinc.total) == ("44249-1", "44261-6")
    assert [item.loinc for item in phq9.scored_items] == [
        "44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8",
    ]  # fmt: skip
    assert [option.loinc for option in phq9.items[0].options] == ["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"]


def test_carries_the_notice_of_loinc_wherever_there_is_a_loinc_code() -> None:
    coded = [each for each in instruments.load_all().values() if any(item.loinc for item in each.items)]

    assert all("LOINC" in (each.licence.loinc_notice or "") for each in coded)


def test_points_wellbeing_upwards_and_distress_downwards() -> None:
    assert instruments.get("who5").direction is Direction.HIGHER_IS_BETTER
    assert instruments.get("phq9").direction is Direction.HIGHER_IS_WORSE


def test_counts_levels_from_the_best_band_in_either_direction() -> None:
    assert [band.level for band in instruments.get("who5").bands] == [2, 1, 0]
    assert [band.level for band in instruments.get("gad7").bands] == [0, 1, 2, 3]


def test_speaks_the_language_it_is_asked_in() -> None:
    item = instruments.get("phq9").item("q1")

    assert item.text("zh_Hans_CN") == "做事时提不起劲或没有兴趣"
    assert item.text("en") == "Little interest or pleasure in doing things"


def test_borrows_the_words_of_short_forms_from_the_long_ones() -> None:
    phq4, phq9, gad7 = (instruments.get(code) for code in ("phq4", "phq9", "gad7"))

    assert [item.text for item in phq4.items] == [item.text for item in (*gad7.items[:2], *phq9.items[:2])]


def test_offers_help_at_once_in_the_gravest_band_of_phq9() -> None:
    assert instruments.get("phq9").bands[-1].result.next_steps[0] is NextStep.HELP_NOW


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("max = 4", "max = 3", "gap or overlap"),
        ("max = 27", "max = 26", "cover the range"),
        ("value = 3", "value = 4", "not contiguous"),
        ('light = "green"', 'light = "skeleton"', "green licence"),
        ("safety = 1", "safety = 4", "safety threshold"),
        ('core = ["q1", "q2"]', 'core = ["q1", "q77"]', "pattern"),
        ('id = "q9"', 'id = "q8"', "twice"),
        ('en = "Last 2 weeks"', "", "zh and en"),
        ('zh = "过去两周"', 'zh = " "', "empty in zh"),
        ('default_cut_off_set = "kroenke_2001"', 'default_cut_off_set = "nobody"', "default cut-off"),
        ('next_steps = ["talk", "lecture", "self_help"]', 'next_steps = ["pills"]', "pills"),
        ('next_steps = ["talk", "lecture", "self_help"]', 'next_steps = ["lecture"]', "none offers no talk"),
        ('code = "phq9"', 'code = "phq99"', "name of the file"),
        ('version = "1"', "", "version"),
    ],
)
def test_refuses_a_file_that_cannot_be(folder: Path, old: str, new: str, fault: str) -> None:
    changed(folder, "phq9", old, new)

    with pytest.raises(InstrumentError, match=fault):
        [check(instrument) for instrument in read_files(folder).values()]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('from = "phq9.q1"', 'from = "phq9.q10"', "to borrow"),
        ('items = ["q1", "q2"]', 'items = ["q1", "q9"]', "sub-scale"),
        ("anxiety = 3", "panic = 3", "unknown sub-scale"),
        ("total = 6", "total = 60", "out of range"),
    ],
)
def test_refuses_a_short_form_that_cannot_be(folder: Path, old: str, new: str, fault: str) -> None:
    changed(folder, "phq4", old, new)

    with pytest.raises(InstrumentError, match=fault):
        [check(instrument) for instrument in read_files(folder).values()]
