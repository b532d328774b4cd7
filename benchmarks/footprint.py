"""What the product weighs: bytes on the way to a phone, memory after many requests, time from start to first page."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.rounds import Request, drive, ratio
from benchmarks.servers import serve

if TYPE_CHECKING:
    from benchmarks.product import Product
    from benchmarks.rounds import Journey
    from benchmarks.servers import Launch, Server

MANY = 10_000
PHONE = {"width": 390, "height": 844}
CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]


@dataclass(frozen=True)
class Load:
    """What one visit fetched."""

    requests: int
    octets: int

    def __str__(self) -> str:
        """As tables print it."""
        return f"{self.octets / 1000:.1f} KB in {self.requests} requests"


def memory(product: Server, floor: Server, join_code: str) -> str:
    """The largest web process of each side after 10,000 requests each."""
    door: Journey = (Request("GET", f"/q/{join_code}", {}),)
    form: Journey = (Request("GET", "/form", {}),)
    drive(product.port, [door] * MANY)
    drive(floor.port, [form] * MANY)
    ours, bare = product.pss_mib(), floor.pss_mib()
    return f"memory   {_verdict(ours, 100)} product {ours:.0f} MiB, floor {bare:.0f} MiB (PSS, target ≤ 100 MiB)"


def cold(product: Launch, floor: Launch, rounds: int) -> str:
    """Seconds from the start of the server to its first page."""
    pairs = [(_seconds_to_first_page(product), _seconds_to_first_page(floor)) for _ in range(rounds)]
    ours, bare = (statistics.median(side) for side in zip(*pairs, strict=True))
    return f"cold     {_verdict(ours, 2)} product {ours:.2f} s, floor {bare:.2f} s, {ratio(pairs)} (target ≤ 2 s)"


def weight(product: Product, server: Server) -> str:
    """Bytes over the wire and requests of a questionnaire on a phone, at the first visit and at the second."""
    taker = product.takers(1, "full")[0]
    name, _, token = taker.cookie.partition("=")
    first, second = _visits(f"http://127.0.0.1:{server.port}", f"/sittings/{taker.sitting}/phq9", {name: token})
    good = first.octets <= 40_000 and first.requests <= 5 and second.octets <= 6_000
    return f"weight   {'met' if good else 'MISSED'} first {first}, again {second} (target ≤ 40 KB in 5, again ≤ 6 KB)"


def _visits(address: str, path: str, cookies: dict[str, str]) -> list[Load]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        context = browser.new_context(viewport=PHONE, device_scale_factor=3, is_mobile=True)  # type: ignore[arg-type]
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        fetched: dict[str, float] = {}
        wire.on(
            "Network.loadingFinished", lambda event: fetched.update({event["requestId"]: event["encodedDataLength"]})
        )
        loads = []
        for _visit in range(2):
            fetched.clear()
            page.goto(address + path, wait_until="networkidle")
            page.wait_for_timeout(500)
            sent = [octets for octets in fetched.values() if octets]
            loads.append(Load(len(sent), round(sum(sent))))
            page.goto("about:blank")
        browser.close()
    return loads


def _seconds_to_first_page(launch: Launch) -> float:
    started = time.perf_counter()
    with serve(launch):
        return time.perf_counter() - started


def _verdict(value: float, target: float) -> str:
    return "met   " if value <= target else "MISSED"
