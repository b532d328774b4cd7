"""Message catalogues, one for each domain: ``flask translations update [DOMAIN] | compile | check``.

A domain's catalogue ``app/translations/<domain>/zh_Hans_CN/LC_MESSAGES/messages.po`` covers ``app/<domain>`` and
``templates/<domain>``; that of ``web`` also covers the bases, components and error pages, ``app/core`` and
``app/config.py``. These commands open no database and need no keys.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from flask.cli import AppGroup

from app.config import ROOT, Mode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from app.config import Settings

TRANSLATIONS = ROOT / "app" / "translations"
LOCALE = "zh_Hans_CN"
NOT_DOMAINS = {"static", "translations", "core"}
SHARED_TEMPLATES = ("base*.html", "components/**/*.html", "errors/**/*.html")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "_known": None,
    "_known_plural": (1, 2),
}
JINJA_OPTIONS = {"silent": "false", "trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%%")

group = AppGroup("translations", help="Message catalogues: update, compile, check.")


def init_app(app: Flask, settings: Settings) -> None:
    """Add the commands; the tests compile what is stale when they start."""
    app.cli.add_command(group)
    if settings.mode is Mode.TEST:
        compile_all()


def domains() -> list[str]:
    """The rooms that may have sentences of their own."""
    rooms = (path.name for path in (ROOT / "app").iterdir() if (path / "__init__.py").exists())
    return sorted(set(rooms) - NOT_DOMAINS)


def directories() -> list[Path]:
    """Where each domain's catalogue lives, present or not."""
    return [TRANSLATIONS / domain for domain in domains()]


def catalogue_file(domain: str) -> Path:
    """The Chinese catalogue of a domain."""
    return TRANSLATIONS / domain / LOCALE / "LC_MESSAGES" / "messages.po"


def extract(domain: str) -> Catalog:
    """All sentences in a domain's sources and templates."""
    catalogue = Catalog(charset="utf-8")
    for path in _sources(domain):
        method, options = ("python", {}) if path.suffix == ".py" else ("jinja2.ext:babel_extract", JINJA_OPTIONS)
        for _line, message, _comments, context in extract_from_file(method, path, KEYWORDS, options=options):
            catalogue.add(message, locations=[(path.relative_to(ROOT).as_posix(), 0)], context=context)
    return catalogue


def read(domain: str) -> Catalog:
    """The catalogue of a domain as translated so far; empty where there is none yet."""
    path = catalogue_file(domain)
    if not path.exists():
        return Catalog(locale=LOCALE, charset="utf-8")
    with path.open("rb") as source:
        return read_po(source, locale=LOCALE)


def update(domain: str) -> int:
    """Bring a domain's catalogue in step with its sources; returns how many sentences still want Chinese."""
    template = extract(domain)
    path = catalogue_file(domain)
    if not len(template) and not path.exists():
        return 0
    catalogue = read(domain)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.header_comment = f"# Chinese sentences of {domain}; see app/web/catalogues.py."
    catalogue.fuzzy = False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_written(catalogue))
    return sum(1 for message in catalogue if message.id and not _translated(message))


def compile_all() -> int:
    """Compile every catalogue whose compiled form is missing or older; returns how many were."""
    return sum(_compile(domain) for domain in domains())


def faults(domain: str) -> Iterator[str]:
    """What is wrong with a domain's catalogue, one line each."""
    translated = {_key(message): message for message in read(domain) if message.id}
    wanted = {_key(message) for message in extract(domain) if message.id}
    yield from (f"{domain}: missing: {key}" for key in sorted(wanted - translated.keys(), key=str))
    yield from (f"{domain}: no longer used: {key}" for key in sorted(translated.keys() - wanted, key=str))
    for key, message in translated.items():
        if message.fuzzy or not _translated(message):
            yield f"{domain}: not translated: {key}"
        elif not _same_placeholders(message):
            yield f"{domain}: other placeholders than the English: {key}"


def contradictions() -> Iterator[str]:
    """Sentences to which two domains give two different Chinese ones."""
    seen: dict[Any, tuple[str, Any]] = {}
    for domain in domains():
        for message in read(domain):
            first, string = seen.setdefault(_key(message), (domain, message.string))
            if message.id and string != message.string:
                yield f"{first} and {domain} differ: {message.id}: {string} / {message.string}"


def _sources(domain: str) -> list[Path]:
    folders = [ROOT / "app" / domain, ROOT / "templates" / domain]
    found = [path for folder in folders for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.html")])]
    if domain == "web":
        found += sorted((ROOT / "app" / "core").rglob("*.py"))
        found += sorted(path for pattern in SHARED_TEMPLATES for path in (ROOT / "templates").glob(pattern))
    return found


def _written(catalogue: Catalog) -> bytes:
    buffer = BytesIO()
    write_po(buffer, catalogue, width=120, sort_output=True, no_location=True, omit_header=False)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    stamps = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator', '"Report-Msgid')
    return "".join(line for line in lines if not line.startswith(stamps)).encode()


def _compile(domain: str) -> bool:
    source = catalogue_file(domain)
    target = source.with_suffix(".mo")
    if not source.exists() or (target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns):
        return False
    buffer = BytesIO()
    write_mo(buffer, read(domain))
    fresh = target.with_name(f"{target.name}.{id(buffer):x}")
    fresh.write_bytes(buffer.getvalue())
    fresh.replace(target)
    return True


def _key(message: Any) -> tuple[object, object]:
    return message.context, message.id


def _translated(message: Any) -> bool:
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return bool(strings) and all(strings)


def _same_placeholders(message: Any) -> bool:
    english = message.id[-1] if isinstance(message.id, (tuple, list)) else message.id
    chinese = message.string[0] if isinstance(message.string, (tuple, list)) else message.string
    return sorted(set(PLACEHOLDER.findall(english))) == sorted(set(PLACEHOLDER.findall(chinese)))


@group.command("update")
@click.argument("only", metavar="[DOMAIN]", required=False)
def update_command(only: str | None) -> None:
    """Collect the sentences of one domain, or of all."""
    for domain in [only] if only else domains():
        click.echo(f"{domain}: {update(domain)} to translate")


@group.command("compile")
def compile_command() -> None:
    """Compile what is stale."""
    click.echo(f"{compile_all()} catalogues compiled")


@group.command("check")
def check_command() -> None:
    """Say what is missing, unused, unclear or contradictory; fails if anything is."""
    found = [line for domain in domains() for line in faults(domain)] + list(contradictions())
    click.echo("\n".join(found) or "every catalogue is complete")
    if found:
        raise SystemExit(1)
