"""What is needed to count: a Python for aarch64 in a folder, its libraries, and QEMU with a plugin that counts.

Nothing is installed and nothing is entered: files of Debian's packages are laid out in ``build/arm-count``, the wheels
of the kiosk's lock beside them, and QEMU's user emulation runs that Python as if it were a program of this machine.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.earlier import ROOT

FOLDER = ROOT / "build" / "arm-count"
PACKAGES = "python3.13,libpython3-stdlib,libstdc++6,libgcc-s1,zlib1g,libc6"
QEMU = "qemu-aarch64"
LEAST_GLIBC = (17, 24, 26, 27, 28, 34, 39)
"""Wheels for these minor versions of glibc 2 run on Debian 13."""
PROCESSORS = {"cortex-a72": "Raspberry Pi 4", "cortex-a76": "Raspberry Pi 5"}
FEATURES = {
    "cortex-a72": ("0xd08", "fp asimd evtstrm crc32 cpuid"),
    "cortex-a76": (
        "0xd0b",
        "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp",
    ),
}
"""Part and features of each, as Linux tells them on such a board. LiteRT asks for them; of this machine's own account,
which QEMU 7 hands on, it makes nothing and ends."""
CPUINFO = """processor\t: {number}
BogoMIPS\t: 108.00
Features\t: {features}
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x0
CPU part\t: {part}
CPU revision\t: 3

"""
PATIENCE_S = 900


class ArmError(Exception):
    """Nothing can be counted here; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class ArmRoot:
    """A Python for aarch64 with the kiosk's libraries, and a QEMU that counts its instructions."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "root" / "usr" / "bin" / "python3.13"

    def count(self, processor: str, tree: Path, module: str, *arguments: str) -> dict[int, int]:
        """Run a module of ``tests`` with the kiosk of ``tree``: instructions from one mark to the next, by the latter.

        Raises ArmError when it fails.
        """
        with _alone(self.folder):
            return self._count(processor, tree, module, arguments)

    def _count(self, processor: str, tree: Path, module: str, arguments: Sequence[str]) -> dict[int, int]:
        marks = self.folder / "marks.txt"
        marks.unlink(missing_ok=True)
        part, features = FEATURES[processor]
        told = self.folder / "root" / "proc" / "cpuinfo"
        told.parent.mkdir(exist_ok=True)
        told.write_text("".join(CPUINFO.format(number=n, part=part, features=features) for n in range(4)))
        plugin = f"{self.folder / 'libcount.so'},into={marks}"
        command = [QEMU, "-cpu", processor, "-L", str(self.folder / "root"), "-plugin", plugin]
        done = subprocess.run(
            # The same addresses in every run, else the same hash of an object lands in another place of its table.
            ["setarch", "--addr-no-randomize", *command, str(self.python), "-P", "-m", module, *arguments],
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": os.pathsep.join(dict.fromkeys((str(tree), str(ROOT), str(self.folder / "site")))),
                "PYTHONHASHSEED": "0",
                "PYTHONDONTWRITEBYTECODE": "1",
                "OPENBLAS_NUM_THREADS": "1",
                "SDL_VIDEODRIVER": "dummy",
                "SDL_AUDIODRIVER": "dummy",
                "PYGAME_HIDE_SUPPORT_PROMPT": "1",
            },
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        if done.returncode or not marks.exists():
            raise ArmError(f"{module} {' '.join(arguments)} ended with {done.returncode}: {done.stderr[-2000:]}")
        return _between(marks.read_text(encoding="ascii"))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time: the tests run on all cores, and the processor that is emulated stands in a file of the folder."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _between(marks: str) -> dict[int, int]:
    """Instructions up to each mark from the one before it; mark 0 only begins."""
    found: dict[int, int] = {}
    last = 0
    for line in marks.splitlines():
        mark, count = map(int, line.split())
        if mark:
            found[mark] = count - last
        last = count
    return found


def arm_root(folder: Path = FOLDER) -> ArmRoot:
    """Make what is missing, which takes a minute and the network once. Raises ArmError."""
    for program, package in (
        (QEMU, "qemu-user"),
        ("mmdebstrap", "mmdebstrap"),
        ("gcc", "gcc"),
        ("setarch", "util-linux"),
    ):
        if shutil.which(program) is None:
            raise ArmError(f"there is no {program}: apt-get install {package}")
    if os.geteuid():
        raise ArmError("laying out Debian's packages for another processor needs root")
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        _debian(folder)
        _wheels(folder)
        _plugin(folder)
    return ArmRoot(folder)


def _plugin(folder: Path) -> None:
    version = _said([QEMU, "--version"])
    major = int(re.sub(r".*?version (\d+).*", r"\1", version, flags=re.DOTALL))
    source = Path(__file__).with_name("count.c")
    api = f"-DPLUGIN_VERSION={2 if major >= 9 else 1}"
    _said(["gcc", "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", api, "-o", str(folder / "libcount.so"), str(source)])


def _debian(folder: Path) -> None:
    root = folder / "root"
    if root.exists():
        return
    half = folder / "root.part"
    shutil.rmtree(half, ignore_errors=True)
    asked = _said(["apt-get", "indextargets", "--format", "$(REPO_URI) $(LABEL)", "Identifier: Packages"])
    found = [line.split()[0] for line in asked.splitlines() if line.endswith(" Debian")]
    mirror = os.environ.get("DEVICE_MIRROR") or (found[0] if found else "")
    if not mirror:
        raise ArmError("this machine's apt knows no mirror of Debian's: name one in DEVICE_MIRROR")
    options = ["--arch=arm64", "--variant=extract", "--mode=root", "--components=main", "--format=directory"]
    skipped = ["--skip=check/empty,check/qemu", f"--include={PACKAGES}"]
    _said(["mmdebstrap", "--quiet", *options, *skipped, "trixie", str(half), mirror])
    for name in ("lib", "lib64"):
        if not (half / name).exists():
            (half / name).symlink_to(f"usr/{name}")
    half.rename(root)


def _wheels(folder: Path) -> None:
    """The kiosk's locked libraries for aarch64 and Python 3.13, each checked against its hash."""
    lock = ROOT / "requirements.lock"
    site, mark = folder / "site", folder / "site.lock"
    if mark.exists() and mark.read_bytes() == lock.read_bytes():
        return
    shutil.rmtree(site, ignore_errors=True)
    platforms = [f"--platform=manylinux_2_{minor}_aarch64" for minor in LEAST_GLIBC] + [
        "--platform=manylinux2014_aarch64"
    ]
    python = ["--python-version=3.13", "--implementation=cp", "--abi=cp313", "--abi=abi3", "--abi=none"]
    wheels = folder / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    pip = [str(ROOT / ".venv" / "bin" / "python"), "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    checked = ["--no-deps", "--only-binary=:all:", "--require-hashes", "-r", str(lock), "-d", str(wheels)]
    _said([*pip, *platforms, *python, *checked])
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(site)
    shutil.rmtree(wheels)
    mark.write_bytes(lock.read_bytes())


def _said(command: list[str]) -> str:
    """What a program says. Raises ArmError."""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True).stdout
    except (OSError, subprocess.SubprocessError) as why:
        said = (getattr(why, "stderr", None) or str(why)).strip().splitlines()[-1:]
        raise ArmError(f"{command[0]} failed: {''.join(said)}") from why
