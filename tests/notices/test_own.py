"""A person's own list of notices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from app.config import ROOT
from app.core.database import session, transaction
from app.notices import kinds, services, texts
from app.notices.models import Notice

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from app.accounts.models import Account
    from tests.cast import Cast
    from tests.client import Client


@pytest.fixture
def told(app: Flask) -> Callable[..., None]:
    """Tell a person something."""

    def tell(account: Account, text: str = "service.message", *, times: int = 1, **values: Any) -> None:
        with app.app_context(), transaction():
            for number in range(times):
                said = {"text": text, "values": {**values, "number": number}}
                session().add(Notice(account_id=account.id, said=said))
                session().flush()

    return tell


def test_a_worker_sees_what_concerns_her(
    people: Cast, signed_in: Callable[[Account], Client], told: Callable[..., None]
) -> None:
    told(people.worker, "lecture.cancelled", title="睡个好觉")

    page = signed_in(people.worker).get("/notices")

    assert page.says("很抱歉，“睡个好觉”取消了。")


def test_a_worker_never_sees_anothers(
    people: Cast, signed_in: Callable[[Account], Client], told: Callable[..., None]
) -> None:
    told(people.other_worker, "lecture.cancelled", title="睡个好觉")

    page = signed_in(people.worker).get("/notices")

    assert not page.says("睡个好觉")
    assert page.says("暂时没有新消息")


def test_reading_takes_the_badge_away(
    app: Flask, people: Cast, signed_in: Callable[[Account], Client], told: Callable[..., None]
) -> None:
    told(people.counsellor)
    client = signed_in(people.counsellor)
    client.get("/notices")
    with app.app_context(), transaction(writes=False):
        before = services.count_unread(people.counsellor.id)

    client.submit("/notices/read")

    with app.app_context(), transaction(writes=False):
        assert (before, services.count_unread(people.counsellor.id)) == (1, 0)


def test_marking_as_read_touches_only_ones_own(
    app: Flask, people: Cast, signed_in: Callable[[Account], Client], told: Callable[..., None]
) -> None:
    told(people.other_worker)
    told(people.worker)
    client = signed_in(people.worker)
    client.get("/notices")

    client.submit("/notices/read")

    with app.app_context(), transaction(writes=False):
        assert services.count_unread(people.other_worker.id) == 1


def test_a_long_list_comes_in_pages(
    people: Cast, signed_in: Callable[[Account], Client], told: Callable[..., None]
) -> None:
    told(people.worker, "lecture.cancelled", title="新讲座")
    told(people.worker, times=30)
    client = signed_in(people.worker)

    page = client.get("/notices")
    older = client.get(next(link for link in page.links if "before=" in link))

    assert (page.says("新讲座"), older.says("新讲座")) == (False, True)


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    assert client.http.get("/notices").status_code in {302, 303, 401}


@pytest.mark.parametrize("key", sorted(texts.known()))
def test_a_text_has_the_same_values_in_both_languages(key: str) -> None:
    text = texts.known()[key]

    assert set(re.findall(r"{\w+}", text.zh)) == set(re.findall(r"{\w+}", text.en))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_text_is_found_in_each_language(language: str) -> None:
    assert texts.words("phone.code", {"code": "123456"}, language)


def test_every_kind_that_is_promised_is_delivered_by_somebody(app: Flask) -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "app").rglob("*.py") if path.stem != "kinds")
    promised = set(re.findall(r'enqueue\(\s*"([\w.]+)"', sources))

    assert promised <= kinds.registered(), "register these kinds in their room's init_app"


def test_a_delivery_without_words_is_refused() -> None:
    with pytest.raises(KeyError):
        kinds.Delivery("mail", "a@union.example", "no.such")


def test_every_text_leads_to_a_page_that_exists(app: Flask) -> None:
    doors = {text.door for text in texts.known().values() if text.door}

    assert doors <= set(app.view_functions), doors - set(app.view_functions)
