"""PINs: how they are kept, and what wrong ones cost. Pure; hashing is slow on purpose and runs away from the screen."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from itertools import pairwise

LENGTH = 6
FREE_TRIES = 5
LOCKS_MS = (60_000, 300_000, 900_000, 3_600_000)
"""Every fifth wrong try in a row locks the slot: first for one minute, from the fourth time on for an hour."""
SALT_BYTES = 16

ALGORITHM = "scrypt"
COST = (2**14, 8, 1)
"""n, r and p of scrypt: 16 MiB and a fifth of a second on a Raspberry Pi 4 [D]. Slow for whoever stole the card, quick
for whoever knows the PIN. What is kept names them, so they may be raised: who set a PIN before still gets in."""
BARE_COST = (2**14, 8, 1)
"""The cost of a hash that is kept without one, as it was at first."""
MOST_BYTES = 64 * 2**20
MOST_PASSES = 16
"""Most memory and largest p that a kept PIN may ask for: a damaged row takes the machine neither."""
HASH_BYTES = 32


def hash_pin(pin: str, salt: bytes) -> str:
    """The form in which ``pin`` is kept: algorithm, cost and hash (hexadecimal), with colons between."""
    return ":".join((ALGORITHM, *map(str, COST), _scrypt(pin, salt, *COST).hex()))


def is_pin(pin: str, salt_hex: str, kept: str) -> bool:
    """Whether ``pin`` is the one that was kept so with this salt (hexadecimal); never where they cannot be read."""
    algorithm, _, rest = kept.rpartition(":")[0].partition(":")
    try:
        if algorithm not in ("", ALGORITHM):
            return False
        n, r, p = map(int, rest.split(":")) if algorithm else BARE_COST
        expected = bytes.fromhex(kept.rpartition(":")[2])
        return p <= MOST_PASSES and hmac.compare_digest(_scrypt(pin, bytes.fromhex(salt_hex), n, r, p), expected)
    except (TypeError, ValueError, OverflowError):  # scrypt has one for each kind of number it cannot take
        return False


def _scrypt(pin: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    """Raises TypeError, ValueError or OverflowError at a cost that scrypt does not know, or above ``MOST_BYTES``."""
    return hashlib.scrypt(pin.encode("ascii"), salt=salt, n=n, r=r, p=p, maxmem=MOST_BYTES, dklen=HASH_BYTES)


def too_easy(pin: str) -> bool:
    """Whether it is what anybody would try first: one digit repeated, or digits in a row."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return len(steps) == 1 and steps <= {0, 1, 9}


@dataclass(frozen=True, slots=True)
class Tries:
    """``count`` wrong tries in a row; the lock is ``lock_ms`` (0: none) long from ``from_ms`` of boot ``boot_id``."""

    count: int = 0
    lock_ms: int = 0
    boot_id: str = ""
    from_ms: int = 0


NO_TRIES = Tries()


def one_more(tries: Tries, boot_id: str, now_ms: int) -> Tries:
    """Return the tries to keep once another PIN was tried: counted before anybody knows whether it is right."""
    count = tries.count + 1
    if count % FREE_TRIES:
        return Tries(count)
    return Tries(count, LOCKS_MS[min(count // FREE_TRIES, len(LOCKS_MS)) - 1], boot_id, now_ms)


def locked_ms(tries: Tries, boot_id: str, now_ms: int) -> int:
    """The time for which the slot stays locked, in milliseconds of powered time.

    A lock of an earlier boot begins again with the present one: the wall clock has no say, and pulling the plug can
    only make it longer.
    """
    start_ms = tries.from_ms if tries.boot_id == boot_id else 0
    return max(0, start_ms + tries.lock_ms - now_ms)


def left(tries: Tries) -> int:
    """The number of tries that are left before the next lock."""
    return FREE_TRIES - tries.count % FREE_TRIES
