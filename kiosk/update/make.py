"""Making of ``FK-UPDATE.zip`` at the maker's desk: a release's folder, a private key, and words on what changes."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from Cryptodome.PublicKey import ECC

from kiosk.errors import UpdateError
from kiosk.safefiles import write_new
from kiosk.update.keys import CURVE, ENDING, read_keys, sign
from kiosk.update.manifest import FORMAT, KIND, MANIFEST, PAYLOAD, SIGNATURE, Manifest, ReleaseFile, read_manifest

OLDEST = (1980, 1, 1, 0, 0, 0)
"""The date of every entry: the same release makes the same bytes."""
LEVEL = 9


def make_key(folder: Path, name: str) -> tuple[Path, Path]:
    """A new pair in ``folder``: the private file, to be kept away from every kiosk, and the public one.

    Raises UpdateError, and replaces nothing.
    """
    private = ECC.generate(curve=CURVE)
    files = folder / f"{name}.key", folder / f"{name}{ENDING}"
    try:
        for path, text in zip(
            files, (private.export_key(format="PEM"), private.public_key().export_key(format="PEM")), strict=True
        ):
            write_new(path, f"{text}\n".encode("ascii"))
        files[1].chmod(0o644)
    except OSError as why:
        raise UpdateError("{path} cannot be written: {why}", path=why.filename, why=why.strerror) from why
    return files


def make_update(
    tree: Path,
    private: ECC.EccKey,
    to: Path,
    *,
    version: str,
    architecture: str,
    python: str,
    comes_from: str,
    changes: Sequence[str],
    minutes: int,
) -> Manifest:
    """Write the signed update ``to`` a new file, checked by what a kiosk would check. Raises UpdateError, OSError."""
    files = tuple(_described(tree))
    manifest = Manifest(KIND, FORMAT, version, architecture, python, comes_from, tuple(changes), minutes, files)
    raw = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    read_manifest(raw)
    with zipfile.ZipFile(to, "x", zipfile.ZIP_DEFLATED, allowZip64=False, compresslevel=LEVEL) as made:
        made.writestr(_entry(MANIFEST), raw)
        made.writestr(_entry(SIGNATURE), sign(private, raw))
        for file in files:
            entry = _entry(PAYLOAD + file.path)
            entry.file_size = file.size
            with made.open(entry, "w") as target, (tree / file.path).open("rb") as source:
                while piece := source.read(1 << 20):
                    target.write(piece)
    return manifest


def known_keys(folder: Path) -> tuple[str, ...]:
    """A line for each key in ``folder``, and for each file there that is none."""
    keys, wrong = read_keys(folder)
    return (*(f"{key.fingerprint}  {key.name}" for key in keys), *wrong)


def _described(tree: Path) -> Iterator[ReleaseFile]:
    """Every file of the folder. Raises UpdateError for what is neither file nor folder."""
    for path in sorted(tree.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise UpdateError("{path} is a link or a device: a release holds plain files only.", path=path)
        if path.is_dir() or path.parent.name == "__pycache__":
            continue  # translated programs belong to one machine: the kiosk makes its own
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        found = path.stat()
        yield ReleaseFile(path.relative_to(tree).as_posix(), found.st_size, digest, bool(found.st_mode & 0o111))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, OLDEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
