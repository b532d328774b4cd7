"""The form library's own sentences, named here so that our catalogue holds them in every language."""

from __future__ import annotations


def _known(message: str) -> str:
    return message


def _known_plural(singular: str, plural: str) -> tuple[str, str]:
    return singular, plural


SINGLE = (
    _known("This field is required."),
    _known("Invalid input."),
    _known("Invalid email address."),
    _known("Not a valid choice."),
    _known("Invalid Choice: could not coerce."),
    _known("Invalid choice(s): one or more data inputs could not be coerced."),
    _known("Not a valid datetime value."),
    _known("Not a valid date value."),
    _known("Not a valid time value."),
    _known("Not a valid integer value."),
    _known("Not a valid decimal value."),
    _known("Not a valid float value."),
    _known("Number must be at least %(min)s."),
    _known("Number must be at most %(max)s."),
    _known("Number must be between %(min)s and %(max)s."),
    _known("Date must be at least %(min)s."),
    _known("Date must be at most %(max)s."),
    _known("Date must be between %(min)s and %(max)s."),
    _known("Field must be equal to %(other_name)s."),
    _known("Field must be between %(min)d and %(max)d characters long."),
)
COUNTED = (
    _known_plural("Field must be at least %(min)d character long.", "Field must be at least %(min)d characters long."),
    _known_plural("Field cannot be longer than %(max)d character.", "Field cannot be longer than %(max)d characters."),
    _known_plural("Field must be exactly %(max)d character long.", "Field must be exactly %(max)d characters long."),
    _known_plural(
        "'%(value)s' is not a valid choice for this field.", "'%(value)s' are not valid choices for this field."
    ),
)
