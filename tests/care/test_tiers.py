"""The tier table, each line at both edges."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.care import tiers
from app.care.tiers import Facts, load_table, propose, read_table
from app.screening import instruments
from app.screening.scoring import score


@dataclass(frozen=True)
class Result:
    """As much of a result as the table asks for; instruments that do not ship yet have tiers too."""

    instrument: str
    total: int | None = None
    positive: bool | None = None
    safety: tuple[str, ...] = ()
    subscales: dict[str, int | None] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("instrument", "total", "tier"),
    [
        ("phq9", 0, 0), ("phq9", 4, 0), ("phq9", 5, 1), ("phq9", 9, 1), ("phq9", 10, 2), ("phq9", 14, 2),
        ("phq9", 15, 3), ("phq9", 19, 3), ("phq9", 20, 4), ("phq9", 27, 4),
        ("gad7", 0, 0), ("gad7", 4, 0), ("gad7", 5, 1), ("gad7", 9, 1), ("gad7", 10, 2), ("gad7", 14, 2),
        ("gad7", 15, 3), ("gad7", 21, 3),
        ("who5", 100, 0), ("who5", 52, 0), ("who5", 51, 0), ("who5", 50, 1), ("who5", 29, 1),
        ("who5", 28, 2), ("who5", 0, 2),
        ("k6", 4, 0), ("k6", 5, 1), ("k6", 12, 1), ("k6", 13, 2), ("k6", 24, 2),
        ("phq15", 9, 0), ("phq15", 10, 1), ("phq15", 14, 1), ("phq15", 15, 2), ("phq15", 30, 2),
        ("pcl5", 30, 0), ("pcl5", 31, 2), ("pcl5", 80, 2),
        ("phq4", 2, 0), ("phq4", 3, 1), ("phq4", 5, 1), ("phq4", 6, 2), ("phq4", 12, 2),
    ],
)  # fmt: skip
def test_proposes_the_tier_of_one_result(instrument: str, total: int, tier: int) -> None:
    assert propose([Result(instrument, total)]).tier == tier


@pytest.mark.parametrize(("positive", "tier"), [(True, 1), (False, 0), (None, 0)])
def test_watches_a_positive_audit_c(positive: bool | None, tier: int) -> None:
    assert propose([Result("auditc", 5, positive=positive)]).tier == tier


@pytest.mark.parametrize(("total", "tier"), [(5, 1), (6, 0), (12, 0)])
def test_lets_the_full_battery_speak_for_a_high_phq4(total: int, tier: int) -> None:
    assert propose([Result("phq4", total)], facts=Facts(full_battery_within_14d=True)).tier == tier


@pytest.mark.parametrize(
    ("facts", "tier"),
    [
        (Facts(tier=2, weeks_in_care=8), 3),
        (Facts(tier=2, weeks_in_care=20), 3),
        (Facts(tier=2, weeks_in_care=7), 0),
        (Facts(tier=2, weeks_in_care=8, reliably_improved=True), 0),
        (Facts(tier=1, weeks_in_care=8), 0),
        (Facts(tier=3, weeks_in_care=8), 0),
        (Facts(tier=2), 0),
        (Facts(weeks_in_care=8), 0),
        (Facts(danger_to_others=True), 4),
        (Facts(counsellor_judges_crisis=True), 4),
        (Facts(alerts_open=True), 4),
    ],
)
def test_steps_up_for_what_is_known_of_the_case(facts: Facts, tier: int) -> None:
    assert propose([], facts=facts).tier == tier


def test_is_a_crisis_when_a_safety_item_fired_in_an_unfinished_questionnaire() -> None:
    proposal = propose([score(instruments.get("phq9"), {"q9": 1})])

    assert proposal.tier == 4
    assert [reason.code for reason in proposal.reasons] == ["safety_item"]
    assert proposal.incomplete == ("phq9",)


def test_takes_the_highest_tier_and_names_all_its_reasons() -> None:
    proposal = propose([Result("phq9", 12), Result("gad7", 11), Result("who5", 40)])

    assert proposal.tier == 2
    assert [(reason.code, reason.value) for reason in proposal.reasons] == [("phq9_10_14", 12), ("gad7_10_14", 11)]


def test_says_why_in_both_languages() -> None:
    (reason,) = propose([Result("who5", 28)]).reasons

    assert reason.text("zh") == "WHO-5 得分 28（≤28）"
    assert reason.text("en") == "WHO-5 score 28 (≤28)"


def test_says_nothing_high_or_low_of_a_person_without_results() -> None:
    proposal = propose([])

    assert (proposal.tier, proposal.reasons, proposal.version) == (0, (), load_table().version)


def test_tries_another_table_without_touching_the_one_that_counts() -> None:
    text = Path(tiers.__file__).with_name("tiers.toml").read_text("utf-8")
    stricter = read_table(text.replace('version = "1"', 'version = "2"').replace("min = 20", "min = 18"))

    assert propose([Result("phq9", 18)], table=stricter).tier == 4
    assert propose([Result("phq9", 18)]).tier == 3


@pytest.mark.parametrize(
    ("level", "first_contact", "review"),
    [
        (0, None, (1, "campaigns")),
        (1, (14, "days"), (4, "weeks")),
        (2, (7, "days"), (2, "weeks")),
        (3, (2, "working_days"), (1, "weeks")),
        (4, (2, "hours"), (1, "days")),
    ],
)
def test_has_a_clock_for_every_tier(level: int, first_contact: tuple | None, review: tuple) -> None:
    tier = load_table().tier(level)

    assert (tier.first_contact and (tier.first_contact.amount, tier.first_contact.unit)) == first_contact
    assert (tier.review.amount, tier.review.unit) == review


def test_suggests_a_hospital_from_tier_3() -> None:
    assert [tier.suggest_hospital for tier in load_table().tiers] == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('fact = "alerts_open"', 'fact = "moon"'),
        ("level = 3", "level = 7"),
        ('code = "who5_to_28"', 'code = "k6_5_12"'),
        ('unit = "working_days"', 'unit = "moons"'),
        ('measure = "safety"', 'measure = "mood"'),
    ],
)
def test_refuses_a_table_that_cannot_be(old: str, new: str) -> None:
    text = Path(tiers.__file__).with_name("tiers.toml").read_text("utf-8")
    assert old in text

    with pytest.raises(ValueError, match=r"."):
        read_table(text.replace(old, new))
