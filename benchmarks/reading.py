"""Pages that list: a caseload and the triage beside the leanest list, and every page beside itself at another size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from app.core.permissions import Role
from benchmarks.districts import add_cases, add_closed, add_waiting, cookie_of, new_staff, sort_in
from benchmarks.findings import compare
from benchmarks.product import install
from benchmarks.rounds import Ratio, Request, drive, interleave, measure, ratio
from benchmarks.servers import PRODUCT, Launch, serve

if TYPE_CHECKING:
    from uuid import UUID

    from benchmarks.findings import Finding, Stage
    from benchmarks.product import Product
    from benchmarks.rounds import Journey, Sample
    from benchmarks.servers import Server

HTML = {"Accept": "text/html", "Accept-Encoding": "gzip, deflate, br"}
OPEN_CASES, CLOSED, WAITING = 200, 10_000, 5_000
SIZES = ((300, 10_000), (3_000, 100_000))
QUICK_SIZES = ((2, 10), (4, 20))
"""Open cases, and as many people in triage, and closed sittings: small and large."""
AT_MOST = 1.10
NO_PAGES = ("/static", "/metrics", "/healthz", "/readyz", "/sign-out")
STAFF = (Role.COUNSELLOR, Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)


def caseload(stage: Stage) -> Finding:
    """The caseload of 200 open cases, fifty a page, beside a list of fifty sealed rows."""
    counsellor = new_staff(stage.product, Role.COUNSELLOR)
    add_cases(stage.product, 4 if stage.quick else OPEN_CASES, counsellor)
    add_closed(stage.product, 10 if stage.quick else CLOSED)
    return _list(stage, "caseload", "/cases", counsellor, 3.0)


def triage(stage: Stage) -> Finding:
    """The triage with 5,000 people in it, fifty a page, beside a list of fifty sealed rows; 60 ms are the target."""
    counsellor = new_staff(stage.product, Role.COUNSELLOR)
    add_waiting(stage.product, 4 if stage.quick else WAITING)
    return _list(stage, "triage", "/triage", counsellor, None)


def _list(stage: Stage, name: str, path: str, counsellor: UUID, target: float | None) -> Finding:
    sort_in(stage.product)
    size = 8 if stage.quick else 100
    cookies = [cookie_of(stage.product, counsellor) for _ in range(stage.rounds + 1)]
    journeys = [[_read(path, cookie)] * size for cookie in cookies]
    return compare(stage, name, target, journeys, [_read("/list", "")] * size)


@dataclass(frozen=True)
class Grown:
    """What pages cost at the large size over the small one."""

    database: str
    sizes: tuple[tuple[int, int], ...]
    pages: dict[str, Ratio]

    def __str__(self) -> str:
        """As the terminal prints it: how many pages grew, and those that grew most."""
        worst = sorted(self.pages.items(), key=lambda page: -page[1].median)
        over = [page for page in worst if page[1].median > AT_MOST]
        head = f"growth   {self.database:<10} {len(over)} of {len(worst)} pages over {AT_MOST:.2f}×, at {self.sizes}"
        return "\n".join([head, *(f"  {name:<40} {found}" for name, found in worst[: max(10, len(over))])])


def growth(stage: Stage) -> Grown:
    """Every page that needs nothing named, for each role of staff, in a small district and in a large one, in turn."""
    sizes = QUICK_SIZES if stage.quick else SIZES
    with install(stage.database) as (other, found):
        small, large = _settle(other, *sizes[0]), _settle(stage.product, *sizes[1])
        launch = Launch(PRODUCT, other.environment(), f"/q/{other.join_code}", stage.database, found.server)
        with serve(launch) as server:
            sides = (partial(_page, server, other, small), partial(_page, stage.server, stage.product, large))
            roles = STAFF[:1] if stage.quick else STAFF
            names = [(role, path) for role in roles for path in _paths(stage) if sides[1](role, path, 1)]
            pages = {f"{role} {path}": _ratio(stage, sides, role, path) for role, path in names}
    return Grown(stage.database, sizes, pages)


def _ratio(stage: Stage, sides: tuple[partial[Sample | None], ...], role: Role, path: str) -> Ratio:
    size = 2 if stage.quick else 60
    rounds = interleave([lambda _n, side=side: side(role, path, size) for side in sides], stage.rounds)  # type: ignore[misc]
    tick = 1 / size  # a round may cost less than the clock of a process can tell
    return ratio([(max(large.cpu_ms, tick), max(small.cpu_ms, tick)) for small, large in rounds])


def _page(server: Server, product: Product, staff: dict[Role, UUID], role: Role, path: str, size: int) -> Sample | None:
    """What a page costs; None where this role may not see it. Signed in anew each time."""
    journey = _read(path, cookie_of(product, staff[role]))
    try:
        drive(server.port, [journey])
    except RuntimeError:
        return None
    return measure(server, [journey] * max(size, 2))


def _settle(product: Product, cases: int, closed: int) -> dict[Role, UUID]:
    staff = {role: new_staff(product, role) for role in STAFF}
    add_cases(product, cases, staff[Role.COUNSELLOR])
    add_waiting(product, cases)
    add_closed(product, closed)
    sort_in(product)
    return staff


def _paths(stage: Stage) -> list[str]:
    if stage.quick:
        return ["/", "/cases"]
    rules = (rule for rule in stage.product.app.url_map.iter_rules() if "GET" in (rule.methods or ()))
    return sorted(rule.rule for rule in rules if not rule.arguments and not rule.rule.startswith(NO_PAGES))


def _read(path: str, cookie: str) -> Journey:
    return (Request("GET", path, HTML | ({"Cookie": cookie} if cookie else {})),)
