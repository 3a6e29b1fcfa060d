"""The product installed as at a clinic: from its offline folder, in the running device, without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from tests.device import image
from tests.device.machine import Machine, overlay

ARCH = "amd64"
INSTALL_S = 2400.0
KEPT_OUT = (".git", ".venv", "build", "demo-output", ".mypy_cache", ".ruff_cache", ".pytest_cache", "__pycache__")


class Installed(NamedTuple):
    """A device with the product on it."""

    disk: Path
    """Its disk; use it below an overlay."""
    how: str
    """The way it came there, in words."""
    seconds: float
    """The time that the installation took, emulated; 0 where it was not in the device."""


def has_package(checkout: Path) -> bool:
    """Whether this checkout can be made a package; older ones are installed by their own `make install`."""
    return (checkout / "systemd" / "deb" / "offline.sh").exists()


def offline(plain: image.Base, checkout: Path, kind: str) -> Installed:
    """The disk on which the offline folder of a checkout was installed with the net cut; made if it is not there."""
    folder = image.keyed(plain, checkout, kind, _itself())
    disk, took = folder / "root.qcow2", folder / "seconds"
    if not image.finished(folder):
        content = _content(checkout, folder)
        took.write_text(f"{_installed(plain, content, disk, folder):.0f}", encoding="utf-8")
        image.finish(folder, kind)
    return Installed(disk, "from `make offline`'s folder in the device, no network", float(took.read_text()))


def offline_in_tree(
    plain: image.Base, checkout: Path, kind: str, arch: str = ARCH, installer: str = "offline.sh"
) -> Installed:
    """As ``offline``, but in a chroot at the host's speed: for whoever tries scenarios again and again."""
    folder = image.keyed(plain, checkout, kind, _itself())
    disk = folder / "root.raw"
    if not image.finished(folder):
        content, tree = _content(checkout, folder, arch), folder / "root.tree"
        image.script(installer, str(plain.tree), str(content), str(tree), log=folder / "install.log")
        image.remove(content)
        image.make_disk(tree, disk)
        image.remove(tree)
        image.finish(folder, kind)
    return Installed(disk, "from `make offline`'s folder in a chroot at the host's speed, no network", 0.0)


def _itself() -> str:
    return Path(__file__).read_text(encoding="utf-8")


def _run(*command: str | Path, log: Path, cwd: Path, **env: str) -> None:
    """A step of the build; what it says is kept."""
    with log.open("ab") as said:
        subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env={**os.environ, **env},
            stdout=said,
            stderr=said,
            timeout=image.BUILD_S,
            check=True,
        )


def _content(checkout: Path, folder: Path, arch: str = ARCH) -> Path:
    """The offline folder and the checkout, as somebody carries both to a machine without a network."""
    image.remove(folder)
    folder.mkdir(parents=True)
    log, content = folder / "build.log", folder / "content"
    uv = Path(os.environ.get("UV") or checkout / "build" / "uv" / "bin" / "uv")
    if not uv.exists():
        _run("make", "build/uv/bin/uv", log=log, cwd=checkout)
    source = content / "checkout"
    shutil.copytree(checkout, source, ignore=shutil.ignore_patterns(*KEPT_OUT))
    built = folder / "source"
    shutil.copytree(source, built)
    if (checkout / "build" / "models").exists():
        shutil.copytree(checkout / "build" / "models", built / "build" / "models")
    for step in ("package.sh", "offline.sh"):
        _run(f"systemd/deb/{step}", arch, log=log, cwd=built, UV=str(uv), XZ="0")
    shutil.move(built / "build" / "offline" / arch, content / "offline")
    image.remove(built)
    return content


def _carried(content: Path, disk: Path) -> Path:
    """A disk with all that."""
    size = sum(path.stat().st_size for path in content.rglob("*") if path.is_file())
    subprocess.run(["truncate", "-s", str(size * 5 // 4 + (64 << 20)), str(disk)], check=True)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", str(content), str(disk)], check=True)
    return disk


def _installed(plain: image.Base, content: Path, disk: Path, folder: Path) -> float:
    """Install in the running device; the seconds that it took there."""
    carried = _carried(content, folder / "carried.raw")
    image.remove(content)
    more = ("-drive", f"file={carried},format=raw,if=virtio,readonly=on")
    with Machine(plain, overlay(plain.disk, disk), folder / "machine", more=more) as machine:
        machine.boot()
        machine.until("systemctl is-active multi-user.target", 180)
        machine.run("mount -o ro /dev/vdb /mnt && cp -r /mnt/checkout /home/tech/kiosk", 120)
        since = machine.seconds
        said = machine.run("runuser -u tech -- sudo /mnt/offline/install.sh", INSTALL_S)
        took = machine.seconds - since
        (folder / "install.log").write_text(said, encoding="utf-8")
        machine.picture(folder / "installed.png")
        machine.run("umount /mnt; sync", 60)
        machine.shut_down(180)
    image.remove(folder / "machine")
    carried.unlink()
    return took
