"""Opens every page that a person reaches by links, one of each kind, and says what is wrong with it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from axe_playwright_python.sync_playwright import Axe
from werkzeug.exceptions import HTTPException

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask
    from playwright.sync_api import Page

    from tests.browser.chinese import Content

WIDTHS = {390: 844, 1440: 900}
LANGUAGES = {"zh": "zh-Hans-CN", "en": "en"}
STATE = """() => ({
  headings: document.querySelectorAll('h1').length,
  lang: document.documentElement.lang,
  links: [...document.querySelectorAll('a[href]')].filter((a) => !a.hasAttribute('download')).map((a) => a.href),
})"""
BARRIERS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(
  (rule) => [rule.id, ...rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 160))])"""
AXE = Axe().axe_script


class Crawl:
    """One person's way through all of her pages; ``faults`` holds a line for whatever is wrong."""

    def __init__(self, page: Page, app: Flask, content: Content, address: str) -> None:
        self.page, self.content, self.address = page, content, address
        self.faults: list[str] = []
        self.opened: dict[str, str] = {}
        self._routes = app.url_map.bind(urlsplit(address).netloc)
        self._said: list[str] = []
        page.on("console", lambda message: self._said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._said.append(str(error)))

    def walk(self, starts: Iterable[str], *, axe_at: int) -> None:
        """Open the starts and what they lead to, in Chinese; barriers are looked for at one width, in the dark too."""
        waiting = deque(starts)
        while waiting:
            path = waiting.popleft()
            kind = self._kind(path)
            if kind is None or kind in self.opened:
                continue
            self.opened[kind] = path
            waiting.extend(self._inspect(path, "zh", axe_at=axe_at, also_dark=kind in {"home.start", *DARK}))

    def read_in_english(self, *, axe_at: int) -> None:
        """Open the same pages in English; barriers are looked for at the other width."""
        self.page.context.add_cookies([{"name": "lang", "value": "en", "url": self.address}])
        for path in self.opened.values():
            self._inspect(path, "en", axe_at=axe_at)
            self._note(path, "en", "is Chinese", self.content.left_on(self.page))

    def _inspect(self, path: str, language: str, *, axe_at: int, also_dark: bool = False) -> list[str]:
        self._said.clear()
        reply = self.page.goto(self.address + path)
        status = reply.status if reply else 0
        state = self.page.evaluate(STATE)
        self._note(path, language, "answers", [status] if status != 200 else [])
        self._note(path, language, "has headings of the first level", [state["headings"]], unless=[1])
        self._note(path, language, "names its language", [state["lang"]], unless=[LANGUAGES[language]])
        for width in sorted(WIDTHS, key=lambda each: each == axe_at):
            self._fit(path, language, width)
        self._note(path, language, "complains", self._said)
        self._note(path, language, "has barriers", self._barriers())
        if also_dark:
            self.page.emulate_media(color_scheme="dark")
            self._note(path, language, "has barriers in the dark", self._barriers())
            self.page.emulate_media(color_scheme="light")
        return [self._path_of(urljoin(self.page.url, link)) for link in state["links"]]

    def _fit(self, path: str, language: str, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        needed = self.page.evaluate("document.documentElement.scrollWidth")
        self._note(path, language, f"is wider than {width}", [needed] if needed > width else [])

    def _barriers(self) -> list[Any]:
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(AXE)
        found: list[Any] = self.page.evaluate(BARRIERS)
        return found

    def _kind(self, path: str) -> str | None:
        """The endpoint behind an address of this site that shows a page, else None."""
        if not path:
            return None
        try:
            endpoint: str = self._routes.match(urlsplit(path).path, method="GET")[0]
        except HTTPException as problem:
            self.faults.append(f"{path}: {problem}")
            return None
        return None if endpoint in NO_PAGES else endpoint

    def _path_of(self, link: str) -> str:
        parts = urlsplit(link)
        if f"{parts.scheme}://{parts.netloc}" != self.address:
            return ""
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def _note(self, path: str, language: str, what: str, found: list[Any], *, unless: list[Any] | None = None) -> None:
        if found != (unless or []):
            self.faults.append(f"{path} ({language}) {what}: {found}")


DARK = {
    "care_counsellor.show_case",
    "screening_worker.show_result",
    "safety_staff.list_alerts",
    "courses_worker.list_lectures",
    "courses_admin.show_roster",
}
NO_PAGES = {
    "static",
    "courses_worker.download_calendar",
    "accounts_admin.show_unit_qr",
    "web_health.healthz",
    "web_health.readyz",
    "web_health.metrics",
    "web_public.manifest",
    "web_public.robots",
    "accounts_public.show_second_factor",
}
"""What answers with something else than a page."""
