"""What a measurement works on, and the line it reports: both sides in turn, round by round, as a ratio."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from benchmarks.rounds import Journey, Ratio, Sample, interleave, measure, middle, ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.product import Product
    from benchmarks.servers import Server


@dataclass(frozen=True)
class Stage:
    """Both sides, running, on databases of the same kind."""

    database: str
    product: Product
    server: Server
    floor: Server
    rounds: int
    quick: bool = False
    """A handful instead of the size that is measured: to see that it runs."""


@dataclass(frozen=True)
class Finding:
    """One line of the report: the ratio, its target, and the figures behind it."""

    name: str
    database: str
    ratio: Ratio
    target: float | None
    product: Sample
    floor: Sample
    orm: Sample | None = None
    lean: Sample | None = None
    beside_lean: Ratio | None = None

    def __str__(self) -> str:
        """As the terminal prints it."""
        line = f"{self.name:<8} {self.database:<10} {self.ratio!s:<20} {self._verdict()}"
        named = [("product", self.product), ("floor", self.floor), ("orm", self.orm), ("lean", self.lean)]
        sides = [(side, sample) for side, sample in named if sample]
        if self.beside_lean:
            line += f" | {self.beside_lean} the lean one"
        return line + "".join(f" | {side} {_figures(sample)}" for side, sample in sides)

    def _verdict(self) -> str:
        if self.target is None:
            return "no target"
        return f"≤ {self.target:.2f}× {'met' if self.ratio.median <= self.target else 'MISSED':<6}"


def compare(  # noqa: PLR0913 -- what is measured, and beside what
    stage: Stage,
    name: str,
    target: float | None,
    product: Sequence[Sequence[Journey]],
    floor: Sequence[Journey],
    orm: Sequence[Journey] = (),
    lean: Sequence[Sequence[Journey]] = (),
) -> Finding:
    """Measure the product's journeys of each round beside the floor's, and the ORM's and the lean one's where given."""
    sides: list[Callable[[int], Sample]] = [
        lambda number: measure(stage.server, product[number]),
        lambda _number: measure(stage.floor, floor),
    ]
    if orm:
        sides.append(lambda _number: measure(stage.floor, orm))
    if lean:
        sides.append(lambda number: measure(stage.floor, lean[number]))
    rounds = interleave(sides, stage.rounds)
    ours, theirs, *rest = (middle(samples) for samples in zip(*rounds, strict=True))
    found = ratio([(samples[0].cpu_ms, samples[1].cpu_ms) for samples in rounds])
    finding = Finding(name, stage.database, found, target, ours, theirs, rest[0] if orm else None)
    if not lean:
        return finding
    beside = ratio([(samples[0].cpu_ms, samples[-1].cpu_ms) for samples in rounds])
    return replace(finding, lean=rest[-1], beside_lean=beside)


def _figures(sample: Sample) -> str:
    return f"{sample.cpu_ms:.2f} ms CPU, {sample.per_second:.0f}/s, p99 {sample.p99_ms:.0f} ms"
