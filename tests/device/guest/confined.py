"""Runs in the device in the place and confinement of a unit: tries what it forbids, and what it must allow.

What came of each try is in the file ``confined.json`` of the unit's own folder: ``ok``, a value, or the name of an
error. Everything tried here would be allowed to an ordinary user outside the unit, or is read from the kernel; what the
confinement of root's helpers forbids is tried without it too. With ``stay`` the program does not end by itself.
"""

import ctypes
import errno
import json
import mmap
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)
NEW_PID, NEW_USER = 0x20000000, 0x10000000
NO_RANDOMIZE, TRACE_ME = 0x0040000, 0
data = Path(os.environ["STATE_DIRECTORY"])
OTHER_PROCESSOR = bytes.fromhex(
    "7f454c46010101000000000000000000 02000300010000005480040834000000 00000000000000003400200001000000 00000000"
    "01000000000000000080040800800408 5b0000005b0000000500000000100000 b30731c040cd80"
)
"""A whole ELF program for i386: mov bl, 7; xor eax, eax; inc eax; int 0x80."""
IOPRIO_GET, IDLE = 252, 3
"""The system call's number on an Intel machine, and the class in its answer (linux/ioprio.h)."""


def called(name: str, *arguments: int) -> None:
    """Call a function of the C library, in a child: some things cannot be taken back."""
    child = os.fork()
    if child == 0:
        os._exit(ctypes.get_errno() if getattr(libc, name)(*arguments) == -1 else 0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code:
        raise OSError(code, os.strerror(code))


def opened(name: str, flags: int = os.O_RDWR) -> None:
    os.close(os.open(name, flags | os.O_NONBLOCK))


def status(word: str) -> str:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(line.split()[1] for line in lines if line.startswith(f"{word}:"))


def read_only(place: str) -> str:
    """Whether this place is mounted so that it can only be read."""
    return "read-only" if os.statvfs(place).f_flag & os.ST_RDONLY else "writable"


def set_user_id() -> None:
    file = data / "confined"
    file.write_bytes(b"")
    try:
        file.chmod(stat.S_ISUID | 0o755)
    finally:
        file.unlink()


def own_file() -> str:
    file = data / "confined"
    file.write_bytes(b"")
    mode = oct(stat.S_IMODE(file.stat().st_mode))
    file.unlink()
    return mode


def group(file: str) -> str:
    """A value of the control group that the service is in."""
    own = Path("/proc/self/cgroup").read_text(encoding="ascii").strip().rpartition(":")[2]
    return Path(f"/sys/fs/cgroup{own}/{file}").read_text(encoding="ascii").strip()


def chown_nothing() -> None:
    """Give a file of one's own to the one whose it is."""
    file = data / "confined"
    file.write_bytes(b"")
    try:
        os.chown(file, -1, -1)
    finally:
        file.unlink()


def other_processor() -> str:
    """What becomes of a program for 32 bits that ends with 7, by a call of that processor's."""
    file = data / "confined"
    file.write_bytes(OTHER_PROCESSOR)
    file.chmod(0o700)
    try:
        code = subprocess.run([file], check=False).returncode
    finally:
        file.unlink()
    return str(code) if code >= 0 else signal.Signals(-code).name


def first(*names: str) -> str:
    return next((name for name in names if Path(name).exists()), names[0])


TRIES: dict[str, Callable[[], object]] = {
    "socket of the internet": lambda: socket.socket(socket.AF_INET).close(),
    "socket of this machine": lambda: socket.socket(socket.AF_UNIX).close(),
    "socket of the kernel's news": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close(),
    "system's files": lambda: read_only("/usr"),
    "settings of the system": lambda: read_only("/etc"),
    "own data": lambda: read_only(str(data)),
    "homes": lambda: len(os.listdir("/home")),
    "mark in /tmp": lambda: Path("/tmp/mark-of-the-test").exists(),  # noqa: S108 (it is made outside)
    "new privileges": lambda: status("NoNewPrivs"),
    "capabilities": lambda: status("CapBnd"),
    "kernel's settings": lambda: read_only("/proc/sys"),
    "kernel's modules": lambda: len(os.listdir("/usr/lib/modules")),
    "kernel's messages": lambda: opened("/dev/kmsg", os.O_RDONLY),
    "control groups": lambda: read_only("/sys/fs/cgroup"),
    "first process": lambda: Path("/proc/1").exists(),
    "namespace of processes": lambda: called("unshare", NEW_PID | NEW_USER),
    "namespace of users": lambda: called("unshare", NEW_USER),
    "set-user-id": set_user_id,
    "personality": lambda: called("personality", NO_RANDOMIZE),
    "tracing": lambda: called("ptrace", TRACE_ME, 0, 0, 0),
    "device not named": lambda: opened(first("/dev/fuse", "/dev/net/tun")),
    "screen": lambda: opened("/dev/dri/card0"),
    "header": lambda: opened("/dev/gpiochip0"),
    "mode of a new file": own_file,
    "memory's last victim": lambda: Path("/proc/self/oom_score_adj").read_text(encoding="ascii").strip(),
    "most tasks": lambda: group("pids.max"),
    "owner of a file": chown_nothing,
    "class of its time": lambda: os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0)),
    "memory to write and run": lambda: mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_WRITE | mmap.PROT_EXEC).close(),
    "program for another processor": other_processor,
    "own disk": lambda: Path("/dev/vda").exists(),
    "nothing to write to": lambda: opened("/dev/null"),
    "somebody's home": lambda: Path("/home/somebody").exists(),
    "other releases": lambda: read_only("/opt/facial-rehab-kiosk"),
    "data of the kiosk": lambda: read_only("/var/lib/facial-rehab-kiosk"),
    "file of another user": lambda: opened("/var/lib/facial-rehab-kiosk/closed"),
    "one module of the kernel": lambda: Path("/usr/lib/modules", os.uname().release).exists(),
    "the machine's own files": lambda: Path("/proc/cpuinfo").exists(),
    "devices as files": lambda: read_only("/sys"),
    "politeness": lambda: os.getpriority(os.PRIO_PROCESS, 0),
    "class on the disk": lambda: libc.syscall(IOPRIO_GET, 1, 0) >> 13 == IDLE,
    "most memory": lambda: group("memory.max"),
    "namespace of the network": lambda: os.readlink("/proc/self/ns/net"),
    "namespace of mounts": lambda: os.readlink("/proc/self/ns/mnt"),
    "namespace of names": lambda: os.readlink("/proc/self/ns/uts"),
}


def outcome(attempt: Callable[[], object]) -> str:
    try:
        found = attempt()
    except OSError as why:
        return errno.errorcode.get(why.errno or 0, str(why.errno))
    return "ok" if found is None else str(found)


part = data / "confined.part"
part.write_text(json.dumps({name: outcome(attempt) for name, attempt in TRIES.items()}), encoding="utf-8")
part.rename(data / "confined.json")
if "stay" in sys.argv:
    time.sleep(600)
