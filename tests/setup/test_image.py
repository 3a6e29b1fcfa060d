"""The recipe of an image keeps the records where both slots find them, and is called what it is: never built."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IMAGE = ROOT / "systemd" / "image"
LAYER = IMAGE / "layer" / "facial-rehab-kiosk.yaml"
SHARED = IMAGE / "layer" / "facial-rehab-kiosk.rootfs-overlay" / "etc" / "rpi-image-gen" / "slot-shared.d"
UPDATE_STATE = "/var/lib/facial-rehab-kiosk-update"


def header() -> dict[str, str]:
    """The fields that rpi-image-gen reads, with their continuation lines."""
    block = LAYER.read_text(encoding="utf-8").partition("# METABEGIN\n")[2].partition("# METAEND")[0]
    joined = re.sub(r"\n#  +", " ", block)
    return dict(re.findall(r"^# X-Env-([\w-]+): ?(.*)$", joined, re.MULTILINE))


def test_the_records_are_shared_by_both_slots() -> None:
    """Every folder in which a unit keeps what must survive is declared: what is not declared is gone with the slot."""
    units = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "systemd").glob("*.service"))
    kept = {
        f"/var/lib/{name}"
        for line in re.findall(r"^StateDirectory=(.+)$", units, re.MULTILINE)
        for name in line.split()
    }
    assert "/var/lib/facial-rehab-kiosk" in kept
    (conf,) = SHARED.iterdir()
    lines = conf.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "Version=1"
    assert {line.removeprefix("Path=") for line in lines[1:]} == kept | {UPDATE_STATE}


def test_the_layer_names_itself_and_what_it_needs() -> None:
    """The file, the name and the configuration agree; the one thing that must be given is the package."""
    fields = header()
    assert fields["Layer-Name"] == LAYER.stem == SHARED.parents[2].name.removesuffix(".rootfs-overlay")
    assert re.fullmatch(r"\d+\.\d+\.\d+", fields["Layer-Version"])
    assert (fields["Var-deb-Required"], fields["Var-deb-Valid"]) == ("y", "file-nzero")
    assert f"$IGconf_{fields['VarPrefix']}_deb" in LAYER.read_text(encoding="utf-8")
    config = (IMAGE / "config" / "facial-rehab-kiosk.yaml").read_text(encoding="utf-8")
    assert re.search(rf"^layer:\n  app: {LAYER.stem}$", config, re.MULTILINE)


@pytest.mark.parametrize(
    "place", [IMAGE / "layer" / "facial-rehab-kiosk.yaml", IMAGE / "config" / "facial-rehab-kiosk.yaml"]
)
def test_whoever_reads_it_learns_that_it_was_never_built(place: Path) -> None:
    """A recipe that looks finished is believed."""
    said = " ".join(place.read_text(encoding="utf-8").replace("#", " ").split())
    assert re.search(r"never built", said, re.IGNORECASE)
    assert "**Never built.**" in (ROOT / "docs" / "image.md").read_text(encoding="utf-8")


def test_its_shell_can_be_read() -> None:
    """Both hooks and the linter are scripts that a shell understands."""
    hooks = re.findall(r"^    - \|-\n((?:      .*\n)+)", LAYER.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(hooks) == 2
    for script in (*hooks, (IMAGE / "lint.sh").read_text(encoding="utf-8")):
        assert subprocess.run(["sh", "-n"], input=script, text=True, capture_output=True, check=False).returncode == 0
