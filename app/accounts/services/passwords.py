"""Passwords: Argon2id in a process of its own, and the refusal of easy ones."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from flask_babel import lazy_gettext as _
from zxcvbn import zxcvbn

from app.accounts.services.hashing import Hasher
from app.core.errors import Malformed

WORKER_LENGTH, STAFF_LENGTH, LONGEST = 8, 15, 64
EASY = 6  # powers of ten of guesses: zxcvbn calls fewer than 10**6 "very guessable" (Wheeler, USENIX Security 2016)
LOOKED_AT = 40  # characters that are judged: who repeats "a1" thirty times has said nothing after the first few
FAVOURITES = Path(__file__).parent.parent / "favourite_words.txt"

_hasher = Hasher(19 * 1024)


def set_cost(kib: int) -> None:
    """Set the memory of one hash, in KiB (OWASP's floor for Argon2id is 19 MiB with t=2, p=1)."""
    global _hasher  # noqa: PLW0603
    if kib != _hasher.kib:
        _hasher.stop()
        _hasher = Hasher(kib)


def hash_password(password: str) -> str:
    """The Argon2id string of a password."""
    return _hasher.hash(_one_spelling(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the right one; an unknown person costs the same time as a wrong password."""
    return _hasher.verify(stored, _one_spelling(password))


def check_strength(password: str, *, shortest: int = WORKER_LENGTH, phone: str = "", name: str = "") -> None:
    """Raise ``Malformed`` with a sentence for the person when a password is too short, too long or easy to guess.

    Easy is what zxcvbn finds in fewer than a million guesses: its lists of common passwords and names, keyboard walks,
    dates, repeats, and our list of Chinese favourites; or where the person's phone or name is most of the password.
    """
    password = _one_spelling(password)
    if not shortest <= len(password) <= LONGEST:
        raise Malformed(
            _("Please choose a password of %(shortest)d to %(longest)d characters.", shortest=shortest, longest=LONGEST)
        )
    if float(zxcvbn(password[:LOOKED_AT], user_inputs=_favourites())["guesses_log10"]) < EASY:
        raise Malformed(_("Many people use this password, so it is easy to guess. Please choose another one."))
    if (phone and phone[-8:] in password) or (len(name) > 1 and name.lower() in password.lower()):
        raise Malformed(
            _("Your phone number or your name is in it, so it is easy to guess. Please choose another one.")
        )


def _one_spelling(password: str) -> str:
    """The same for every keyboard: full-width letters and digits are those of a Chinese input method."""
    return unicodedata.normalize("NFKC", password)


@cache
def _favourites() -> list[str]:
    return FAVOURITES.read_text("utf-8").split()
