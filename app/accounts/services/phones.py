"""Phone numbers: normalised once, so that one person has one blind index."""

from __future__ import annotations

import phonenumbers
from flask_babel import lazy_gettext as _

from app import vault
from app.core.errors import Malformed


def normalise(text: str) -> str:
    """A phone number in E.164, read as Chinese where it carries no country code. Raises ``Malformed``."""
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise Malformed(_("This does not look like a phone number. Please check it."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask(phone: str) -> str:
    """A phone number that its owner recognises and nobody else can call: ``138****0001``."""
    national = phone.removeprefix("+86")
    return f"{national[:3]}****{national[-4:]}"


def index(phone: str) -> bytes:
    """The blind index under which a normalised phone number is found."""
    return vault.blind_index("phone", phone)
