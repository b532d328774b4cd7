"""A person moves to a new number herself, while she is signed in: her password, and a code on the new number."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.accounts.services import challenges, limits, numbers, recovery
from app.accounts.services.challenges import ChallengeOver, Purpose
from app.core.errors import Malformed

if TYPE_CHECKING:
    from app.accounts.models import Account, Challenge
    from app.accounts.services.challenges import Asker, Sent

CODES_A_DAY, DAY = 5, timedelta(days=1)


def send_move_code(account: Account, password: str, phone: str, *, asker: Asker) -> Sent:
    """Send a code to the new number. Raises ``Malformed`` for a wrong password or the present number, ``TooMany``."""
    recovery.check_password(account, password)
    if phone == account.phone:
        raise Malformed(_("This is the number you have already."))
    limits.take("move", account.id.bytes, limit=CODES_A_DAY, window=DAY)
    return challenges.send_code(Purpose.MOVE, phone, asker=asker, account=account.id.hex)


def confirm_move(account: Account, challenge: Challenge, code: str, *, asker: Asker) -> bool:
    """Take the new number if the code is right; an account that had it before is frozen.

    Raises ``ChallengeOver`` for another person's challenge, ``Conflict`` for a number of a member of staff.
    """
    about = dict(challenge.about)
    if about["account"] != account.id.hex:
        raise ChallengeOver
    if not challenges.answer(challenge, code, asker):
        return False
    numbers.take(account, about["phone"])
    return True
