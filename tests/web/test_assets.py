"""Static files: built once, hashed, compressed, light enough for a cheap phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.config import Mode
from app.web import assets
from tests.installation import settings_for

if TYPE_CHECKING:
    from pathlib import Path

    from app.config import Settings
    from tests.web.conftest import Build

LIGHT_ENOUGH = 18_000


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


def test_writes_hashed_files_with_compressed_ones_beside(settings: Settings) -> None:
    name = assets.build(settings)["css/app.css"]

    folder = assets.built(settings)
    assert assets.HASHED.search(name)
    assert (folder / f"{name}.br").exists()
    assert (folder / f"{name}.gz").exists()


def test_the_style_sheet_leaves_room_for_the_questionnaire(settings: Settings) -> None:
    name = assets.build(settings)["css/app.css"]

    assert (assets.built(settings) / f"{name}.br").stat().st_size <= LIGHT_ENOUGH


def test_builds_the_same_again_without_writing(settings: Settings) -> None:
    first = assets.build(settings)
    path = assets.built(settings) / first["css/app.css"]
    written = path.stat().st_mtime_ns

    assert assets.build(settings) == first
    assert path.stat().st_mtime_ns == written


def test_removes_what_nobody_names_any_more(settings: Settings) -> None:
    assets.build(settings)
    old = assets.built(settings) / "css" / "app.0000000000.css"
    old.write_text("")

    assets.build(settings)

    assert not old.exists()


def test_a_script_imports_another_by_its_hashed_name(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = tmp_path / "sources"
    (sources / "js").mkdir(parents=True)
    (sources / "js" / "a.js").write_text('import { save } from "./b.js";')
    (sources / "js" / "b.js").write_text("export const save = 1;")
    monkeypatch.setattr(assets, "SOURCES", sources)

    manifest = assets.build(settings)

    written = (assets.built(settings) / manifest["js/a.js"]).read_text()
    assert written == f'import {{ save }} from "/static/{manifest["js/b.js"]}";'


def test_serves_them_as_immutable_and_compressed(build: Build, settings: Settings) -> None:
    name = assets.build(settings)["css/app.css"]

    answer = build().test_client().get(f"/static/{name}", headers={"Accept-Encoding": "br"})

    assert answer.headers["Content-Encoding"] == "br"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()


def test_says_what_to_do_where_nothing_is_built(build: Build, tmp_path: Path) -> None:
    app = build(mode=Mode.DEMO, argon2_kib=19_456)

    with pytest.raises(assets.AssetsError, match="flask --app app assets build"):
        app.jinja_env.globals["asset"]("css/app.css")  # type: ignore[operator]


def test_the_command_needs_no_keys_and_no_database(build: Build) -> None:
    outcome = build().test_cli_runner().invoke(args=["assets", "build"])

    assert outcome.exit_code == 0
    assert "static files" in outcome.output


def test_repeats_the_dark_rules_for_the_systems_dark_mode() -> None:
    sheet = assets.stylesheet()

    system = sheet.split("@media (prefers-color-scheme:dark){[data-bs-theme=auto]")[1]
    assert "--bs-body-bg:#13201d" in system.replace(": ", ":")
    assert sheet.count("{") == sheet.count("}")
