"""Reading an instrument's TOML into its shape; what a file borrows from another is filled in first."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from app.core.dimensions import Dimension
from app.core.words import read_words
from app.screening.instruments.instrument import (
    Band,
    Codes,
    CutOffSet,
    Direction,
    Instrument,
    Item,
    Licence,
    NextStep,
    Option,
    PatternRule,
    ResultWords,
    Subscale,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Table = dict[str, Any]
LENT = ("instructions", "time_frame", "options", "licence", "direction")


class InstrumentError(ValueError):
    """An instrument's file says something that cannot be; the message names the file and the place."""


def read_files(folder: Path) -> dict[str, Instrument]:
    """Read every instrument of a folder, by code. Raises InstrumentError."""
    tables = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))}
    return {code: _guarded(code, tables) for code in tables}


def _guarded(code: str, tables: Mapping[str, Table]) -> Instrument:
    try:
        return _instrument(code, _filled(tables[code], tables))
    except KeyError as missing:
        raise InstrumentError(f"{code}: {missing} is missing") from missing
    except (TypeError, ValueError) as wrong:
        raise InstrumentError(f"{code}: {wrong}") from wrong


def _filled(table: Table, tables: Mapping[str, Table]) -> Table:
    """Fill in what is borrowed: tables by ``like = "phq9"``, an item or band by ``from = "phq9.q1"``."""
    model = tables[table["like"]] if "like" in table else {}
    shared = {key: model[key] for key in LENT if key in model}
    items = [_borrowed(item, "items", tables) for item in table["items"]]
    bands = [_borrowed(band, "bands", tables) for band in table["bands"]]
    return {**shared, **table, "items": items, "bands": bands}


def _borrowed(table: Table, kind: str, tables: Mapping[str, Table]) -> Table:
    if "from" not in table:
        return table
    code, _, name = table["from"].partition(".")
    key = "id" if kind == "items" else "code"
    lender = next((other for other in tables[code][kind] if other.get(key) == name), None)
    if lender is None:
        raise InstrumentError(f"there is no {table['from']} to borrow")
    return {**lender, **{key: value for key, value in table.items() if key != "from"}}


def _instrument(code: str, table: Table) -> Instrument:
    dimension = Dimension(table["dimension"])
    items = tuple(_item(item, table["options"], dimension) for item in table["items"])
    sets = tuple(_cut_off_set(each) for each in table["cut_off_sets"])
    if table["code"] != code:
        raise InstrumentError("the code is not the name of the file")
    return Instrument(
        code=code,
        version=table["version"],
        title=read_words(table["title"]),
        short=read_words(table["short"]),
        instructions=read_words(table["instructions"]),
        time_frame=read_words(table["time_frame"]),
        seconds=table["seconds"],
        lead=table["lead"],
        dimension=dimension,
        direction=Direction(table["direction"]),
        multiplier=table.get("multiplier", 1),
        items=items,
        subscales=tuple(_subscale(each, items) for each in table.get("subscales", ())),
        bands=tuple(_band(band, level) for level, band in _by_severity(table)),
        cut_off_sets={each.code: each for each in sets},
        default_cut_off_set=table["default_cut_off_set"],
        pattern=_pattern(table.get("pattern")),
        loinc=Codes(panel=table.get("loinc", {}).get("panel"), total=table.get("loinc", {}).get("total")),
        licence=_licence(table["licence"]),
    )


def _item(table: Table, options: list[Table], dimension: Dimension) -> Item:
    return Item(
        id=table["id"],
        link_id=table["link_id"],
        text=read_words(table["text"]),
        options=tuple(_option(option) for option in table.get("options", options)),
        loinc=table.get("loinc"),
        dimension=Dimension(table.get("dimension", dimension)),
        safety=table.get("safety"),
        pattern=table.get("pattern"),
        scored=table.get("scored", True),
        asked_above=table.get("asked_above"),
    )


def _option(table: Table) -> Option:
    return Option(value=table["value"], text=read_words(table["text"]), loinc=table.get("loinc"))


def _subscale(table: Table, items: Iterable[Item]) -> Subscale:
    ids = tuple(table["items"])
    members = [item for item in items if item.id in ids]
    return Subscale(
        code=table["code"],
        name=read_words(table["name"]),
        items=ids,
        dimension=Dimension(table["dimension"]),
        minimum=sum(item.values[0] for item in members),
        maximum=sum(item.values[-1] for item in members),
    )


def _by_severity(table: Table) -> list[tuple[int, Table]]:
    """Bands in the order of the file (ascending totals), each with its level: 0 for the best."""
    last = len(table["bands"]) - 1
    better_up = table["direction"] == Direction.HIGHER_IS_BETTER
    return [(last - place if better_up else place, band) for place, band in enumerate(table["bands"])]


def _band(table: Table, level: int) -> Band:
    result = ResultWords(
        headline=read_words(table["headline"]),
        explanation=read_words(table["explanation"]),
        next_steps=tuple(NextStep(step) for step in table["next_steps"]),
    )
    return Band(
        code=table["code"],
        minimum=table["min"],
        maximum=table["max"],
        level=level,
        name=read_words(table["name"]),
        clinical=read_words(table["clinical"]),
        result=result,
        tier=table.get("tier"),
    )


def _cut_off_set(table: Table) -> CutOffSet:
    return CutOffSet(
        code=table["code"],
        name=read_words(table["name"]),
        total=table["total"],
        subscales=table.get("subscales", {}),
        source=table["source"],
        url=table["url"],
    )


def _pattern(table: Table | None) -> PatternRule | None:
    if table is None:
        return None
    return PatternRule(core=tuple(table["core"]), partial=table["partial"], full=table["full"])


def _licence(table: Table) -> Licence:
    return Licence(
        light=table["light"],
        name=table["name"],
        credit=read_words(table["credit"]),
        source=table["source"],
        url=table["url"],
        notice=table["notice"],
        loinc_notice=table.get("loinc_notice"),
        wording=table["wording"],
    )
