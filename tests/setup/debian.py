"""A Debian 13 in a folder, without a network: its commands in a chroot, or all of it booted in its own namespaces."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEB = ROOT / "systemd" / "deb"
ARCH = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), "")
"""Debian's name of this machine's processor; empty where nothing is built for it."""
TOOLS = ("mmdebstrap", "unshare", "nsenter", "apt-ftparchive", "lintian")


def lacking() -> str:
    """Why the package cannot be tried here; empty where it can."""
    if not os.environ.get("DEB_TEST"):
        return "some minutes, root and a network are needed for it: make deb-test"
    if os.geteuid() != 0:
        return "only root can install a package: sudo make deb-test"
    if not ARCH:
        return f"no release is built for {platform.machine()}"
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    return f"{', '.join(missing)} is not here: systemd/packages.sh deb-test" if missing else ""


CHROOT = """
set -e; root=$1; shift
mount -t proc proc "$root/proc"; mount --rbind /dev "$root/dev"; mount --make-rslave "$root/dev"
mount -t tmpfs tmpfs "$root/tmp" -o mode=1777; mount -t tmpfs tmpfs "$root/run"
mount --bind build "$root/mnt/build"
export DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8 HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin
exec chroot "$root" "$@"
"""
BOOT = """
set -e; root=$1
mount --bind "$root" "$root"; mount --bind build "$root/mnt/build"; cd "$root"
mount -t proc proc proc; mount -t sysfs sysfs sys; mkdir -p sys/fs/cgroup; mount -t cgroup2 cgroup2 sys/fs/cgroup
for folder in run tmp dev; do mount -t tmpfs tmpfs $folder; done
for device in null zero full random urandom tty; do touch dev/$device; mount --bind /dev/$device dev/$device; done
mkdir dev/pts dev/shm; mount -t devpts devpts dev/pts -o newinstance,ptmxmode=0666; ln -s pts/ptmx dev/ptmx
mount -t tmpfs tmpfs dev/shm
# There is no screen to wait for: cage draws into memory, without the driver of one.
mkdir -p run/systemd/system/facial-rehab-kiosk.service.d
printf '%s\\n' '[Service]' 'Environment=WLR_BACKENDS=headless WLR_RENDERER=pixman' 'ExecStartPre=' \\
    'ExecStartPre=-+/usr/lib/facial-rehab-kiosk/kiosk-starting' \\
    >run/systemd/system/facial-rehab-kiosk.service.d/no-screen.conf
mkdir -p mnt/old; pivot_root . mnt/old; umount -l /mnt/old
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --show-status=no </dev/null
"""


class BareDebian:
    """The smallest Debian 13 of this machine's processor. The project's ``build`` folder is its ``/mnt/build``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._init: int | None = None
        tar = ROOT / "build" / f"trixie-{ARCH}.tar"
        if not tar.exists():
            subprocess.run([DEB / "bare.sh", tar], check=True)
        root.mkdir()
        subprocess.run(["tar", "-C", root, "-xf", tar], check=True)
        (root / "mnt" / "build").mkdir()

    def run(self, *command: str, code: int = 0) -> str:
        """The words of a command, which ends with ``code``."""
        inside = ["unshare", "--mount", "--net", "bash", "-c", CHROOT, "bash", str(self.root)]
        if self._init is not None:
            inside = ["nsenter", "--target", str(self._init), "--all", "--", "env", "DEBIAN_FRONTEND=noninteractive"]
        done = subprocess.run([*inside, *command], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    @contextmanager
    def booted(self) -> Iterator[None]:
        """Its own systemd runs, and commands run under it."""
        apart = ["--mount", "--net", "--pid", "--cgroup", "--uts", "--ipc", "--fork", "--kill-child"]
        command = ["unshare", *apart, "bash", "-c", BOOT, "bash", str(self.root)]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as outer:
            try:
                children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children")
                while not (found := children.read_text(encoding="ascii").split()):
                    assert outer.poll() is None, "it did not boot"
                self._init = int(found[0])
                while not (self.root / "proc").exists() or subprocess.run(
                    ["nsenter", "--target", found[0], "--all", "--", "systemctl", "is-system-running", "--wait"],
                    capture_output=True,
                    text=True,
                    check=False,
                ).stdout.strip() not in {"running", "degraded"}:
                    assert outer.poll() is None, "it did not boot"
                yield
            finally:
                self._init = None
                outer.kill()

    def found(self, name: str) -> set[str]:
        """Every path with this in its name, outside of what is mounted."""
        return {
            f"/{path.relative_to(self.root)}"
            for top in self.root.iterdir()
            if top.name not in {"proc", "sys", "dev", "run", "mnt", "tmp", "root"} and not top.is_symlink()
            for path in (top, *top.rglob(f"*{name}*"))
            if name in path.name
        }
