"""Every page that links lead to, for every role: sound in both languages, on the phone and at the desk."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.browser.crawl import NO_PAGES, Crawl
from tests.browser.district import CAST, content_of, demo_district, doors, sign_in_as

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from tests.browser.conftest import Live
    from tests.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("district")]

CROWD = ["stranger", *(key for key in CAST if not key.endswith("2"))]
ON_THE_PHONE = {"stranger", "worker"}


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory, sqlite_installation: Installation) -> Iterator[Live]:
    """A small fictional district with a year of history, served."""
    with demo_district(tmp_path_factory.mktemp("district"), sqlite_installation, workers=60) as running:
        yield running


@pytest.fixture(scope="module")
def crawl(district: Live, chromium: Browser) -> Iterator[Callable[[str], Crawl]]:
    """Walk through all pages of a member of the cast."""
    content, ways, contexts = content_of(district.app), doors(district.app), []

    @cache
    def go(who: str) -> Crawl:
        width, other = (390, 1440) if who in ON_THE_PHONE else (1440, 390)
        context = chromium.new_context(reduced_motion="reduce", color_scheme="light")
        contexts.append(context)
        context.add_cookies(sign_in_as(who, district))
        walked = Crawl(context.new_page(), district.app, content, district.address)
        walked.walk(["/", *ways[who]], axe_at=width)
        walked.read_in_english(axe_at=other)
        return walked

    yield go
    for context in contexts:
        context.close()


@pytest.mark.parametrize("who", CROWD)
def test_is_sound(crawl: Callable[[str], Crawl], who: str) -> None:
    faults = crawl(who).faults

    assert not faults, "\n".join(faults)


def test_opens_every_kind_of_page(district: Live, crawl: Callable[[str], Crawl]) -> None:
    shown = {rule.endpoint for rule in district.app.url_map.iter_rules() if "GET" in (rule.methods or ())} - NO_PAGES
    opened = {kind for who in CROWD for kind in crawl(who).opened}

    assert shown - opened == set()
