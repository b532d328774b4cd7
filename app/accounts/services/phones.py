"""Phone numbers in E.164: how they are found, and how they are shown."""

from __future__ import annotations

from app import vault


def mask(phone: str) -> str:
    """A phone number that its owner recognises and nobody else can call: ``138****0001``."""
    national = phone.removeprefix("+86")
    return f"{national[:3]}****{national[-4:]}"


def former_index(index: bytes) -> bytes:
    """Under which an account is found by the number it lost; it does not lead to the account that has it now."""
    return vault.reference("codes", "former", index)


def index(phone: str) -> bytes:
    """The blind index under which a normalised phone number is found."""
    return vault.blind_index("phone", phone)
