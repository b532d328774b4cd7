"""Phone numbers: the one parser, which takes only numbers that this installation sends messages to.

By default these are mobiles of mainland China; the setting ``phone_countries`` names more. Landlines, satellite and
premium numbers are nobody's to receive a code with, and an extension or a letter is a slip that must not be guessed at.
"""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from flask import current_app
from flask_babel import lazy_gettext as _l
from phonenumbers import PhoneNumberType

from app.core.errors import Malformed

_WRITTEN = re.compile(r"\+?[0-9 ().\-‐‑–—−]+")
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_SATELLITE = re.compile(r"\+86(1349|174[09])")  # mainland satellite phones, which phonenumbers counts as mobiles


def normalise(text: str) -> str:
    """The number in E.164, as this installation's settings allow. Raises ``Malformed`` with a sentence."""
    return parse(text, current_app.config["XINGFU"].countries)


def parse(text: str, countries: tuple[str, ...]) -> str:
    """A mobile number of one of these countries in E.164; the first is meant where none is written.

    Full-width digits, spaces, hyphens, brackets, ``+86`` and ``0086`` are understood. Raises ``Malformed``.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    number = _parsed(written, countries[0]) if _WRITTEN.fullmatch(written) else None
    if number is None or phonenumbers.region_code_for_number(number) not in countries:
        raise Malformed(_sentence(countries))
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if phonenumbers.number_type(number) not in _MOBILE or _SATELLITE.match(e164):
        raise Malformed(_sentence(countries))
    return e164


def _parsed(written: str, country: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        return None


def _sentence(countries: tuple[str, ...]) -> object:
    if countries == ("CN",):
        return _l("Please check the phone number: a mobile number of mainland China, 11 digits.")
    return _l("Please check the phone number: a mobile number, with its country code if it is not from here.")
