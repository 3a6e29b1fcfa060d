"""The units are valid, confined, and fit the rest of the installation."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.errors import NoScreen, ScreenError

ROOT = Path(__file__).parents[2]
UNITS = ("facial-rehab-kiosk.service", "facial-rehab-kiosk-update.service", "facial-rehab-kiosk-probation.service")
KIOSK, TAKING, PROBATION = UNITS
ASKING = "facial-rehab-kiosk-update.path"
STARTING = ROOT / "systemd" / "kiosk-starting.sh"
ENDED = ROOT / "systemd" / "kiosk-ended.sh"
MOST_EXPOSED = {KIOSK: 1.7, TAKING: 1.0, PROBATION: 1.0}


def unit(name: str) -> str:
    return (ROOT / "systemd" / name).read_text(encoding="utf-8")


def values(name: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit(name), re.MULTILINE)


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert shutil.which("systemd-analyze"), "systemd-analyze is needed for these tests: systemd/packages.sh test"
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)


def exposure(said: str) -> float:
    """The level that systemd-analyze has come to."""
    level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)
    assert level, said
    return float(level[1])


def test_units_are_valid(tmp_path: Path) -> None:
    """systemd understands every line (programs that only an appliance has are replaced by one that is here)."""
    names = (*UNITS, ASKING)
    for name in names:
        text = re.sub(r"/usr/bin/(cage|udevadm)|/usr/lib/facial-rehab-kiosk/kiosk-\w+", "/bin/true", unit(name))
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = analyze("verify", "--man=no", *(str(tmp_path / name) for name in names))
    assert (result.returncode, result.stderr.strip()) == (0, "")


@pytest.mark.parametrize("name", UNITS)
def test_exposure(name: str) -> None:
    """A fault in a library that reads a camera or a stick stays in a small room."""
    result = analyze("security", "--offline=true", "--no-pager", str(ROOT / "systemd" / name))
    assert exposure(result.stdout + result.stderr) <= MOST_EXPOSED[name]


CONFINING = (
    r"^((?:Protect|Private|Restrict|Capability|Ambient|SystemCall|Device|IPAddress|Lock|Remove|Keyring|NoNew|UMask|Tasks"
    r"|ProcSubset|ReadWrite|Memory|Nice|IOScheduling|OOM)\w*)="
)


@pytest.mark.parametrize("name", UNITS)
def test_each_directive_is_tried_or_said_to_be_unproved(name: str) -> None:
    """What only stands in a file proves nothing: the page says what came of trying it, or that nobody could."""
    page = (ROOT / "docs" / "decisions" / "setup-confinement.md").read_text(encoding="utf-8")
    kiosks, _, helpers = page.partition("## Root's helpers")
    directives = set(re.findall(CONFINING, unit(name), re.MULTILINE))
    assert len(directives) > 20
    assert {found for found in directives if f"`{found}=" not in (kiosks if name == KIOSK else helpers)} == set()


def test_ready_and_alive_reach_systemd() -> None:
    """cage is the main process and a PAM session would move its child away: then no ping would ever arrive."""
    kiosk = UNITS[0]
    assert values(kiosk, "Type") == ["notify"]
    assert values(kiosk, "NotifyAccess") == ["all"]
    assert values(kiosk, "PAMName") == []
    assert values(kiosk, "WatchdogSec") == ["20"]
    assert values(kiosk, "Restart") == ["always"]


def test_network_is_closed() -> None:
    """The program that sees the camera cannot reach anybody."""
    families = values(UNITS[0], "RestrictAddressFamilies")
    assert families == ["AF_UNIX AF_NETLINK"]
    assert values(UNITS[0], "IPAddressDeny") == ["any"]


def ended(here: Path, results: list[tuple[int, str]], job: str = "", code: int = 70) -> str:
    """What the next start reads, after the kiosk ended at these seconds with these results.

    ``job``: what systemd has been asked for meanwhile. ``code``: the kiosk's exit code, where it had one.
    """
    tools = here / "tools"
    tools.mkdir(exist_ok=True)
    systemctl = tools / "systemctl"
    systemctl.write_text(f"#!/bin/sh\n[ -z '{job}' ] || echo ' 1207 {UNITS[0]} {job} running'\n")
    systemctl.chmod(0o755)
    place = here / "run"
    for now, result in results:
        env = {"PATH": f"{tools}:{os.environ['PATH']}", "PLACE": str(place), "NOW": str(now), "SERVICE_RESULT": result}
        env["STATE"] = str(here / "state")
        env["EXIT_STATUS"] = str(code) if result == "exit-code" else "KILL"
        subprocess.run([ENDED], env=env, check=True, capture_output=True)
    flags = place / "flags"
    return flags.read_text(encoding="utf-8").strip() if flags.exists() else ""


FAILURES = ("exit-code", "signal", "core-dump", "watchdog", "timeout", "resources")


@pytest.mark.parametrize("result", FAILURES)
def test_three_failures_within_five_minutes_lead_to_safe_mode(tmp_path: Path, result: str) -> None:
    """Two do not; the third does, and what is left for the next start is an option that `kiosk run` knows."""
    assert ended(tmp_path, [(100, result), (200, result)]) == ""
    name, _, flag = ended(tmp_path, [(400, result)]).partition("=")
    assert values(UNITS[0], "EnvironmentFile") == ["-/run/facial-rehab-kiosk-safe/flags"]
    assert f"${name}" in values(UNITS[0], "ExecStart")[0]
    from kiosk.cli import run

    assert flag in {option for parameter in run.params for option in parameter.opts}


def test_a_screen_that_is_switched_off_is_no_reason(tmp_path: Path) -> None:
    """Somebody may switch it on; what simple mode leaves out would be missing until the power goes."""
    assert ended(tmp_path, [(at, "exit-code") for at in range(9)], code=NoScreen.exit_code) == ""
    assert ended(tmp_path, [(at, "exit-code") for at in range(3)], code=ScreenError.exit_code) == "RUN_FLAGS=--safe"


def test_failures_far_apart_are_no_reason(tmp_path: Path) -> None:
    """Any three of them must lie within five minutes, however many there were before."""
    assert ended(tmp_path, [(at, "signal") for at in range(0, 3_000, 151)]) == ""
    assert ended(tmp_path, [(3_001, "signal")]) == "RUN_FLAGS=--safe"


@pytest.mark.parametrize("job", ["stop", "restart"])
def test_what_somebody_asked_for_is_no_failure(tmp_path: Path, job: str) -> None:
    """A technician's stops and restarts never count, not even one that had to be killed; they leave safe mode too."""
    assert ended(tmp_path, [(at, "timeout") for at in range(9)], job) == ""
    assert ended(tmp_path, [(at, "signal") for at in range(3)]) == "RUN_FLAGS=--safe"
    assert ended(tmp_path, [(9, "success")], job) == ""
    assert ended(tmp_path, [(10, "signal"), (11, "signal")]) == ""


def test_a_release_on_probation_goes_back_rather_than_into_safe_mode(tmp_path: Path) -> None:
    """Its failures are counted by the helper; once it is confirmed they count as any other's."""
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "probation.json").touch()
    assert ended(tmp_path, [(at, "signal") for at in range(9)]) == ""
    (tmp_path / "state" / "probation.json").unlink()
    assert ended(tmp_path, [(at, "signal") for at in range(3)]) == "RUN_FLAGS=--safe"


def test_systemd_does_not_count() -> None:
    """Its own limit would end the restarts, and would count a technician's as well."""
    assert values(UNITS[0], "StartLimitIntervalSec") == ["0"]
    assert values(UNITS[0], "OnFailure") == []
    assert values(UNITS[0], "ExecStopPost") == ["+/usr/lib/facial-rehab-kiosk/kiosk-ended"]


def test_a_stop_before_it_listens_is_no_failure() -> None:
    """Ended by the signal of a stop before it has its handler, the kiosk has ended as asked."""
    assert values(KIOSK, "KillSignal") == [], "a stop's signal is systemd's own choice: SIGTERM"
    by_the_signal = ("sh", "-c", "sh -c 'kill -TERM $$'; exit $?")
    code = subprocess.run(by_the_signal, check=False).returncode
    assert values(KIOSK, "SuccessExitStatus") == [str(code)]


def test_a_device_that_comes_later_is_allowed() -> None:
    """systemd allows the kinds of devices that exist at the start: each one's core is loaded before.

    Kernel sources, drivers: char-alsa is registered by snd, char-media by mc, char-drm by drm, video4linux by videodev;
    the others are not modules.
    """
    core = {"alsa": "snd", "media": "mc", "drm": "drm", "video4linux": "videodev"}
    kinds = {allowed.removesuffix(" rw").removeprefix("char-") for allowed in values(UNITS[0], "DeviceAllow")}
    modules = (ROOT / "systemd" / "facial-rehab-kiosk.modules").read_text(encoding="utf-8").splitlines()
    named = {line for line in modules if not line.startswith("#")}
    assert named == {core[kind] for kind in kinds if kind in core}
    assert kinds - set(core) == {"input", "gpiochip", "dma_heap"}
    assert "systemd-modules-load.service" in " ".join(values(UNITS[0], "After"))


def test_it_starts_as_installed_on_a_real_system() -> None:
    """Each of these alone was a black screen for ever: without a keyboard, without EGL, without a screen yet."""
    kiosk = UNITS[0]
    assert "WLR_LIBINPUT_NO_DEVICES=1" in values(kiosk, "Environment")
    assert "mincore" in values(kiosk, "SystemCallFilter")
    wait, _starting = values(kiosk, "ExecStartPre")
    assert wait.startswith("-/usr/bin/udevadm wait --timeout=")


def test_one_user_everywhere() -> None:
    """The unit, the user's definition, the polkit rule and the command speak of the same user and folder."""
    user = values(UNITS[0], "User")[0]
    users = (ROOT / "systemd" / "facial-rehab-kiosk.sysusers").read_text(encoding="utf-8")
    assert re.search(rf'^u {user} - ".*" /var/lib/{values(UNITS[0], "StateDirectory")[0]}$', users, re.MULTILINE)
    groups = set(re.findall(rf"^m {user} (\w+)$", users, re.MULTILINE))
    assert groups == set(values(UNITS[0], "SupplementaryGroups")[0].split())
    rules = (ROOT / "systemd" / "facial-rehab-kiosk.rules").read_text(encoding="utf-8")
    assert f'subject.user == "{user}"' in rules
    assert "system" not in "".join(re.findall(r'"org\.freedesktop\.[^"]+"', rules)).replace("filesystem", "")
    actions = re.findall(r'"org\.freedesktop\.udisks2\.([^"]+)"', rules)
    assert sorted(actions) == [
        "filesystem-mount",
        "filesystem-mount-other-seat",
        "power-off-drive",
        "power-off-drive-other-seat",
    ]
    command = (ROOT / "systemd" / "kiosk-command.sh").read_text(encoding="utf-8")
    assert f"runuser -u {user} " in command


def test_the_helper_is_asked_where_the_kiosk_asks() -> None:
    """Units, scripts and program speak of the same files, and the helper that is run is the proven release's."""
    from kiosk.cli import cli
    from kiosk.update.places import CONFIRM, FOLDER, REQUEST, Places

    places = Places()
    assert values(ASKING, "PathExists") == [str(places.data / FOLDER / name) for name in (REQUEST, CONFIRM)]
    assert values(ASKING, "Unit") == [TAKING]
    for name, why in ((TAKING, "asked"), (PROBATION, "starting")):
        (line,) = values(name, "ExecStart")
        assert "for r in proven current;" in line
        assert line.endswith(f"exec $$r/bin/kiosk update attend {why}; done'")
        assert values(name, "StateDirectory") == [places.state.name]
        assert values(name, "ReadWritePaths") == [f"-{places.releases} -{places.data}"]
        # Nothing of the kiosk's folder is followed or given away: it may read and write there, and that is all.
        assert values(name, "CapabilityBoundingSet") == ["CAP_DAC_OVERRIDE"]
    assert "update" in cli.commands
    assert "-+/usr/lib/facial-rehab-kiosk/kiosk-starting" in values(KIOSK, "ExecStartPre")


def starting(folder: Path, *, probation: bool, after: bool) -> list[str]:
    """What the script does before a start; ``after``: the helper leaves the release on probation. Its calls."""
    state, data, place, bin_ = (folder / name for name in ("state", "data", "place", "bin"))
    for made in (state, data, place, bin_):
        made.mkdir(exist_ok=True)
    note = state / "probation.json"
    if probation:
        note.touch()
    end = "" if after else f"rm -f {note}"
    (bin_ / "systemctl").write_text(f'#!/bin/sh\necho "systemctl $*" >>{folder}/calls\n{end}\n')
    (bin_ / "chown").write_text(f'#!/bin/sh\necho "chown $*" >>{folder}/calls\n')
    for program in bin_.iterdir():
        program.chmod(0o755)
    env = {"PATH": f"{bin_}:{os.environ['PATH']}", "STATE": str(state), "DATA": str(data), "PLACE": str(place)}
    subprocess.run([STARTING], env=env, check=True)
    calls = folder / "calls"
    return calls.read_text(encoding="utf-8").splitlines() if calls.exists() else []


def test_a_start_without_a_release_on_probation_asks_nobody(tmp_path: Path) -> None:
    """The usual start costs one look at a file."""
    assert starting(tmp_path, probation=False, after=False) == []
    assert (tmp_path / "place").exists()


@pytest.mark.parametrize("after", [True, False])
def test_before_a_start_of_a_release_on_probation_the_helper_counts(tmp_path: Path, after: bool) -> None:
    """Where it went back, what was put back is the kiosk's again, and the failures of the other one are forgotten."""
    assert starting(tmp_path, probation=True, after=after) == [
        f"systemctl start {PROBATION}",
        *([] if after else [f"systemctl start --no-block {TAKING}"]),
    ]
    assert (tmp_path / "place").exists() is after


@pytest.mark.parametrize("probation", [True, False])
def test_what_was_put_back_is_the_kiosks_again_whenever_the_power_went(tmp_path: Path, probation: bool) -> None:
    """Root's own file, readable by nobody else; never a link, nor what another name leads to as well."""
    data = tmp_path / "data"
    data.mkdir()
    for name in ("kiosk.db", "staff.json", "other", "kiosk.toml"):
        (data / name).touch(mode=0o600)
    (data / "kiosk.toml").rename(tmp_path / "elsewhere")
    (data / "kiosk.toml").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "twice").hardlink_to(data / "staff.json")
    calls = starting(tmp_path, probation=probation, after=True)
    assert calls[int(probation) :] == [f"chown --no-dereference --reference={data} {data}/kiosk.db"]


def test_the_script_gives_back_what_the_helper_puts_back() -> None:
    """One list in two languages."""
    from kiosk.update.data_copy import NAMES

    assert tuple(re.findall(r"-name (\S+)", STARTING.read_text(encoding="utf-8"))) == NAMES


@pytest.mark.parametrize("script", ["install.sh", "uninstall.sh"])
def test_without_root_it_explains(script: str, tmp_path: Path) -> None:
    """Somebody who forgets sudo reads one sentence, and nothing has changed."""
    (tmp_path / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "id").chmod(0o755)
    result = subprocess.run(
        [ROOT / "systemd" / script],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "sudo make" in result.stderr
