"""The virtual device's disks: built by the scripts in ``image/``, kept under a hash of what went into them."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(__file__).resolve().parent / "image"
PRODUCT = ("kiosk", "assets", "systemd", "requirements.lock", "pyproject.toml")
INSTALLERS = ("install.sh", "offline.sh")
"""Scripts that put a product on the image: no part of it."""
DISK = "7G"
BUILD_S = 7200.0
"""A limit for what hangs; on a busy machine a build takes long."""


class Base(NamedTuple):
    """A plain Debian 13 for the emulator."""

    folder: Path
    """Everything of it."""
    tree: Path
    """Its files, as root sees them."""
    disk: Path
    """Its file system."""
    kernel: Path
    """Its kernel."""
    initrd: Path
    """Its initial RAM disk."""


def cache() -> Path:
    """The folder of all images: ``DEVICE_CACHE``, else ``build/device``."""
    return Path(os.environ.get("DEVICE_CACHE") or ROOT / "build" / "device").resolve()


def digest(paths: Iterable[Path], under: Path, *more: str) -> str:
    """A short hash over names and contents of files."""
    found = hashlib.sha256("\0".join(more).encode())
    for path in sorted(paths):
        if path.is_file() and "__pycache__" not in path.parts:
            found.update(f"{path.relative_to(under)}\0{path.stat().st_mode & 0o111}\0".encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:16]


def make_disk(tree: Path, disk: Path) -> None:
    """A file system with the tree's files."""
    disk.unlink(missing_ok=True)
    with disk.open("wb") as file:
        os.truncate(file.fileno(), 0)
    subprocess.run(["truncate", "-s", DISK, str(disk)], check=True)
    subprocess.run(["nice", "mke2fs", "-q", "-t", "ext4", "-L", "root", "-d", str(tree), str(disk)], check=True)


def script(name: str, *arguments: str, log: Path) -> None:
    """Run one of the image's scripts; what it says is kept."""
    with log.open("ab") as said:
        done = subprocess.run([str(SCRIPTS / name), *arguments], stdout=said, stderr=said, timeout=BUILD_S, check=False)
    if done.returncode:
        raise RuntimeError(f"{name} failed ({log}): {log.read_text(errors='replace')[-1500:]}")


def remove(folder: Path) -> None:
    """Take a folder away, but nothing that is mounted in it."""
    subprocess.run(["rm", "-rf", "--one-file-system", str(folder)], check=True)


def base() -> Base:
    """The plain image, built if it is not there (some minutes, as root)."""
    key = digest((SCRIPTS / name for name in os.listdir(SCRIPTS) if name not in INSTALLERS), SCRIPTS)
    folder = cache() / f"base-{key}"
    found = Base(folder, folder / "root.tree", folder / "root.raw", folder / "vmlinuz", folder / "initrd.img")
    if not finished(folder):
        folder.mkdir(parents=True, exist_ok=True)
        script("build.sh", str(folder), log=folder / "build.log")
        make_disk(found.tree, found.disk)
        finish(folder, "base")
    return found


def keyed(plain: Base, checkout: Path, kind: str, *ways: str) -> Path:
    """The folder for a device with this checkout on it; ``ways``: what else decides how it came there."""
    found = (path for name in PRODUCT for path in (checkout / name, *(checkout / name).rglob("*")))
    return cache() / f"{kind}-{digest(found, checkout, plain.folder.name, *ways)}"


def finished(folder: Path) -> bool:
    """Whether everything of this image was made."""
    return (folder / "finished").exists()


def finish(folder: Path, kind: str) -> None:
    """It is whole; older ones of the same kind are not needed any more."""
    (folder / "finished").touch()
    for other in folder.parent.glob(f"{kind}-*"):
        if other != folder:
            remove(other)


def installed(plain: Base, checkout: Path, kind: str) -> Path:
    """The disk on which a checkout was installed by its own `make install`, in a chroot at the host's speed."""
    folder = keyed(plain, checkout, kind, (SCRIPTS / "install.sh").read_text(encoding="utf-8"))
    disk = folder / "root.raw"
    if not finished(folder):
        folder.mkdir(parents=True, exist_ok=True)
        tree = folder / "root.tree"
        script("install.sh", str(plain.tree), str(checkout), str(tree), log=folder / "install.log")
        make_disk(tree, disk)
        remove(tree)
        finish(folder, kind)
    return disk
