"""Write the NOTICE of a release: what it is made of, and under which terms. Usage: notice.py RELEASE > NOTICE."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

HEAD = """\
The kiosk's own program is under the MIT licence (LICENSE). A release carries the software below as its makers
published it on the Python Package Index, without tests, examples and manuals; the full terms lie in lib/NAME.dist-info.

Two of them, in the folder av.libs, are under the GNU General Public License, version 2 or later: libx264 and libx265.
Others are under the GNU Lesser General Public License: FFmpeg (av.libs, opencv_python_headless.libs), pygame-ce, fpdf2.
Whoever passes a release on passes these on under their own terms, and gives or offers their sources.
"""
MODELS = "The models that look at a face (models/): by Google, from the Python package mediapipe; Apache License 2.0."


def terms(found: Distribution) -> str:
    """The licence as the package states it: its expression, its field, or its classifiers."""
    said = found.metadata.get("License-Expression") or found.metadata.get("License") or ""
    if not said or "\n" in said or said == "UNKNOWN":
        classes = found.metadata.get_all("Classifier") or []
        said = ", ".join(line.rsplit(" :: ", 1)[-1] for line in classes if line.startswith("License ::"))
    return said or "see its files"


def lines(release: Path) -> Iterator[str]:
    """The NOTICE of the release in this folder."""
    yield HEAD
    for found in sorted(distributions(path=[str(release / "lib")]), key=lambda each: each.metadata["Name"].lower()):
        yield f"{found.metadata['Name']} {found.version}: {terms(found)}"
    for folder in sorted((release / "lib").glob("*.libs")):
        names = sorted({re.split(r"-[0-9a-f]{8}|\.so", path.name)[0] for path in folder.iterdir()})
        yield f"\nLibraries in {folder.name}: {', '.join(names)}"
    if (release / "models").is_dir():
        yield f"\n{MODELS}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in lines(Path(sys.argv[1])))
