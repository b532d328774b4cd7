"""Pruning keeps what a page can use and leaves out what none can."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.web.pruning import Words, prune

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def words(tmp_path: Path) -> Words:
    page = tmp_path / "page.html"
    page.write_text('<p class="card lead {{ "tone-" ~ tone }}">', "utf-8")
    return Words([page])


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".card{color:red}", ".card{color:red}"),
        (".carousel{color:red}", ""),
        (".card,.carousel>.card{color:red}", ".card{color:red}"),
        (".tone-high{color:red}", ".tone-high{color:red}"),
        ("a:not(.card,.lead){color:red}", "a:not(.card,.lead){color:red}"),
        ("@media (min-width:1px){.carousel{color:red}}", ""),
        ("@media print{.card{color:red}.carousel{color:red}}", "@media print{.card{color:red}}"),
        (":root,[data-bs-theme=light]{--bs-blue:#00f}", ":root,[data-bs-theme=light]{--bs-blue:#00f}"),
        ("@keyframes spin{to{color:red}}.card{color:red}", "@keyframes spin{to{color:red}}.card{color:red}"),
    ],
)
def test_it_keeps_what_the_sources_can_name(words: Words, css: str, kept: str) -> None:
    assert prune(css, words) == kept
