"""Limits on codes sent: they cost money, and they ring somebody's phone. Rows, so that any number of processes agree.

A phone has a few an hour and a day. What strangers ask for also has limits by network, by a unit's joining link and
for the whole installation. A code that was met is given back to its network and link, so a factory that joins behind
one address at a shift change is not stopped, while codes that nobody answers run out. Codes of known devices, and those
that follow a right password, are outside what strangers can use up.
"""

from __future__ import annotations

from datetime import timedelta

from app.accounts.services import limits
from app.notices.services import enqueue

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PHONE_AN_HOUR, PHONE_A_DAY = 5, 15
NETWORK_AN_HOUR = 500  # not answered yet
LINK_A_DAY = 2_000  # not answered yet
ALARM_AT = 0.8  # of the day's cap
EVERYBODY = b"all"
RUNNING_OUT = "codes.running_out"

_cap = 20_000


def set_cap(codes_a_day: int) -> None:
    """Set how many codes strangers may ask for in a day, all together."""
    global _cap  # noqa: PLW0603
    _cap = codes_a_day


def take_for_phone(purpose: str, bucket: bytes) -> None:
    """Count a code to this phone, five an hour for each purpose. Raises ``TooMany``."""
    limits.take(f"send {purpose}", bucket, limit=PHONE_AN_HOUR, window=HOUR)


def take_for_strangers(phone: bytes, network: str, unit: str) -> None:
    """Count a code that anybody may ask for; admins are told at four fifths of the cap. Raises ``TooMany``."""
    limits.take("codes phone", phone, limit=PHONE_A_DAY, window=DAY)
    if network:
        limits.take("codes network", network.encode(), limit=NETWORK_AN_HOUR, window=HOUR)
    if unit:
        limits.take("codes link", unit.encode(), limit=LINK_A_DAY, window=DAY)
    limits.take("codes day", EVERYBODY, limit=_cap, window=DAY)
    if limits.used("codes day", EVERYBODY) >= ALARM_AT * _cap and limits.use_once("codes alarm", EVERYBODY, window=DAY):
        enqueue(RUNNING_OUT, cap=_cap)


def give_back(network: str, unit: str) -> None:
    """Take one off the count of a network and a link: the code was met, so a person asked for it."""
    if network:
        limits.give_one_back("codes network", network.encode())
    if unit:
        limits.give_one_back("codes link", unit.encode())
