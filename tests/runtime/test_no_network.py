"""The kiosk opens no network socket: not what it imports, not what runs, and not where the unit lets it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.warehouse.browse import HERE
from tests.test_app import ready, start

ROOT = Path(__file__).resolve().parents[2]
KIOSK = ROOT / "kiosk"
CLIENTS = {
    "aiohttp",
    "asyncio",
    "ftplib",
    "http",
    "httpx",
    "imaplib",
    "poplib",
    "requests",
    "smtplib",
    "socketserver",
    "ssl",
    "telnetlib",
    "urllib",
    "urllib3",
    "websockets",
    "xmlrpc",
}
INTERNET = ("tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6", "icmp", "icmp6", "packet")


def imported(path: Path) -> set[str]:
    """The first names of what a file imports, at its top or inside of a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def families(path: Path) -> set[str]:
    """The kinds of socket that a file names."""
    return set(re.findall(r"\bAF_\w+", path.read_text(encoding="utf-8")))


def test_no_module_imports_a_network_client() -> None:
    """Whoever adds one changes this in the open. (The models are fetched by pip, when a technician asks for them.)"""
    assert {str(path.relative_to(KIOSK)) for path in KIOSK.rglob("*.py") if imported(path) & CLIENTS} == set()


def test_every_socket_that_is_named_stays_on_the_machine() -> None:
    """Where a socket is made its kind is named, and it is that of the machine itself.

    A clinic's own PC shows its database to a browser of its own: that alone listens, and at no address of a network.
    """
    named = {str(path.relative_to(KIOSK)): families(path) for path in KIOSK.rglob("*.py") if families(path)}
    assert named.pop("warehouse/browse.py") == {"AF_INET"}
    assert HERE == "127.0.0.1"
    assert named
    assert {kind for kinds in named.values() for kind in kinds} == {"AF_UNIX"}


def of_the_internet(pid: int) -> dict[str, str]:
    """The sockets of a process that lead out of the machine: the number of each, and its kind."""
    held = set()
    for number in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(number)
        except OSError:
            continue
        if found := re.fullmatch(r"socket:\[(\d+)\]", target):
            held.add(found[1])
    kinds: dict[str, str] = {}
    for kind in INTERNET:
        table = Path(f"/proc/{pid}/net/{kind}")
        for line in table.read_text().splitlines()[1:] if table.exists() else ():
            kinds |= dict.fromkeys(held & set(line.split()), kind)
    return kinds


def family_of(pid: int) -> list[int]:
    """The process and all that it started."""
    found = [pid]
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found += family_of(int(child))
    return found


def test_the_running_kiosk_holds_no_socket_of_the_internet(screen: str, tmp_path: Path) -> None:
    """Camera, sound, window and record are up: the libraries below Python have opened nothing either."""
    address, messages = ready(tmp_path)
    kiosk = start(tmp_path / "data", DISPLAY=screen, NOTIFY_SOCKET=address)
    try:
        assert next(messages).startswith(b"READY=1")
        for pid in family_of(kiosk.pid):
            assert of_the_internet(pid) == {}
    finally:
        kiosk.kill()
        kiosk.communicate()


@pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_DGRAM"])
def test_a_socket_of_the_internet_is_noticed(kind: str) -> None:
    """The look itself can fail: somebody who listens is found."""
    program = (
        f"import socket, sys; s = socket.socket(socket.AF_INET, socket.{kind}); s.bind(('127.0.0.1', 0)); "
        f"socket.{kind} == socket.SOCK_STREAM and s.listen(); print('there', flush=True); sys.stdin.read()"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"there\n"
        assert list(of_the_internet(other.pid).values()) == ["tcp" if kind == "SOCK_STREAM" else "udp"]


def test_the_unit_forbids_it() -> None:
    """systemd makes no exception: every unit that runs code of the kiosk lets it speak to the machine alone."""
    for unit in sorted((ROOT / "systemd").glob("*.service")):
        text = unit.read_text(encoding="utf-8")
        families = re.findall(r"^RestrictAddressFamilies=(.*)$", text, re.MULTILINE)
        assert families, unit.name
        assert set(" ".join(families).split()) <= {"AF_UNIX", "AF_NETLINK", "none"}, unit.name
        assert re.findall(r"^IPAddressDeny=(.*)$", text, re.MULTILINE) == ["any"], unit.name
