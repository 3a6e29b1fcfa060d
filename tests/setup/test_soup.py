"""The list of what others wrote is that of the lock, and tells the licence that each package states."""

from __future__ import annotations

import re
import subprocess
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

import pytest

from tests.setup.soup import locked, soup_page, table

ROOT = Path(__file__).resolve().parents[2]
WORDS = {
    "Apache-2.0": "Apache Software License",
    "PSF-2.0": "PSFL",
    "BSD-2-Clause": "BSD",
    "MPL-2.0": "Mozilla Public License 2.0",
    "LGPL-2.1": "LGPL v2.1",
}
"""What a package that states no SPDX expression says instead."""


def said(about: PackageMetadata) -> str:
    """All that a package states about its licence."""
    given = [about[key] for key in ("License-Expression", "License") if about[key]]
    return " ".join([*given, *(c for c in about.get_all("Classifier") or [] if c.startswith("License"))])


def folded(words: str) -> str:
    """Without what only writing differs in."""
    return re.sub(r"[^a-z0-9]", "", words.lower().replace("license", "").replace("version", ""))


def test_the_list_is_exactly_the_lock() -> None:
    """A package that comes or goes, or changes its version, changes the page."""
    assert set(table().lock) == set(locked())
    rows = re.findall(r"^\| ([a-z0-9-]+) \| ([^|]+) \|", soup_page(), re.MULTILINE)
    assert {name: versions.split(", ") for name, versions in rows if name in locked()} == locked()


@pytest.mark.parametrize("name", locked())
def test_each_licence_is_the_one_that_the_package_states(name: str) -> None:
    """A licence that changes with a new version is noticed before it is shipped."""
    try:
        stated = said(metadata(name))
    except PackageNotFoundError:
        pytest.fail(f"{name} is in requirements.lock and not installed: run `make setup`")
    if not stated:
        assert name == "pyrage"  # its wheel states none; the repository holds the MIT licence
        return
    for one in table().lock[name].licence.split(" AND "):
        assert folded(one) in folded(stated) or folded(WORDS.get(one, one)) in folded(stated), (one, stated)


def test_what_is_left_out_of_a_release_is_what_the_package_leaves_out() -> None:
    """The page and the builder of the release agree on what an appliance has."""
    settings = (ROOT / "systemd" / "deb" / "settings.sh").read_text(encoding="utf-8")
    tools = re.search(r'^TOOLS="([^"]+)"$', settings, re.MULTILINE)
    assert tools
    left_out = set(tools[1].split())
    assert left_out == {name for name, one in table().lock.items() if not one.shipped}


def test_the_bill_of_materials_is_made_by_a_pinned_tool() -> None:
    """`make sbom` says which tool it takes, and writes where nothing is committed."""
    recipe = subprocess.run(["make", "-n", "sbom"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(r"cyclonedx-bom==\d+\.\d+\.\d+", recipe)
    assert "requirements.lock" in recipe
    assert "build/sbom.cdx.json" in recipe
