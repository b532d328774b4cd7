"""What a measurement works on, and the line it reports: both sides in turn, round by round, as a ratio."""

from __future__ import annotations

from dataclasses import dataclass
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

    def __str__(self) -> str:
        """As the terminal prints it."""
        line = f"{self.name:<8} {self.database:<10} {self.ratio!s:<20} {self._verdict()}"
        sides = [("product", self.product), ("floor", self.floor), *([("orm", self.orm)] if self.orm else [])]
        return line + "".join(f" | {side} {_figures(sample)}" for side, sample in sides)

    def _verdict(self) -> str:
        if self.target is None:
            return "no target"
        return f"≤ {self.target:.2f}× {'met' if self.ratio.median <= self.target else 'MISSED':<6}"


def compare(
    stage: Stage,
    name: str,
    target: float | None,
    product: Sequence[Sequence[Journey]],
    floor: Sequence[Journey],
    orm: Sequence[Journey] = (),
) -> Finding:
    """Measure the product's journeys of each round beside the floor's, and beside the ORM's where there are any."""
    sides: list[Callable[[int], Sample]] = [
        lambda number: measure(stage.server, product[number]),
        lambda _number: measure(stage.floor, floor),
    ]
    if orm:
        sides.append(lambda _number: measure(stage.floor, orm))
    rounds = interleave(sides, stage.rounds)
    ours, theirs, *rest = (middle(samples) for samples in zip(*rounds, strict=True))
    found = ratio([(samples[0].cpu_ms, samples[1].cpu_ms) for samples in rounds])
    return Finding(name, stage.database, found, target, ours, theirs, rest[0] if rest else None)


def _figures(sample: Sample) -> str:
    return f"{sample.cpu_ms:.2f} ms CPU, {sample.per_second:.0f}/s, p99 {sample.p99_ms:.0f} ms"
