"""The interpreter, and the libraries that look at pictures."""

from __future__ import annotations

import platform
import sys

from kiosk.doctor.check import Check, CheckedPart, Try, fault, ok, tried, warning

PLACE = 30
TRY_VISION = "import numpy, cv2; cv2.flip(numpy.ones((2, 2), 'u1'), 1); print(numpy.__version__, cv2.__version__)"


def python(version: tuple[int, int] = sys.version_info[:2], machine: str = platform.machine()) -> Check:
    """New enough, and of a kind that the libraries are made for."""
    found = f"{platform.python_version()} on {machine} ({sys.executable})"
    if version < (3, 11):
        return fault("Python", found, "install Python 3.11 or newer and set the kiosk up again")
    if machine not in ("x86_64", "aarch64"):
        return warning("Python", found, "use a 64-bit system: there are no ready-made libraries for this one")
    return ok("Python", found)


def vision(attempt: Try = tried) -> Check:
    """numpy and OpenCV load, fit each other, and are of a generation that has what the kiosk uses."""
    name = "Picture library"
    got = attempt(TRY_VISION)
    if not got.worked:
        if "libGL.so" in got.said or "libgthread" in got.said:
            # opencv-python (with windows) in the place of the -headless one: nothing here needs what it needs.
            step = (
                "the OpenCV with windows was installed over the one without: set the kiosk up again from its lock file"
            )
        elif "numpy" in got.said and ("size changed" in got.said or "multiarray" in got.said or "ABI" in got.said):
            step = (
                "numpy and OpenCV do not fit each other: remove .venv (or install the service again) to get both anew"
            )
        else:
            step = "install the kiosk again"
        return fault(name, f"numpy and OpenCV do not load: {got.said}", step)
    numpy_version, cv2_version = got.said.split()
    found = f"numpy {numpy_version}, OpenCV {cv2_version}"
    if int(cv2_version.split(".")[0]) >= 5:
        return fault(name, found, "OpenCV 5 lacks what the kiosk uses: install the kiosk again from its lock file")
    return ok(name, found)


PARTS = (
    CheckedPart("Python", lambda _: python()),
    CheckedPart("Picture library", lambda _: vision()),
)
