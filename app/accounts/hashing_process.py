"""What the hashing process runs: one question a line on its standard input, one answer a line on its standard output.

It is started by its path, so that it loads Argon2 and nothing of the program, and it ends when its input does. What it
is asked goes nowhere else: it writes no log, and its command line holds the cost alone.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

LOW_PRIORITY = 10
PASSES, LANES = 2, 1


def main() -> None:
    """Answer until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(LOW_PRIORITY)
    hasher = PasswordHasher(time_cost=PASSES, memory_cost=int(sys.argv[1]), parallelism=LANES)
    nobody = hasher.hash("nobody signs in with this")
    for line in sys.stdin.buffer:
        answer = _answer(hasher, nobody, json.loads(line))
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


def _answer(hasher: PasswordHasher, nobody: str, asked: dict[str, Any]) -> str | bool:
    """The hash of a password, or whether it is the right one; where nobody is known, at the same cost."""
    if "stored" not in asked:
        return hasher.hash(asked["password"])
    try:
        return hasher.verify(asked["stored"] or nobody, asked["password"]) and asked["stored"] is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


if __name__ == "__main__":
    main()
