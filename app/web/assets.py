"""Static files: combined, hashed, compressed once at setup, then served as immutable: ``flask assets build``.

``css/app.css`` is Bootstrap from its wheel followed by our theme, in one request; every other file under ``app/static``
keeps its name. The build writes ``<instance>/static/<name>.<hash>.<ext>`` with ``.br`` and ``.gz`` beside it, and
``manifest.json``.
A script may import another by a relative name (``from "./save.js"``); the build puts the hashed name there.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
import click
from flask import current_app
from flask.cli import AppGroup
from whitenoise import WhiteNoise

from app.config import ROOT, Mode, Settings
from app.web.catalogues import compile_all
from app.web.pruning import Words, prune

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.headers import Headers

    from flask import Flask

SOURCES = ROOT / "app" / "static"
PREFIX = "/static/"
COMPRESSED = {".css", ".js", ".svg", ".json", ".webmanifest", ".txt"}
HASHED = re.compile(r"\.[0-9a-f]{10}\.\w+$")
IMPORT = re.compile(r"""(from\s*|import\s*)(["'])\./([\w./-]+\.js)\2""")
DARK_RULE = re.compile(r"([^{}]*\[data-bs-theme=dark\][^{}]*)\{([^{}]*)\}")

group = AppGroup("assets", help="Static files and catalogues, made ready once.")


class AssetsError(Exception):
    """The static files are not built, or a template names one that does not exist."""


def init_app(app: Flask, settings: Settings) -> None:
    """Serve the built files and give templates ``asset``."""
    app.cli.add_command(group)
    app.jinja_env.globals["asset"] = _finder(settings)
    folder = built(settings)
    if folder.is_dir():
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app,
            root=folder,
            prefix=PREFIX,
            immutable_file_test=lambda _path, url: bool(HASHED.search(url)),
            allow_all_origins=False,
            add_headers_function=_add_headers,
        )


def built(settings: Settings) -> Path:
    """Where this installation keeps its built files."""
    return settings.instance / "static"


def build(settings: Settings) -> dict[str, str]:
    """Build what changed and return the manifest, name → hashed name; what nobody names any more is removed."""
    folder = built(settings)
    folder.mkdir(parents=True, exist_ok=True)
    manifest: dict[str, str] = {}
    for name, content in _contents().items():
        if name.endswith(".js"):
            continue
        manifest[name] = _write(folder, name, content)
    for name in (name for name in _contents() if name.endswith(".js")):
        _build_script(folder, name, manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True), "utf-8")
    _remove_strangers(folder, manifest)
    return manifest


def stylesheet() -> str:
    """Bootstrap, as far as pages use it, and the theme; it follows the system's dark mode (``auto``)."""
    wheel = files("flask_bootstrap") / "static" / "bootstrap5" / "css" / "bootstrap.min.css"
    sources = [
        path for ending in ("templates/**/*.html", "app/**/*.py", "app/static/js/*.js") for path in ROOT.glob(ending)
    ]
    bootstrap = prune(
        re.sub(r"@charset[^;]*;|/\*.*?\*/", "", wheel.read_text("utf-8"), flags=re.DOTALL), Words(sources)
    )
    theme = "".join(path.read_text("utf-8") for path in sorted((SOURCES / "css").glob("*.css")))
    whole = bootstrap + _squeezed(theme)
    dark = "".join(
        f"{selector.strip().replace('[data-bs-theme=dark]', '[data-bs-theme=auto]')}{{{rules}}}"
        for selector, rules in DARK_RULE.findall(whole)
    )
    return f"{whole}@media (prefers-color-scheme:dark){{{dark}}}"


def _squeezed(css: str) -> str:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r'="(\w+)"\]', r"=\1]", css)
    return re.sub(r"\s*([{};,>])\s*", r"\1", css).replace(";}", "}").strip()


def _contents() -> dict[str, bytes]:
    found = {
        path.relative_to(SOURCES).as_posix(): path.read_bytes()
        for path in sorted(SOURCES.rglob("*"))
        if path.is_file() and path.suffix != ".css"
    }
    return {"css/app.css": stylesheet().encode(), **found}


def _build_script(folder: Path, name: str, manifest: dict[str, str]) -> str:
    """Write a script after those it imports; returns its hashed name."""
    if name in manifest:
        return manifest[name]
    source = SOURCES / name

    def resolve(found: re.Match[str]) -> str:
        other = (source.parent / found[3]).resolve().relative_to(SOURCES.resolve()).as_posix()
        return f'{found[1]}"{PREFIX}{_build_script(folder, other, manifest)}"'

    text = IMPORT.sub(resolve, source.read_text("utf-8"))
    manifest[name] = _write(folder, name, text.encode())
    return manifest[name]


def _write(folder: Path, name: str, content: bytes) -> str:
    plain = Path(name)
    digest = hashlib.sha256(content).hexdigest()[:10]
    hashed = plain.with_name(f"{plain.stem}.{digest}{plain.suffix}").as_posix()
    target = folder / hashed
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        if plain.suffix in COMPRESSED:
            Path(f"{target}.br").write_bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=11))
            Path(f"{target}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
        target.write_bytes(content)
    return hashed


def _remove_strangers(folder: Path, manifest: dict[str, str]) -> None:
    kept = {folder / name for name in manifest.values()} | {folder / "manifest.json"}
    kept |= {Path(f"{path}{ending}") for path in kept for ending in (".br", ".gz")}
    for path in folder.rglob("*"):
        if path.is_file() and path not in kept:
            path.unlink()


def _finder(settings: Settings) -> Callable[[str], str]:
    path = built(settings) / "manifest.json"
    manifest: dict[str, str] = {}

    def asset(name: str) -> str:
        """The address of a static file."""
        if not manifest and path.exists():
            manifest.update(json.loads(path.read_text("utf-8")))
        if name in manifest:
            return PREFIX + manifest[name]
        if settings.mode is Mode.TEST and not manifest:
            return PREFIX + name
        raise AssetsError(f"{name} is not among the built files; run: flask --app app assets build")

    return asset


def _add_headers(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


@group.command("build")
def build_command() -> None:
    """Build static files and compile catalogues; quick when nothing changed."""
    manifest = build(current_app.config["XINGFU"])
    click.echo(f"{len(manifest)} static files, {compile_all()} catalogues compiled")
