"""No text of the product judges a person ill: the Mental Health Law (§23, §51) forbids it, and so does kindness."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]

FORBIDDEN = re.compile(
    r"诊断|治疗|处方|患者|病人|\bdiagnos\w*|\bpatients?\b|\btreatments?\b|\bdisorders?\b", re.IGNORECASE
)

ALLOWED = (
    "本结果不是诊断",
    "not a diagnosis",
    # Names of instruments and titles of studies, as published.
    "Patient Health Questionnaire",
    "Generalised Anxiety Disorder",
    "for assessing generalized anxiety disorder",
    "Anxiety disorders in primary care",
)


def shown_files() -> list[Path]:
    """Every file that holds words for people."""
    data = [path for path in (ROOT / "app").rglob("*.toml") if "node_modules" not in path.parts]
    templates = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    scripts = list((ROOT / "app" / "static" / "js").rglob("*.js"))
    return sorted([*data, *templates, *scripts, *(ROOT / "app" / "translations").rglob("*.po")])


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """The words of a file with their line numbers; of a catalogue the messages alone."""
    if path.suffix == ".po":
        with path.open("rb") as file:
            for message in read_po(file):
                yield message.lineno or 0, f"{message.id} {message.string}"
        return
    yield from enumerate(path.read_text("utf-8").splitlines(), start=1)


def forbidden_words(text: str) -> list[str]:
    """The words that may not be shown, after taking out what is allowed."""
    for phrase in ALLOWED:
        text = re.sub(re.escape(phrase), "", text, flags=re.IGNORECASE)
    return FORBIDDEN.findall(text)


@pytest.mark.parametrize("path", shown_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_says_no_word_of_diagnosis_or_illness(path: Path) -> None:
    found = [f"{path.relative_to(ROOT)}:{line}: {word}" for line, text in texts(path) for word in forbidden_words(text)]

    assert not found, (
        "These words are not ours to use. Say 筛查, 心理咨询, 辅导, 建议, 职工; "
        "a published title goes into ALLOWED:\n" + "\n".join(found)
    )


@pytest.mark.parametrize("text", ["您的诊断", "Diagnosed with", "the patient", "treatment plan", "患者", "a disorder"])
def test_notices_a_forbidden_word(text: str) -> None:
    assert forbidden_words(text)


@pytest.mark.parametrize(
    "text", ["本结果不是诊断。", "This is not a diagnosis.", "impatient", "Patient Health Questionnaire-9"]
)
def test_lets_the_allowed_phrases_pass(text: str) -> None:
    assert not forbidden_words(text)
