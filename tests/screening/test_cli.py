"""The command line group ``instruments``."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from app.screening import instruments as catalogue
from app.screening.cli import instruments


def run(*arguments: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(instruments, arguments, input=stdin)


def test_lists_every_instrument() -> None:
    assert [line.split("\t")[0] for line in run("list").stdout.splitlines()] == list(catalogue.load_all())


def test_shows_an_instrument_in_either_language() -> None:
    assert "做事时提不起劲或没有兴趣" in run("show", "phq9").stdout
    assert "Little interest or pleasure in doing things" in run("show", "phq9", "--language", "en").stdout


def test_scores_a_line() -> None:
    result = run("score", "phq9", stdin="[2,2,2,2,2,0,0,0,1]\n")

    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "instrument": "phq9", "version": "1", "cut_off_set": "kroenke_2001", "complete": True, "total": 11,
        "band": "moderate", "subscales": {}, "positive": True, "safety": ["q9"],
        "pattern": {"code": "full", "count": 6, "core": True}, "careless": False, "missing": [],
    }  # fmt: skip


def test_scores_the_good_lines_beside_the_bad_ones() -> None:
    lines = ["[1,1,1,1]", "[1,1,1,4]", "nonsense", "", '{"q1": 1}', "[1,1]", "[null,1,1,1]", "[NaN,1,1,1]", "[" * 5000]

    result = run("score", "phq4", stdin="\n".join(lines))
    answers = [json.loads(line) for line in result.stdout.splitlines()]

    assert result.exit_code == 1
    assert ["error" in answer for answer in answers] == [False, True, True, True, True, True, False, True, True]
    assert (answers[0]["total"], answers[6]["total"]) == (4, None)


def test_says_which_item_was_wrong_and_not_what_was_answered() -> None:
    assert json.loads(run("score", "phq4", stdin="[1,1,1,77]").stdout) == {"error": "q4: not one of its options"}


def test_takes_bytes_that_are_no_text() -> None:
    result = run("score", "phq4", stdin=b"\xff\xfe\x00\n[0,0,0,0]\n")

    assert [json.loads(line).get("total", "refused") for line in result.stdout.splitlines()] == ["refused", 0]


def test_accepts_phq9_with_and_without_the_difficulty_item() -> None:
    result = run("score", "phq9", stdin=f"{[1] * 9}\n{[1] * 10}\n")

    assert [json.loads(line)["total"] for line in result.stdout.splitlines()] == [9, 9]


def test_scores_by_another_cut_off_set() -> None:
    result = run("score", "phq9", "--cut-off-set", "shanghai_community", stdin="[1,1,1,1,1,1,1,0,0]")

    assert json.loads(result.stdout)["positive"] is True


@pytest.mark.parametrize(
    "arguments", [("show", "isi"), ("score", "isi"), ("score", "phq9", "--cut-off-set", "nobody"), ("cure",)]
)
def test_refuses_what_it_does_not_know(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2
