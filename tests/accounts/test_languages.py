"""Every public page in both languages, and no sentence left in the other one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.client import Client

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def english(client: Client) -> Client:
    """A browser that asked for English."""
    client.http.set_cookie("lang", "en")
    return client


@pytest.mark.parametrize("path", ["/join", "/sign-in", "/forgotten"])
def test_a_public_page_speaks_chinese_first(client: Client, people: Cast, path: str) -> None:
    assert people.township
    page = client.get(path)

    assert 'lang="zh-Hans-CN"' in page.text
    assert CHINESE.search(re.sub(r"(?s)<header class=\"bar\">.*?</header>", "", page.text))


@pytest.mark.parametrize(("path", "sentence"), [
    ("/join", "Where do you work?"),
    ("/sign-in", "Forgot your password?"),
    ("/forgotten", "It happens to everybody."),
    ("/join/{code}", "Your employer never sees any of it"),
    ("/join/{code}/phone", "Send me the code"),
])  # fmt: skip
def test_a_public_page_speaks_english(english: Client, people: Cast, path: str, sentence: str) -> None:
    page = english.get(path.format(code=people.township.join_code))

    assert sentence in page.text
    assert 'lang="en"' in page.text


def test_an_english_page_has_no_chinese_left(english: Client) -> None:
    english.get("/forgotten")
    main = english.page.text.split("<main", 1)[1].split("</main>", 1)[0]

    assert not CHINESE.search(main)


@pytest.mark.parametrize("path", ["/join/{code}", "/join/{code}/phone"])
def test_the_promise_stands_on_the_pages_of_the_poster(client: Client, people: Cast, path: str) -> None:
    page = client.get(path.format(code=people.township.join_code))

    assert re.search("看不到", page.text)
