"""Our own errors: what a use case may raise, in words a person can read and without any content."""

from __future__ import annotations

from typing import ClassVar


class AppError(Exception):
    """Base of all expected refusals; ``message`` is a translated sentence for the person, never content."""

    status: ClassVar[int] = 400

    def __init__(self, message: object = "") -> None:
        super().__init__(type(self).__name__)
        self.message = message


class NotFound(AppError):
    """No such record for this person; a foreign record and a random id look the same."""

    status = 404


class Refused(AppError):
    """The rules of the domain say no: full, closed, clashing, not yours to sign."""

    status = 409


class Conflict(Refused):
    """Somebody else changed the record since it was shown."""


class Malformed(AppError):
    """Input that no shown form could have sent."""

    status = 422


class TooMany(AppError):
    """A limit was reached; the message says when to try again."""

    status = 429


class Unavailable(AppError):
    """Something outside the process is down; nothing was changed."""

    status = 503
