"""``python -m benchmarks [NAME…] [--rounds N] [--database sqlite|postgresql|both]``: measure the product."""

from __future__ import annotations

import argparse
import logging
import os
import secrets
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from benchmarks import floor, footprint
from benchmarks.databases import KINDS, databases
from benchmarks.findings import Stage
from benchmarks.product import install
from benchmarks.servers import FLOOR, PRODUCT, Launch, serve
from benchmarks.workloads import WORKLOADS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.product import Product

FOOTPRINTS = ("memory", "cold", "weight")
NAMES = (*WORKLOADS, *FOOTPRINTS)


def main(words: Sequence[str] | None = None) -> None:
    """Measure what was asked for, on each database, and print a line for each."""
    asked = _arguments(words)
    logging.disable(logging.INFO)
    for kind in KINDS if asked.database == "both" else (asked.database,):
        with _sides(kind, asked.server) as (product, ours, bare):
            _measure_workloads(asked, product, ours, bare)
            _measure_footprints(asked, product, ours, bare)


def _measure_workloads(asked: argparse.Namespace, product: Product, ours: Launch, bare: Launch) -> None:
    chosen = [name for name in WORKLOADS if name in asked.names]
    for together in [chosen] if asked.quick else [[name] for name in chosen]:
        with serve(ours) as server, serve(bare) as floor_server:
            stage = Stage(ours.kind, product, server, floor_server, asked.rounds, asked.quick)
            for name in together:
                print(WORKLOADS[name](stage), flush=True)


def _measure_footprints(asked: argparse.Namespace, product: Product, ours: Launch, bare: Launch) -> None:
    if "cold" in asked.names:
        print(footprint.cold(ours, bare, asked.rounds), ours.kind, flush=True)
    if "memory" in asked.names:
        with serve(ours) as server, serve(bare) as floor_server:
            print(footprint.memory(server, floor_server, product.join_code), ours.kind, flush=True)
    if "weight" in asked.names:
        with serve(ours) as server:
            print(footprint.weight(product, server), ours.kind, flush=True)


@contextmanager
def _sides(kind: str, server: str) -> Iterator[tuple[Product, Launch, Launch]]:
    with ExitStack() as stack:
        product, ours = stack.enter_context(install(kind))
        theirs = stack.enter_context(databases(kind))
        environment = {"FLOOR_DATABASE_URL": theirs.data, "FLOOR_SECRET": secrets.token_hex()}
        os.environ.update(environment)
        floor.prepare()
        yield (
            product,
            Launch(PRODUCT, product.environment(), f"/q/{product.join_code}", kind, ours.server, server),
            Launch(FLOOR, environment, "/form", kind, theirs.server, server),
        )


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}; all where none is named")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", choices=(*KINDS, "both"), default="both")
    parser.add_argument("--server", choices=("gunicorn", "granian"), default="gunicorn")
    parser.add_argument("--quick", action="store_true", help="a handful of each, to see that it runs: no measurement")
    asked = parser.parse_args(words)
    if strangers := set(asked.names) - set(NAMES):
        parser.error(f"unknown: {', '.join(sorted(strangers))}")
    asked.names = asked.names or list(NAMES)
    return asked


if __name__ == "__main__":
    main()
