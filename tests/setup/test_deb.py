"""The package: what a release is made of, and what installing, upgrading, removing and purging it does."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from kiosk import __version__
from tests.setup.debian import ARCH, DEB, ROOT, BareDebian, lacking
from tests.setup.test_systemd import MOST_EXPOSED, exposure

NEXT = "99.0"


def tree(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([DEB / "tree.sh", *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "usage: tree.sh VERSION"),
        (("1.0", "riscv64", "x"), "no release for 'riscv64'"),
        (("1.0-beta", "amd64", "x"), "'1.0-beta' is no version"),
        (("1.0", "amd64", "/"), "/ is there already"),
    ],
)
def test_a_release_that_cannot_be_laid_out_is_refused_in_a_sentence(
    arguments: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    """Nothing is fetched and nothing is written before it is clear what is wanted."""
    result = tree(*(str(tmp_path / "x") if argument == "x" else argument for argument in arguments))
    assert result.returncode == 1
    assert said in result.stderr
    assert not list(tmp_path.iterdir())


def test_what_stays_out_of_a_release_is_in_the_lock() -> None:
    """A name that the lock no longer has would say nothing; what the kiosk itself asks for is never left out."""
    settings = (DEB / "settings.sh").read_text(encoding="utf-8")
    left_out = re.search(r'^TOOLS="(.*)"$', settings, re.MULTILINE)
    assert left_out
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name in left_out[1].split():
        pinned = re.search(rf"^{name}==.*?(?=^[a-z0-9]|\Z)", lock, re.MULTILINE | re.DOTALL)
        assert pinned, name
        asking = set(re.findall(r"^ +#(?: via)? +([a-z0-9-]+)", pinned[0], re.MULTILINE)) - {"via"}
        assert asking <= {"hatchling", "sqlite-utils", "colorzero", "facial-rehab-kiosk"}, name


class Machine:
    """A root folder in which the package's own scripts are run, with tools that only write down what they are told."""

    def __init__(self, root: Path) -> None:
        self.root, self.home = root, root / "opt" / "facial-rehab-kiosk"
        tools = root / "tools"
        tools.mkdir()
        for name in ("systemctl", "deb-systemd-helper", "systemd-sysusers", "install"):
            (tools / name).write_text(f'#!/bin/sh\necho "{name} $*" >>"{root}/told"\n')
            (tools / name).chmod(0o755)
        self._env = {"PATH": f"{tools}:{os.environ['PATH']}"}
        (root / "run" / "systemd" / "system").mkdir(parents=True)

    def release(self, version: str) -> None:
        """Lay a release out, as unpacking does."""
        starter = self.home / version / "bin" / "kiosk"
        starter.parent.mkdir(parents=True)
        starter.touch()
        starter.chmod(0o755)

    def script(self, name: str, version: str, *arguments: str) -> str:
        """Run a maintainer's script of the package of that version; its words."""
        text = (DEB / name).read_text(encoding="utf-8").replace("@VERSION@", version)
        text = text.replace("@ENABLED@", "facial-rehab-kiosk.service").replace("@UNITS@", "facial-rehab-kiosk.service")
        text = re.sub(r"(?<![\w@.$\"/}])/(opt|var|etc|run|media|usr/local|usr/sbin)(?=/)", rf"{self.root}/\1", text)
        done = subprocess.run(
            ["sh", "-s", "--", *arguments], input=text, env=self._env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def starts(self, link: str = "current") -> str:
        """The release that the link leads to; empty where it leads to none that is whole."""
        return str((self.home / link).readlink()) if (self.home / link / "bin" / "kiosk").exists() else ""

    def told(self) -> str:
        """What the tools were told."""
        return (self.root / "told").read_text(encoding="utf-8")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_first_installation_starts_and_waits_for_nothing(machine: Machine) -> None:
    """The link names the release, and the unit is switched on and started without holding the installation up."""
    machine.release("1.0")
    machine.script("postinst", "1.0", "configure", "")
    assert machine.starts() == "1.0"
    assert "deb-systemd-helper enable facial-rehab-kiosk.service" in machine.told()
    assert "systemctl --no-block restart facial-rehab-kiosk.service" in machine.told()


def test_while_an_upgrade_is_unpacked_there_is_always_a_release_that_starts(machine: Machine) -> None:
    """The old one until the new one lies whole beside it; the new one from before the old one's files go."""
    machine.release("1.0")
    machine.script("postinst", "1.0", "configure", "")
    (machine.home / "1.0" / "lib" / "__pycache__").mkdir(parents=True)
    (machine.home / "proven").symlink_to("1.0")
    machine.script("prerm", "1.0", "upgrade", "1.1")
    assert machine.starts() == "1.0"
    machine.release("1.1")
    machine.script("postrm", "1.0", "upgrade", "1.1")
    assert (machine.starts(), machine.starts("proven")) == ("1.1", "1.1")
    assert not (machine.home / "1.0" / "lib" / "__pycache__").exists()
    shutil.rmtree(machine.home / "1.0")
    machine.script("postinst", "1.1", "configure", "1.0")
    assert machine.starts() == "1.1"


def test_an_upgrade_that_fails_leaves_the_old_release(machine: Machine) -> None:
    """dpkg undoes what it unpacked, and calls these."""
    machine.release("1.0")
    machine.script("postinst", "1.0", "configure", "")
    machine.script("prerm", "1.0", "upgrade", "1.1")
    machine.script("postrm", "1.1", "abort-upgrade", "1.0")
    machine.script("postinst", "1.0", "abort-upgrade", "1.1")
    assert machine.starts() == "1.0"


def test_a_newer_release_that_an_update_brought_stays(machine: Machine) -> None:
    """Nor does it matter that the update has taken the package's own release away to make room."""
    machine.release("2.0")
    (machine.home / "current").symlink_to("2.0")
    machine.release("1.1")
    machine.script("postinst", "1.1", "configure", "1.0")
    assert machine.starts() == "2.0"
    shutil.rmtree(machine.home / "1.1")
    machine.script("postrm", "1.1", "upgrade", "1.2")
    machine.script("postinst", "1.1", "abort-remove")
    assert machine.starts() == "2.0"


@pytest.mark.parametrize("older", ["1.0", "1.9"])
def test_an_older_release_or_none_gives_way(machine: Machine, older: str) -> None:
    """1.10 is newer than 1.9; a link that leads nowhere starts nothing."""
    machine.release("1.10")
    if older != "1.0":
        machine.release(older)
    (machine.home / "current").symlink_to(older)
    machine.script("postinst", "1.10", "configure", "1.0")
    assert machine.starts() == "1.10"


def test_going_back_to_an_older_package_by_hand_works(machine: Machine) -> None:
    """A technician's downgrade: the newer release's files go, so the link has to leave it."""
    machine.release("1.1")
    machine.script("postinst", "1.1", "configure", "")
    machine.release("1.0")
    machine.script("postrm", "1.1", "upgrade", "1.0")
    assert machine.starts() == "1.0"


def test_removing_and_purging_leave_the_records(machine: Machine) -> None:
    """The program, what was compiled and releases of updates go; then state, caches and keys; never the records."""
    machine.release("1.0")
    machine.script("postinst", "1.0", "configure", "")
    machine.release("2.0")
    kept = machine.root / "var" / "lib" / "facial-rehab-kiosk" / "kiosk.db"
    going = [
        machine.root / "var" / "cache" / "facial-rehab-kiosk" / "x",
        machine.root / "var" / "lib" / "facial-rehab-kiosk-update" / "x",
        machine.root / "etc" / "facial-rehab-kiosk" / "release-keys" / "x",
        machine.root / "media" / "kiosk",
    ]
    for path in (kept, *going[:-1]):
        path.parent.mkdir(parents=True)
        path.touch()
    going[-1].mkdir(parents=True)
    machine.script("prerm", "1.0", "remove")
    machine.script("postrm", "1.0", "remove")
    assert not machine.home.exists()
    assert "systemctl start getty@tty1.service" in machine.told()
    assert "systemctl reset-failed facial-rehab-kiosk.service" in machine.told()
    assert all(path.exists() for path in (kept, *going))
    assert "The records stay" in machine.script("postrm", "1.0", "purge")
    assert not [path for path in going if path.exists()]
    assert kept.exists()


def test_an_installation_of_before_the_package_is_cleared_away(machine: Machine) -> None:
    """Its units would hide the package's, and its folder would be started by nobody."""
    (machine.home / "venv").mkdir(parents=True)
    unit = machine.root / "etc" / "systemd" / "system" / "facial-rehab-kiosk.service"
    unit.parent.mkdir(parents=True)
    unit.touch()
    machine.release("1.0")
    machine.script("postinst", "1.0", "configure", "")
    assert not unit.exists()
    assert sorted(path.name for path in machine.home.iterdir()) == ["1.0", "current"]


def looked(here: Path, states: list[str], journal: str = "", *, enabled: str = "enabled") -> tuple[int, str]:
    """What the look at the service ends with and says. ``states``: the unit's state and process, second by second."""
    tools, booted = here / "tools", here / "booted"
    for folder in (tools, booted):
        folder.mkdir(exist_ok=True)
    (here / "states").write_text("\n".join(states), encoding="utf-8")
    (here / "journal").write_text(journal, encoding="utf-8")
    scripts = {
        "systemctl": f"""set -- "$@" --
line=$(head -n 1 "{here}/states"); set -- $2 $line
case $1 in
    --property=LoadState) echo loaded;;
    --property=UnitFileState) echo {enabled};;
    --property=ActiveState) echo "$2";;
    --property=MainPID) echo "$3";;
    --property=NRestarts) echo 7;;
esac""",
        "journalctl": f'cat "{here}/journal"',
        "sleep": f'[ "$(wc -l <"{here}/states")" -lt 1 ] || sed -i 1d "{here}/states"',
        "findmnt": "echo ext4",
    }
    for name, body in scripts.items():
        (tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (tools / name).chmod(0o755)
    env = {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "BOOTED": str(booted),
        "PLACE": str(here / "safe"),
        "CMDLINE": "none",
    }
    done = subprocess.run([DEB / "look.sh", "9"], env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_installer_waits_for_the_picture(tmp_path: Path) -> None:
    """systemd calls the kiosk active once it has said that its first frame is on the screen."""
    code, said = looked(tmp_path, ["activating 0", "activating 0", "active 41"])
    assert (code, "The kiosk runs: its picture is on the screen" in said) == (0, True), said


@pytest.mark.parametrize(
    ("journal", "sentence"),
    [
        ("cage[9]: Found 0 GPUs, cannot create backend", "connect and switch on a screen"),
        ("[libseat] Could not connect to socket /run/seatd.sock: seatd", "seatd does not give"),
        ("pygame.error: EGL not initialized", "libegl1"),
        ("ModuleNotFoundError: No module named 'kiosk'", "install the package again"),
        ("sqlite3: No space left on device", "The disk is full"),
        ("something that nobody has seen before", "The last it said"),
        ("", "It has said nothing"),
    ],
)
def test_a_kiosk_that_does_not_come_up_is_said_in_plain_words(tmp_path: Path, journal: str, sentence: str) -> None:
    """The installer ends with a fault, the reason as far as it is known, and the kiosk's own last words."""
    code, said = looked(tmp_path, ["activating 0"] * 20, journal)
    assert code == 1
    assert "no picture within 9 s (7 restarts so far)" in said
    assert sentence in said
    assert journal in said


def test_a_kiosk_that_ends_again_is_no_success(tmp_path: Path) -> None:
    """A loop of starts is active now and then."""
    code, said = looked(tmp_path, ["active 41", "active 55"])
    assert (code, "ended again" in said) == (1, True), said


def test_safe_mode_is_no_success(tmp_path: Path) -> None:
    """It shows a picture, and the camera and the site's programmes are missing."""
    (tmp_path / "safe").mkdir()
    (tmp_path / "safe" / "flags").touch()
    code, said = looked(tmp_path, ["active 41", "active 41"])
    assert (code, "only in safe mode" in said) == (1, True), said


def test_a_service_that_was_switched_off_is_said(tmp_path: Path) -> None:
    """Whoever disabled it once would wait for a picture in vain."""
    code, said = looked(tmp_path, ["inactive 0"], enabled="disabled")
    assert (code, "systemctl enable --now kiosk" in said) == (1, True), said


def test_the_python_of_the_wheels_is_the_python_that_is_asked_for() -> None:
    """Wheels for another one would be found missing on the device."""
    control = (DEB / "control").read_text(encoding="utf-8")
    wheels = re.search(r"--python-version (\d+)\.(\d+)", (DEB / "tree.sh").read_text(encoding="utf-8"))
    assert wheels
    major, minor = wheels.groups()
    assert f"python3 (>= {major}.{minor}~), python3 (<< {major}.{int(minor) + 1})" in control


def test_every_override_of_lintian_has_a_reason() -> None:
    """A complaint that is put aside says why."""
    text = (DEB / "overrides").read_text(encoding="utf-8")
    assert re.fullmatch(r"((# .+\n)+(facial-rehab-kiosk: .+\n)+)+", text)


@pytest.mark.slow
@pytest.mark.skipif(bool(lacking()), reason=lacking())
def test_a_release_is_whole_and_the_same_each_time(tmp_path: Path) -> None:
    """Laid out twice it has the same bytes; and all that its libraries ask for on the device is inside."""
    for place in ("here", "there/too"):
        done = tree(__version__, ARCH, str(tmp_path / place))
        assert done.returncode == 0, done.stderr
    subprocess.run(["diff", "--recursive", tmp_path / "here", tmp_path / "there" / "too"], check=True)
    inside = {
        canonicalize_name(found.metadata["Name"]): found
        for found in distributions(path=[str(tmp_path / "here" / "lib")])
    }
    device = {"python_version": "3.13", "python_full_version": "3.13.5", "platform_python_implementation": "CPython"}
    asked = {
        canonicalize_name(wanted.name)
        for found in inside.values()
        for wanted in map(Requirement, found.requires or ())
        if wanted.marker is None or wanted.marker.evaluate({**device, "sys_platform": "linux", "extra": ""})
    }
    assert asked - set(inside) == {"pip", "setuptools"}


@pytest.mark.slow
@pytest.mark.skipif(bool(lacking()), reason=lacking())
def test_lintian_has_nothing_to_say() -> None:
    """Each of its complaints is gone, or put aside with a reason."""
    env = {**os.environ, "XZ": "0"}
    subprocess.run([DEB / "package.sh", ARCH], env=env, check=True, capture_output=True)
    deb = ROOT / "build" / "deb" / f"facial-rehab-kiosk_{__version__}_{ARCH}.deb"
    done = subprocess.run(["lintian", "--allow-root", deb], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.skipif(bool(lacking()), reason=lacking())
def test_the_life_of_an_installation(tmp_path: Path) -> None:
    """On a bare Debian 13 with the network cut, from the offline folder to what is left after a purge.

    Its last part is booted: the real unit, with all its confinement, under Debian 13's systemd, without a screen.
    """
    version, name, offline = __version__, "facial-rehab-kiosk", f"/mnt/build/offline/{ARCH}/install.sh"
    for made in (version, NEXT):
        env = {**os.environ, "VERSION": made, "XZ": "0"}
        subprocess.run([DEB / "package.sh", ARCH], env=env, check=True, capture_output=True)
    subprocess.run([DEB / "offline.sh", ARCH], check=True, capture_output=True)
    debian = BareDebian(tmp_path / "root")
    link = debian.root / "opt" / name / "current"

    began = time.monotonic()
    assert "starts at the next power-on" in debian.run(offline)
    print(f"\ninstalled without a network in {time.monotonic() - began:.0f} s")  # noqa: T201
    assert debian.run("kiosk", "--version").split()[-1] == version
    # Its verdict on a machine that is not booted is no matter here.
    assert "the three models in /opt/" in debian.run("sh", "-c", "kiosk doctor || true")
    debian.run("dpkg", "-V", name)
    # Compiled once: the service could not write it, and would compile at each start.
    assert list((link / "lib" / "kiosk").glob("__pycache__/app.*.pyc"))
    for unit, most in MOST_EXPOSED.items():
        said = debian.run("systemd-analyze", "security", "--offline=true", f"/usr/lib/systemd/system/{unit}")
        assert exposure(said) <= most, unit
    debian.run("env", "SDL_AUDIODRIVER=dummy", "kiosk", "demo", "--out", f"/var/lib/{name}/demo")

    whole = ROOT / "build" / "deb" / f"{name}_{NEXT}_{ARCH}.deb"
    cut = debian.root / "root" / "cut.deb"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    debian.run("dpkg", "-i", "/root/cut.deb", code=1)
    assert debian.run("kiosk", "--version").split()[-1] == version
    assert not (link.parent / NEXT).exists()
    debian.run("dpkg", "-V", name)

    # The power goes between unpacking and setting up: the new release starts.
    debian.run("dpkg", "--unpack", f"/mnt/build/deb/{whole.name}")
    assert str(link.readlink()) == NEXT
    assert debian.run("kiosk", "--version").split()[-1] == NEXT
    debian.run("dpkg", "--configure", "-a")
    debian.run("dpkg", "-V", name)
    assert sorted(path.name for path in link.parent.iterdir()) == [NEXT, "current"]

    checkout = debian.root / "root" / "checkout"
    checkout.mkdir()
    for part in ("systemd", "kiosk/__init__.py", "CHANGELOG.md"):
        subprocess.run(["cp", "-r", "--parents", part, checkout], cwd=ROOT, check=True)
    with debian.booted():
        began = time.monotonic()
        assert "its picture is on the screen" in debian.run(f"/usr/lib/{name}/look")
        print(f"looked at {time.monotonic() - began:.0f} s after systemd was up")  # noqa: T201
        # The folder of the older one, twice, while the kiosk runs: it ends in a look at the older one.
        for _ in range(2):
            assert "its picture is on the screen" in debian.run(offline)
            assert debian.run("kiosk", "--version").split()[-1] == version
            debian.run("dpkg", "-V", name)
        # What `make install` and `make uninstall` are, from a checkout, and still without a network.
        newer = debian.run("env", f"DEB=/mnt/build/deb/{whole.name}", "/root/checkout/systemd/install.sh")
        assert "its picture is on the screen" in newer
        assert debian.run("kiosk", "--version").split()[-1] == NEXT
        debian.run("systemctl", "stop", "kiosk")
        # Longer than a failed kiosk needs to come back.
        debian.run("sleep", "6")
        debian.run("systemctl", "is-active", "kiosk", code=3)
        assert "not running" not in debian.run("systemctl", "start", "--no-block", "kiosk")
        assert "The kiosk is gone" in debian.run("/root/checkout/systemd/uninstall.sh")
        assert not link.parent.exists()
        assert not (debian.root / "usr" / "bin" / "kiosk").exists()
        debian.run("apt-get", "purge", "--yes", name)
        assert debian.run("systemctl", "is-system-running").strip() == "running"
    data = debian.root / "var" / "lib" / name
    assert debian.found("facial-rehab") == {f"/var/lib/{name}"}
    assert {path for path in debian.found("kiosk") if not path.startswith(f"/var/lib/{name}")} == set()
    assert (data / "kiosk.db").stat().st_size
    assert (data / "demo" / "kiosk.db").stat().st_size
    assert data.stat().st_mode & 0o777 == 0o700
