"""What the vault says when it cannot open or will not seal: a code and a place, never content, keys or ciphertext."""

from __future__ import annotations

import enum

from flask_babel import lazy_gettext as _
from sqlalchemy.exc import DontWrapMixin

from app.core.errors import Unavailable


class Code(enum.StrEnum):
    """Why the vault refused; the numbers are those of the data-protection design, section 3."""

    K001 = "not a sealed value"
    K002 = "wrong key or place"
    K003 = "altered"
    K004 = "key missing"
    K005 = "destroyed on purpose"
    K006 = "key provider down"
    K007 = "start-up canary fails"


DAMAGE = frozenset({"K001", "K002", "K003", "K004"})


class VaultError(DontWrapMixin, Unavailable):
    """A refusal of the vault. ``code`` is ``K001`` … ``K007``; ``line`` names a table, column, purpose or file.

    SQLAlchemy passes it on as it is (``DontWrapMixin``), for a wrapped error would carry the parameters.
    """

    def __init__(self, code: Code, line: str = "") -> None:
        super().__init__(_("This record cannot be read at present."))
        self.code = code.name
        self.line = line
        self.args = (f"{code.name} {code.value}" + (f": {line}" if line else ""),)

    @property
    def is_damage(self) -> bool:
        """Whether this one value is lost or altered, and others may well be read: no outage, no erasure on purpose."""
        return self.code in DAMAGE
