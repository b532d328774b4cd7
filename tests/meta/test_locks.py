"""Promises about the lock files: they hold everything that is installed, so nothing published later changes it."""

from __future__ import annotations

import re
from importlib.metadata import requires, version
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from app.config import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCKS = ["requirements.lock", "requirements-dev.lock"]
PIN = re.compile(
    r"^(?P<pin>[a-z0-9][^\\#\n]*?) \\\n(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n?)+)", re.MULTILINE
)


def pins(name: str) -> list[Requirement]:
    """The pins of a lock that hold on this machine."""
    found = [Requirement(match["pin"]) for match in PIN.finditer((ROOT / name).read_text("utf-8"))]
    return [pin for pin in found if pin.marker is None or pin.marker.evaluate()]


def needs(pin: Requirement) -> Iterator[str]:
    """What a pinned package, with its extras, needs on this machine."""
    for line in requires(pin.name) or []:
        need = Requirement(line)
        extras = pin.extras | {""}
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras):
            yield canonicalize_name(need.name)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_every_line_with_a_hash(name: str) -> None:
    lines = [line for line in (ROOT / name).read_text("utf-8").splitlines() if re.match("[a-z0-9]", line)]
    pinned = [match["pin"] for match in PIN.finditer((ROOT / name).read_text("utf-8"))]

    assert [line.removesuffix(" \\") for line in lines] == pinned
    assert all("==" in pin for pin in pinned)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_what_its_packages_and_their_extras_need(name: str) -> None:
    found = pins(name)
    missing = {need for pin in found for need in needs(pin)} - {canonicalize_name(pin.name) for pin in found}

    assert not missing, f"{name} lacks {missing}: make lock"


def test_the_environment_holds_what_the_lock_says() -> None:
    other = [str(pin) for pin in pins("requirements-dev.lock") if not pin.specifier.contains(version(pin.name))]

    assert not other


@pytest.mark.parametrize("name", ["Makefile", "deploy/Dockerfile"])
def test_an_installation_resolves_nothing(name: str) -> None:
    text = (ROOT / name).read_text("utf-8").replace("\\\n", "")
    installing = re.findall(r"^.*\bpip .*\binstall --.*$", text, re.MULTILINE)

    assert len(installing) == 1
    assert {"--require-hashes", "--no-deps"} <= set(installing[0].split())
