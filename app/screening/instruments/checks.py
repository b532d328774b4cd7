"""What must be true of an instrument before anybody is asked its questions."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from app.screening.instruments.instrument import NextStep
from app.screening.instruments.reader import InstrumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.screening.instruments.instrument import Instrument, Item

TALKS = frozenset({NextStep.TALK, NextStep.TALK_SOON, NextStep.HELP_NOW})


def check(instrument: Instrument) -> Instrument:
    """Return the instrument, or raise InstrumentError naming the first fault."""
    for fault in _faults(instrument):
        raise InstrumentError(f"{instrument.code}: {fault}")
    return instrument


def _faults(instrument: Instrument) -> Iterator[str]:
    if instrument.licence.light != "green":
        yield "only instruments with a green licence ship their words"
    yield from _faults_of_items(instrument)
    yield from _faults_of_bands(instrument)
    yield from _faults_of_subscales(instrument)
    yield from _faults_of_cut_offs(instrument)


def _faults_of_items(instrument: Instrument) -> Iterator[str]:
    ids = [item.id for item in instrument.items]
    links = [item.link_id for item in instrument.items]
    if not instrument.scored_items:
        yield "there is no scored item"
    if len(set(ids)) < len(ids) or len(set(links)) < len(links):
        yield "an item id or link id is there twice"
    if [item.scored for item in instrument.items] != sorted((item.scored for item in instrument.items), reverse=True):
        yield "unscored items come last"
    for item in instrument.items:
        yield from _faults_of_item(item)
    if instrument.pattern and not set(instrument.pattern.core) <= set(ids):
        yield "the pattern names an item that is not there"


def _faults_of_item(item: Item) -> Iterator[str]:
    if not item.options or any(later - earlier != 1 for earlier, later in pairwise(item.values)):
        yield f"{item.id}: options are not contiguous"
    for name, threshold in (("safety", item.safety), ("pattern", item.pattern)):
        if threshold is not None and threshold not in item.values[1:]:
            yield f"{item.id}: the {name} threshold is the lowest option or none at all"


def _faults_of_bands(instrument: Instrument) -> Iterator[str]:
    bands = instrument.bands
    if (bands[0].minimum, bands[-1].maximum) != (instrument.minimum, instrument.maximum):
        yield "bands do not cover the range"
    if any(later.minimum != earlier.maximum + 1 for earlier, later in pairwise(bands)):
        yield "bands leave a gap or overlap"
    if any(band.minimum > band.maximum for band in bands):
        yield "a band ends before it begins"
    if len({band.code for band in bands}) < len(bands):
        yield "a band is there twice"
    for band in bands:
        if not TALKS & set(band.result.next_steps):
            yield f"the band {band.code} offers no talk"


def _faults_of_subscales(instrument: Instrument) -> Iterator[str]:
    scored = {item.id for item in instrument.scored_items}
    for subscale in instrument.subscales:
        if not subscale.items or not set(subscale.items) <= scored:
            yield f"{subscale.code}: a sub-scale is made of scored items"


def _faults_of_cut_offs(instrument: Instrument) -> Iterator[str]:
    if instrument.default_cut_off_set not in instrument.cut_off_sets:
        yield "the default cut-off set is not there"
    known = {subscale.code for subscale in instrument.subscales}
    for each in instrument.cut_off_sets.values():
        if not instrument.minimum <= each.total <= instrument.maximum:
            yield f"{each.code}: the cut-off is out of range"
        if not set(each.subscales) <= known:
            yield f"{each.code}: an unknown sub-scale"
