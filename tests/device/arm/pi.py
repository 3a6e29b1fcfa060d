"""The device for arm64: QEMU's machine "virt" with a device tree that calls it a Raspberry Pi 4, and its image."""

from __future__ import annotations

from pathlib import Path

from tests.device import image
from tests.device.install import Installed, offline_in_tree
from tests.device.machine import Machine

HERE = Path(__file__).resolve().parent
BUILDERS = ("build.sh", "lent.sh", "header.sh", "../image/chroot.sh", "../image/agent.py")
PROCESSORS, MEMORY_MB = 1, 2048
"""The device tree that QEMU makes is for as many, and must be booted with as many."""


class Pi(Machine):
    """One such machine."""

    CONSOLE = "ttyAMA0"

    def emulator(self) -> list[str]:
        return [
            *("qemu-system-aarch64", "-accel", "tcg,thread=multi,tb-size=512", "-cpu", "cortex-a72"),
            *("-machine", "virt,gic-version=2", "-smp", str(PROCESSORS), "-dtb", str(self._base.folder / "pi.dtb")),
        ]


def base() -> image.Base:
    """The plain image, built if it is not there (some minutes, as root)."""
    key = image.digest((HERE / name for name in BUILDERS), HERE.parents[0], str(PROCESSORS), str(MEMORY_MB))
    folder = image.cache() / f"arm-base-{key}"
    found = image.Base(folder, folder / "root.tree", folder / "root.raw", folder / "vmlinuz", folder / "initrd.img")
    if not image.finished(folder):
        folder.mkdir(parents=True, exist_ok=True)
        machine = (str(PROCESSORS), str(MEMORY_MB))
        image.script(str(HERE / "build.sh"), str(folder), *machine, log=folder / "build.log")
        image.make_disk(found.tree, found.disk)
        image.finish(folder, "arm-base")
    return found


def product(plain: image.Base, checkout: Path) -> Installed:
    """The disk on which the package for arm64 was installed, without a network, by a processor lent."""
    return offline_in_tree(plain, checkout, "arm-product", "arm64", str(HERE / "install.sh"))
