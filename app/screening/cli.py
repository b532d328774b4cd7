"""The command line group ``instruments``: list them, show one, score answers from standard input."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from app.screening import instruments as catalogue
from app.screening import scoring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.screening.instruments import Instrument


def _instrument(ctx: click.Context, parameter: click.Parameter, code: str) -> Instrument:  # noqa: ARG001
    known = catalogue.load_all()
    if code not in known:
        raise click.BadParameter(f"there is no instrument {code}; there are {', '.join(known)}")
    return known[code]


@click.group()
def instruments() -> None:
    """Questionnaires: list, show, score."""


@instruments.command("list")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh")
def list_all(language: str) -> None:
    """List every instrument: code, version, title."""
    for instrument in catalogue.load_all().values():
        click.echo(f"{instrument.code}\t{instrument.version}\t{instrument.title(language)}")


@instruments.command()
@click.argument("code", callback=_instrument)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh")
def show(code: Instrument, language: str) -> None:
    """Show an instrument: questions, options, bands, cut-off sets and credit."""
    for line in _lines(code, language):
        click.echo(line)


@instruments.command("score")
@click.argument("code", callback=_instrument)
@click.option("--cut-off-set", help="Another cut-off set than the default one.")
def score_lines(code: Instrument, cut_off_set: str | None) -> None:
    """Score one JSON array of answers a line; null is a missing answer. Exit code 1 when a line was refused."""
    if cut_off_set is not None and cut_off_set not in code.cut_off_sets:
        raise click.BadParameter(f"there are {', '.join(code.cut_off_sets)}", param_hint="--cut-off-set")
    refused = False
    for line in sys.stdin.buffer:
        answer = _scored(code, line, cut_off_set)
        refused = refused or "error" in answer
        click.echo(json.dumps(answer))
    sys.exit(1 if refused else 0)


def _scored(instrument: Instrument, line: bytes, cut_off_set: str | None) -> dict[str, object]:
    try:
        answers = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return {"error": "not JSON"}
    if not isinstance(answers, list):
        return {"error": "not an array of answers"}
    try:
        return scoring.score(instrument, answers, cut_off_set).to_json()
    except scoring.AnswerError as refusal:
        return {"error": str(refusal)}


def _lines(instrument: Instrument, language: str) -> Iterator[str]:
    yield f"{instrument.code} {instrument.version}  {instrument.title(language)}"
    yield instrument.instructions(language)
    for item in instrument.items:
        yield f"  {item.id}  {item.text(language)}{'  [!]' if item.safety is not None else ''}"
        if item.options != instrument.items[0].options:
            yield f"      {_options(item.options, language)}"
    yield _options(instrument.items[0].options, language)
    for band in instrument.bands:
        yield f"  {band.minimum}–{band.maximum}  {band.code}  {band.name(language)} ({band.clinical(language)})"
    for each in instrument.cut_off_sets.values():
        mark = "*" if each.code == instrument.default_cut_off_set else " "
        yield f" {mark}{each.code}  {each.name(language)}  {each.source}"
    yield instrument.licence.credit(language)
    yield instrument.licence.notice
    if instrument.licence.loinc_notice:
        yield instrument.licence.loinc_notice


def _options(options: tuple[catalogue.Option, ...], language: str) -> str:
    return "  " + " · ".join(f"{option.value} {option.text(language)}" for option in options)
