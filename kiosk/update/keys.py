"""Release keys: whose signature this kiosk believes, and the signature itself (Ed25519)."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from Cryptodome.PublicKey import ECC
from Cryptodome.Signature import eddsa

from kiosk.errors import UpdateError
from kiosk.faults import shown
from kiosk.safefiles import open_file

ENDING = ".pub"
MOST_KEY = 4_096
MOST_KEYS = 20
CURVE = "Ed25519"
SIGNATURE_BYTES = 64
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class ReleaseKey:
    """A public key that lies in the folder of release keys."""

    name: str
    """Its file's name."""
    key: ECC.EccKey
    """The key itself."""

    @property
    def fingerprint(self) -> str:
        """Sixteen letters that two people can compare."""
        found = hashlib.sha256(self.key.export_key(format="raw")).hexdigest()[:16]
        return " ".join(found[i : i + 4] for i in range(0, 16, 4))


def read_keys(folder: Path) -> tuple[tuple[ReleaseKey, ...], tuple[str, ...]]:
    """The keys in ``folder``, and a sentence for each file there that is none. Only root may have written them."""
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(ENDING))
    except OSError:
        names = []
    keys, wrong = [], []
    for name in names[:MOST_KEYS]:
        try:
            keys.append(ReleaseKey(name, _public(folder / name)))
        except (OSError, ValueError) as why:
            wrong.append(f"{shown(str(folder / name))}: it is no release key ({why}); put the .pub file there again.")
    return tuple(keys), tuple(wrong)


def verify(keys: tuple[ReleaseKey, ...], message: bytes, signature: bytes) -> ReleaseKey:
    """The key that signed ``message``. Raises UpdateError."""
    if not keys:
        raise UpdateError("This kiosk knows no release key, so it takes no update. Tell your technician.")
    for key in keys:
        try:
            eddsa.new(key.key, "rfc8032").verify(message, signature)
        except ValueError:
            continue
        return key
    raise UpdateError("FK-UPDATE.zip is not signed by a key that this kiosk knows. Ask whoever made it.")


def sign(private: ECC.EccKey, message: bytes) -> bytes:
    """The signature of ``message``."""
    return eddsa.new(private, "rfc8032").sign(message)


def read_private(path: Path, passphrase: str | None = None) -> ECC.EccKey:
    """The maker's own key. Raises UpdateError."""
    try:
        key = ECC.import_key(path.read_bytes(), passphrase)
    except (OSError, ValueError, IndexError, TypeError) as why:
        raise UpdateError("{path} is no private key that can be used: {why}", path=path, why=why) from why
    if key.curve != CURVE or not key.has_private():
        raise UpdateError("{path} is no private Ed25519 key.", path=path)
    return key


def _public(path: Path) -> ECC.EccKey:
    """The key in a file that nobody but root and ourselves can write. Raises OSError, ValueError."""
    fd = open_file(path)
    try:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_KEY:
            raise ValueError("it is no small plain file")
        if found.st_uid not in (0, os.geteuid()) or found.st_mode & OTHERS_WRITE:
            raise ValueError("others than root could have written it")
        raw = os.read(fd, MOST_KEY)
    finally:
        os.close(fd)
    try:
        key = ECC.import_key(raw)
    except (ValueError, IndexError, TypeError) as why:
        raise ValueError(f"it cannot be read: {why}") from why
    if key.curve != CURVE:
        raise ValueError(f"its kind is {key.curve}, and not {CURVE}")
    if key.has_private():
        raise ValueError("it is a private key, which must never be on a kiosk: remove it, and make a new pair")
    return key
