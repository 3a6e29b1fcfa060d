"""USB sticks as image files, made and read back on the host without mounting anything."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

OFFSET = 2048
"""First sector of the partition of a stick that has one."""
SECTOR = 512


def _run(*command: str | Path, given: str | None = None) -> str:
    """A tool that must succeed."""
    done = subprocess.run(
        [str(part) for part in command], input=given, capture_output=True, text=True, check=False, timeout=120
    )
    if done.returncode:
        raise AssertionError(f"{command[0]} failed: {done.stdout[-500:]} {done.stderr[-500:]}")
    return done.stdout


def blank(path: Path, megabytes: int = 256) -> Path:
    """A stick with nothing on it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    _run("truncate", "-s", f"{megabytes}M", path)
    return path


def fat32(path: Path, megabytes: int = 256) -> Path:
    """One FAT32 partition, as sticks are sold."""
    blank(path, megabytes)
    _run("sfdisk", "-q", path, given=f"label: dos\n{OFFSET},,c\n")
    blocks = (megabytes * 1024) - OFFSET // 2
    _run("mkfs.vfat", "-F", "32", "-n", "CLINIC", "--offset", str(OFFSET), path, str(blocks))
    return path


def exfat(path: Path, megabytes: int = 256) -> Path:
    """exFAT over the whole stick."""
    _run("mkfs.exfat", "-L", "CLINIC", blank(path, megabytes))
    return path


def ext4(path: Path, megabytes: int = 256) -> Path:
    """A Linux file system, whose owner is root."""
    _run("mke2fs", "-q", "-t", "ext4", "-L", "CLINIC", blank(path, megabytes))
    return path


def ntfs(path: Path, megabytes: int = 256) -> Path:
    """A Windows file system."""
    _run("mkfs.ntfs", "-q", "-F", "-Q", "-L", "CLINIC", blank(path, megabytes))
    return path


def full(path: Path, megabytes: int = 64) -> Path:
    """FAT32 without room for anything."""
    fat32(path, megabytes)
    filler = path.with_suffix(".filler")
    for size in (megabytes - 3, 1):
        _run("truncate", "-s", f"{size}M", filler)
        subprocess.run(
            ["mcopy", "-i", f"{path}@@{OFFSET * SECTOR}", str(filler), f"::FILLER{size}.BIN"],
            capture_output=True,
            check=False,
            timeout=120,
        )
    filler.unlink()
    return path


def put(path: Path, file: Path, name: str) -> Path:
    """A file for the FAT32 stick, as somebody copies it there on a PC."""
    _run("mcopy", "-i", f"{path}@@{OFFSET * SECTOR}", file, f"::{name}")
    return path


def read_back(path: Path, into: Path) -> Path:
    """Everything that the stick holds, read from the image itself (sleuthkit), not through a mount."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    table = subprocess.run(["mmls", str(path)], capture_output=True, text=True, check=False).stdout
    offset = ("-o", str(OFFSET)) if f"{OFFSET:010d}" in table else ()
    _run("tsk_recover", "-a", *offset, path, into)
    return into
