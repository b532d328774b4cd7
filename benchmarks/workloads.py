"""What people do, as requests to the product and to the floor: each workload by its name."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from app.screening import instruments
from benchmarks import crowds, lean, lectures, login, reading
from benchmarks.findings import Finding, Stage, compare
from benchmarks.pages import open_page
from benchmarks.rounds import Journey, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.pages import Page
    from benchmarks.product import Taker

SEE_OTHER = 303
HTML = {"Accept": "text/html", "Accept-Encoding": "gzip, deflate, br"}
JSON = {"Accept": "application/json"}


def submit(stage: Stage) -> Finding:
    """Hand in nine answers to a fresh sitting, beside one stored row, the same rows by ORM, and the lean program."""
    size = 30 if stage.quick else 300
    takers = _shares(stage, stage.product.takers(size * (stage.rounds + 1), "full"), size)
    page = _questions(stage, takers[0][0])
    journeys = [[(_hand_in(taker, page),) for taker in share] for share in takers]
    least = [[(_hand_in_lean(turn * size + each),) for each in range(size)] for turn in range(stage.rounds + 1)]
    return compare(stage, "submit", 1.8, journeys, _store(stage, size), _store(stage, size, "/orm"), least)


def answer(stage: Stage) -> Finding:
    """Save one answer in the background, again and again in a number of sittings, beside one stored row."""
    size = 400
    takers = stage.product.takers(size // 4, "full")
    page = _questions(stage, takers[0])
    items = [item.id for item in instruments.get("phq9").items if item.scored]
    journeys = [
        [
            (_save(takers[number % len(takers)], page, items[(number + turn) % len(items)], number),)
            for number in range(size)
        ]
        for turn in range(stage.rounds + 1)
    ]
    return compare(stage, "answer", 1.2, journeys, _store(stage, size))


def journey(stage: Stage) -> Finding:
    """Open the questions and hand them in, beside the floor's form and one stored row."""
    size = 200
    takers = _shares(stage, stage.product.takers(size * (stage.rounds + 1), "full"), size)
    page = _questions(stage, takers[0][0])
    journeys = [[(_show(taker, page), _hand_in(taker, page)) for taker in share] for share in takers]
    return compare(stage, "journey", 1.67, journeys, [_form_and_row(stage)] * size)


def entry(stage: Stage) -> Finding:
    """Come from a poster, a stranger without a cookie, to the first question, beside a bare session and form."""
    size = 300
    door: Journey = (Request("GET", f"/q/{stage.product.join_code}", HTML),)
    form: Journey = (Request("GET", "/form", HTML),)
    return compare(stage, "entry", 1.3, [[door] * size] * (stage.rounds + 1), [form] * size)


def bare(stage: Stage) -> Finding:
    """The floor beside itself, which must come out at 1: what the other ratios are worth."""
    size = 300
    twin = replace(stage, server=stage.floor)
    return compare(twin, "floor", 1.05, [_store(stage, size)] * (stage.rounds + 1), _store(stage, size))


def sign_in(stage: Stage) -> login.Beside:
    """Sign in without a pause, 50 at once, beside submissions."""
    return login.login(stage, lambda size: _hand_ins(stage, size))


def storm(stage: Stage) -> login.Beside:
    """Sign in, 2,000 within a minute, beside a questionnaire's page."""
    taker = stage.product.takers(1, "full")[0]
    return login.storm(stage, _show(taker, _questions(stage, taker)))


def booking(stage: Stage) -> Finding:
    """Book one seat of one hot lecture, beside a bare conditional update and an insert."""
    size = 10 if stage.quick else 200
    takers = _shares(stage, stage.product.takers(size * (stage.rounds + 1), "full"), size)
    lecture, page = lectures.hot_lecture(stage.product), _questions(stage, takers[0][0])
    journeys = [[(_take_seat(taker, page, lecture),) for taker in share] for share in takers]
    return compare(stage, "booking", lectures.TARGETS[stage.database], journeys, _store(stage, size, "/seat"))


def users(stage: Stage) -> crowds.Waits:
    """200 people who think between what they do, beside as many at the floor's form."""
    size = 4 if stage.quick else crowds.USERS
    shares = _shares(stage, stage.product.takers(size * (stage.rounds + 1), "full"), size)
    page, items = _questions(stage, shares[0][0]), [item.id for item in instruments.get("phq9").items if item.scored]
    ours = [[_all_of_it(taker, page, items[:4]) for taker in share] for share in shares]
    return crowds.users(stage, ours, _form_and_row(stage))


def shift(stage: Stage) -> crowds.Waits:
    """30,000 sittings in 30 minutes by campaign link, as many a second for a part of it, beside the floor's form."""
    size = 10 if stage.quick else crowds.EACH_SECOND * crowds.SECONDS
    shares = _shares(stage, stage.product.takers(size * (stage.rounds + 1), "full"), size)
    page = _questions(stage, shares[0][0])
    door = Request("GET", f"/q/{stage.product.join_code}", HTML)
    ours = [[(door, _show(taker, page), _hand_in(taker, page)) for taker in share] for share in shares]
    form = _form_and_row(stage)
    return crowds.shift(stage, ours, (form[0], *form))


WORKLOADS: Mapping[str, Callable[[Stage], object]] = {
    "submit": submit,
    "answer": answer,
    "journey": journey,
    "entry": entry,
    "floor": bare,
    "login": sign_in,
    "storm": storm,
    "caseload": reading.caseload,
    "triage": reading.triage,
    "growth": reading.growth,
    "booking": booking,
    "users": users,
    "shift": shift,
}


def _form_and_row(stage: Stage) -> Journey:
    form = open_page(stage.floor.port, "/form")
    return Request("GET", "/form", {"Cookie": form.cookie}), _insert(form)


def _all_of_it(taker: Taker, page: Page, items: list[str]) -> list[Request]:
    return [_show(taker, page), *(_save(taker, page, item, 1) for item in items), _hand_in(taker, page)]


def _take_seat(taker: Taker, page: Page, lecture: str) -> Request:
    cookie = f"{taker.cookie}; {page.cookie}"
    return _post(f"/lectures/{lecture}/book", cookie, {"csrf_token": page.token}, HTML, status=SEE_OTHER)


def _shares(stage: Stage, takers: list[Taker], size: int) -> list[list[Taker]]:
    return [takers[number * size : (number + 1) * size] for number in range(stage.rounds + 1)]


def _hand_ins(stage: Stage, size: int) -> list[Journey]:
    takers = stage.product.takers(size, "full")
    page = _questions(stage, takers[0])
    return [(_hand_in(taker, page),) for taker in takers]


def _questions(stage: Stage, taker: Taker) -> Page:
    return open_page(stage.server.port, f"/sittings/{taker.sitting}/phq9", taker.cookie)


def _show(taker: Taker, page: Page) -> Request:
    return Request("GET", f"/sittings/{taker.sitting}/phq9", HTML | {"Cookie": f"{taker.cookie}; {page.cookie}"})


def _hand_in(taker: Taker, page: Page) -> Request:
    items = [item.id for item in instruments.get("phq9").items if item.scored]
    fields = dict.fromkeys(items[:-1], "1") | {items[-1]: "0"}
    body = {"csrf_token": page.token, "key": secrets.token_urlsafe(18), **fields}
    cookie = f"{taker.cookie}; {page.cookie}"
    return _post(f"/sittings/{taker.sitting}/phq9", cookie, body, HTML, status=SEE_OTHER)


def _save(taker: Taker, page: Page, item: str, number: int) -> Request:
    value = "0" if item == "q9" else str(number % 4)
    body = {"csrf_token": page.token, "item": item, "value": value, "seconds": "2.5"}
    return _post(f"/sittings/{taker.sitting}/phq9/answer", f"{taker.cookie}; {page.cookie}", body, JSON)


def _store(stage: Stage, size: int, path: str = "/form") -> list[Journey]:
    return [(_insert(open_page(stage.floor.port, "/form"), path),)] * size


def _hand_in_lean(number: int) -> Request:
    body = {
        "csrf_token": lean.csrf(),
        "key": secrets.token_urlsafe(18),
        **dict.fromkeys(lean.ITEMS[:-1], "1"),
        "q8": "0",
    }
    return _post(f"/lean/{number}", f"lean={lean.token()}", body, HTML, status=SEE_OTHER)


def _insert(form: Page, path: str = "/form") -> Request:
    body = {"csrf_token": form.token, **{f"q{item}": "1" for item in range(9)}}
    return _post(path, form.cookie, body, HTML)


def _post(path: str, cookie: str, body: Mapping[str, str], accept: Mapping[str, str], status: int = 200) -> Request:
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", **accept}
    return Request("POST", path, headers, urlencode(body).encode(), status)
