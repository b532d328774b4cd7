"""A browser that sends what no browser sends, and keeps what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from sqlalchemy import text

from app.core.database import db
from tests.client import Client, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from app.accounts.models import Account
    from tests.client import ShownForm

FORM, PARTS, JSON = "application/x-www-form-urlencoded", "multipart/form-data; boundary=XX", "application/json"
NASTY = (
    "9" * 25, "9" * 19, "a\x00b", "\U0001f6a8" * 40, "x" * 5_000, "0001-01-01T00:00", "9999-12-31T23:59",
    "", "01", "-1", "1e9", "NaN", "９", "²", "\u202e", "'\"><b>", "%s{0}{{7*7}}", "2026-13-45",
    "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
"""What a field or an address holds when somebody plays with it; first what databases differ about."""

DIFFERS = 7

FILTERS = (
    "act", "after", "before", "copy", "day", "helps-with", "lang", "month", "next", "page", "q", "series", "show",
    "step", "whose",
)  # fmt: skip
"""What the addresses of pages carry behind the question mark."""

UNHEARD_OF = {"a NUL in a value", "a NUL in a name", "a body over the limit", "too many parts"}
"""The bodies that are refused at every door, whoever knocks."""

MOVES_BY_ITSELF = {"audit_entry", "audit_mention", "allowance"}
"""Tables that note a visit, whose case it was to, or a wrong guess, which a refusal may do too."""

TOO_LONG = b"x" * (13 * 1024 * 1024)


def bodies(token: str) -> dict[str, tuple[str, bytes]]:
    """What no form of ours sends: by name, a content type and a body."""
    field = 'Content-Disposition: form-data; name="{}"'
    good = f"--XX\r\n{field.format('csrf_token')}\r\n\r\n{token}\r\n"
    upload = f'--XX\r\n{field.format("{}")}; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--XX--\r\n'
    many = good + f"--XX\r\n{field.format('a')}\r\n\r\n1\r\n" * 2_000 + "--XX--\r\n"
    key = "k" * 20
    return {
        "a file as the token": (PARTS, upload.format("csrf_token").encode()),
        "a file as the key": (PARTS, (good + upload.format("key")).encode()),
        "a NUL in a value": (FORM, urlencode({"csrf_token": token, "key": f"{key}\x00"}).encode()),
        "a NUL in a name": (FORM, urlencode({"csrf_token": token, "k\x00": "1"}).encode()),
        "bytes that are no UTF-8": (FORM, f"csrf_token={token}&key=%ff%fe{key}".encode()),
        "half a character": (FORM, f"csrf_token={token}&key=%ed%a0%80{key}".encode()),
        "a body cut off": (PARTS, good.encode()),
        "too many fields": (FORM, f"csrf_token={token}&{'a=1&' * 2_000}".encode()),
        "too many parts": (PARTS, many.encode()),
        "half a JSON": (JSON, b'{"csrf_token": ['),
        "no boundary": ("multipart/form-data", good.encode()),
        "any bytes": ("application/octet-stream", bytes(range(256))),
        "a body over the limit": (FORM, TOO_LONG),
    }


class Watch:
    """Tells whether anything in the database of one installation has changed since the last question."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.tables = [table for table in db.metadata.sorted_tables if table.name not in MOVES_BY_ITSELF]
        with app.app_context():
            self.connection = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            is_sqlite = db.engine.dialect.name == "sqlite"
        self.sign = text("PRAGMA data_version" if is_sqlite else "SELECT txid_snapshot_xmax(txid_current_snapshot())")
        self.told = self._sign()
        self.seen = self._look()

    def changed(self) -> set[str]:
        """The names of the tables that have changed; whole tables are read only where somebody has written at all."""
        if (told := self._sign()) == self.told:
            return set()
        before, self.told, self.seen = self.seen, told, self._look()
        return {name for name, rows in self.seen.items() if rows != before[name]}

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()

    def _sign(self) -> int:
        return int(self.connection.scalar(self.sign) or 0)

    def _look(self) -> dict[str, int]:
        return {table.name: hash(tuple(map(repr, self.connection.execute(table.select())))) for table in self.tables}


class Fuzzer:
    """The browser of one person, or of a stranger."""

    def __init__(self, app: Flask, account: Account | None) -> None:
        self.account, self.client = account, Client(app)
        self.watch = Watch(app)
        self.nasty = NASTY if app.config["XINGFU"].database_url.startswith("sqlite") else NASTY[:DIFFERS]
        self.ways: list[tuple[str, str]] = []
        self.sent = 0
        self.faults: list[str] = []
        self.come_in()

    def come_in(self) -> None:
        """Sign in, where there is somebody to sign in."""
        if self.account is not None:
            self.client.signed_in_as(self.account)
        self.client.get("/help")
        self.watch.changed()

    def knock(self, path: str) -> None:
        """Send every body that no form sends, signed in anew: some doors let a person out."""
        self.come_in()
        for name, (kind, body) in bodies(self.client.csrf).items():
            self.send(name, path, method="POST", must_refuse=name in UNHEARD_OF, data=body, content_type=kind)

    def play(self, path: str) -> None:
        """Open a page with everything behind the question mark that can stand there."""
        for value in self.nasty:
            self.send(f"?={value[:20]!r}", path, method="GET", query_string=dict.fromkeys(FILTERS, value))

    def fill_in(self, path: str, form: ShownForm) -> None:
        """Send a form that a page showed, with one field after the other spoilt."""
        self.come_in()
        for name, value in self._spoilt(form):
            data = {**form.values, name: value}
            self.send(f"{name}={str(value)[:20]!r}", form.action or path, method="POST", data=data)

    def forms(self, path: str) -> list[ShownForm]:
        """The forms on a page that act on something."""
        answer = self.client.http.get(path)
        if answer.status_code >= 300 or answer.mimetype != "text/html":
            return []
        return [form for form in Page(answer).forms if form.method == "post" and "sign-out" not in form.action]

    def send(self, what: str, path: str, *, method: str, must_refuse: bool = False, **request: Any) -> None:
        """Send one request; note where it failed, was let in, or changed what it was refused for."""
        self.sent += 1
        status = self.client.http.open(path, method=method, **request).status_code
        changed = self.watch.changed()
        if status >= 500 or (must_refuse and status < 400) or (status >= 400 and changed):
            self.faults.append(f"{method} {urlsplit(path).path} {what}: {status} {sorted(changed)}")

    def _spoilt(self, form: ShownForm) -> Iterator[tuple[str, object]]:
        for name in sorted(form.names - {"csrf_token"}):
            yield from ((name, value) for value in self.nasty)
            yield name, ["1", "2"]
