"""A browser-like client: it follows links, submits only forms it was shown, and inspects every page it opens."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from werkzeug.exceptions import HTTPException, NotFound

from app.accounts.current import SESSION_COOKIE
from app.accounts.services import sessions
from app.core.database import session, transaction

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

    from app.accounts.models import Account


_FRAME = re.compile("preferences|sign-out$")


class ShownForm:
    """A form as the page showed it: where it goes and what its fields hold."""

    def __init__(self, attributes: dict[str, str]) -> None:
        self.action = attributes.get("action", "")
        self.method = attributes.get("method", "get").lower()
        self.id = attributes.get("id", "")
        self.values: dict[str, list[str]] = {}
        self.names: set[str] = set()
        self.buttons: dict[str, list[str]] = {}


class _Reader(HTMLParser):
    """Reads the forms, links, headings and ids of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[ShownForm] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.inline: list[str] = []
        self._form: ShownForm | None = None
        self._select: str | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        self.inline += [name for name in found if name == "style" or name.startswith("on")]
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag == "form":
            self._form = ShownForm(found)
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(tag, found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.values[self._area] = [data.removeprefix("\r").removeprefix("\n")]

    def _control(self, tag: str, found: dict[str, str]) -> None:
        assert self._form is not None
        name, kind = found.get("name", ""), found.get("type", "text")
        if tag == "button" or kind == "submit":
            self._form.buttons.setdefault(name, []).append(found.get("value", ""))
            return
        if tag != "option":
            self._form.names.add(name)
        self._hold(tag, name, kind, found)

    def _hold(self, tag: str, name: str, kind: str, found: dict[str, str]) -> None:
        """Take over what a control holds."""
        assert self._form is not None
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in found:
            self._form.values.setdefault(self._select, []).append(found.get("value", ""))
        elif tag == "textarea":
            self._area = name
            self._form.values[name] = [""]
        elif tag == "input" and (kind not in {"radio", "checkbox"} or "checked" in found):
            self._form.values.setdefault(name, []).append(found.get("value", ""))


class Page:
    """One answer of the program, inspected."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.text = response.get_data(as_text=True)
        reader = _Reader()
        if response.mimetype == "text/html":
            reader.feed(self.text)
            self._inspect(reader)
        self.forms, self.links, self.tags = reader.forms, reader.links, reader.tags

    def _inspect(self, reader: _Reader) -> None:
        assert not reader.inline, f"inline style or handler on {self.response.request.path}: {reader.inline}"
        assert len(reader.ids) == len(set(reader.ids)), f"an id stands twice on {self.response.request.path}"
        assert "<title>" in self.text, f"{self.response.request.path} has no title"
        assert reader.tags.count("h1") == 1, f"{self.response.request.path} needs exactly one h1"

    def form(self, action: str = "", *, button: str = "") -> ShownForm:
        """The form whose id or last part of its action is ``action``, else whose action contains it."""
        found = [form for form in self.forms if not button or button in form.buttons]
        exact = [form for form in found if action and (form.id == action or form.action.endswith(f"/{action}"))]
        near = [form for form in found if action in form.action and not _FRAME.search(form.action)]
        shown = sorted(exact or near, key=lambda form: form.method != "post")
        assert shown, f"no form {action!r} on {self.response.request.path}: {[form.action for form in self.forms]}"
        return shown[0]

    def says(self, sentence: str) -> bool:
        """Whether a person reads this sentence on the page."""
        return sentence in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", self.text))


class Client:
    """One browser."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.http = app.test_client()
        self.page: Page

    def signed_in_as(self, account: Account) -> Client:
        """Sign a person in, as if by hand."""
        with self.app.app_context(), transaction():
            token = sessions.open_session(session().merge(account, load=True), second_factor=True)
        self.http.set_cookie(SESSION_COOKIE, token)
        return self

    def get(self, path: str, *, status: int = 200, **headers: str) -> Page:
        """Open a page, following redirects, and expect a status."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._show(self.http.get(path, follow_redirects=True, headers=sent), status)

    def submit(
        self, action: str = "", *, status: int = 200, button: tuple[str, str] | None = None, **values: Any
    ) -> Page:
        """Fill in a form of the present page and send it; only fields that were shown may be filled in."""
        form = self.page.form(action, button=button[0] if button else "")
        unknown = set(values) - form.names
        assert not unknown, f"the form shows no {unknown}, but {sorted(form.names)}"
        data = {
            **form.values,
            **{name: value if isinstance(value, list) else [value] for name, value in values.items()},
        }
        if button:
            assert button[1] in form.buttons[button[0]], f"no such button: {form.buttons}"
            data[button[0]] = [button[1]]
        target = form.action or self.page.response.request.path
        pairs = [(name, str(item)) for name, items in data.items() for item in items]
        if form.method == "get":
            return self.get(f"{target}?{urlencode(pairs)}", status=status)
        return self.post(target, pairs, status=status)

    def post(self, path: str, pairs: list[tuple[str, str]], *, status: int = 200) -> Page:
        """Send fields to an address, as a form would."""
        body = urlencode(pairs)
        kind = "application/x-www-form-urlencoded"
        return self._show(self.http.post(path, data=body, content_type=kind, follow_redirects=True), status)

    @property
    def csrf(self) -> str:
        """The token of the present page, for a background request."""
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.page.text)
        assert found, "this page carries no CSRF token"
        return found[1]

    def _show(self, response: TestResponse, status: int) -> Page:
        self.page = Page(response)
        dead = [link for link in self.page.links if self._is_dead(link)]
        assert not dead, f"{response.request.path} leads nowhere: {dead}"
        assert self.page.status == status, f"{response.request.path}: {self.page.status}\n{self.page.text[-2000:]}"
        return self.page

    def _is_dead(self, link: str) -> bool:
        """Whether a link into the program has no view behind it."""
        path = urlsplit(link).path
        if not link.startswith("/") or path.startswith("/static/"):
            return False
        try:
            self.app.url_map.bind("127.0.0.1").match(path)
        except NotFound:
            return True
        except HTTPException:
            return False
        return False
