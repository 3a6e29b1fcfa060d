"""The camera of the settings, looked for as the kiosk looks for it. It is not opened: its light would go on."""

from __future__ import annotations

import json
from pathlib import Path

from kiosk.doctor.check import Check, CheckedPart, Try, fault, fault_if, ok, on_a_pi, tried, warning
from kiosk.settings import CameraSettings

PLACE = 60
TRY_PICAMERA = (
    "import picamera2; found = picamera2.Picamera2.global_camera_info();"
    "print(picamera2.__file__ + '|' + ', '.join(c.get('Model', 'camera') for c in found))"
)
TRY_WEBCAM = """
import json, os, sys
from kiosk.devices.camera_opencv import refuse, usb_cameras
from kiosk.errors import CameraError
why = ""
try:
    refuse(sys.argv[1])
except CameraError as error:
    why = str(error)
print(json.dumps([usb_cameras(), os.path.exists(sys.argv[1]), why]))
"""


def camera(settings: CameraSettings, attempt: Try = tried, pi: bool | None = None) -> Check:
    """The camera that the settings ask for can be seen."""
    name = "Camera"
    if settings.backend == "none":
        return ok(name, "switched off in the settings")
    if settings.backend == "recorded":
        if settings.video and not Path(settings.video).is_file():
            return fault(name, f"there is no video {settings.video}", "correct camera.video in the settings")
        return ok(name, f"a recorded video ({settings.video or 'the drawn demo face'})")
    found = []
    if settings.backend != "webcam" and (on_a_pi() if pi is None else pi):
        got = attempt(TRY_PICAMERA)
        place, _, models = got.said.partition("|")
        if not got.worked:
            step = (
                "`sudo apt-get install python3-picamera2`; in a checkout a .venv made with --system-site-packages too"
            )
            return fault(name, f"picamera2 and libcamera do not load: {got.said}", step)
        if not place.startswith("/usr/"):
            step = "picamera2 must be apt's, to fit libcamera: pip uninstall picamera2 in the kiosk's environment"
            return warning(name, f"picamera2 comes from {place}", step)
        if models:
            return ok(name, f"picamera2 sees {models}")
        found.append("picamera2 sees no camera")
    if settings.backend == "picamera":
        step = "switch off, press the camera's flat cable into its connector, switch on"
        return fault(name, "; ".join(found) or "this is not a Raspberry Pi", step)
    return _webcam(name, settings, found, attempt, on_a_pi() if pi is None else pi)


def _webcam(name: str, settings: CameraSettings, found: list[str], attempt: Try, pi: bool) -> Check:
    device = f"/dev/video{settings.device}"
    got = attempt(TRY_WEBCAM, device)
    if not got.worked:
        return fault(name, f"webcams cannot be looked for: {got.said}", "install the kiosk again")
    cameras, is_there, why = json.loads(got.said)
    # A Pi has video devices that are no cameras; elsewhere one of another driver than USB's is believed.
    if device in cameras or (is_there and not cameras and not pi):
        return fault(name, why, "then `sudo systemctl restart kiosk`") if why else ok(name, f"webcam {device}")
    if not cameras:
        step = "connect one; until then sessions run without a picture"
        return warning(name, "; ".join([*found, "no webcam"]), step)
    told = "; ".join([*found, f"the settings ask for {device}, and the webcam is {', '.join(cameras)}"])
    step = f"set camera.device to {cameras[0].removeprefix('/dev/video')}"
    return fault_if(settings.backend == "webcam", name, told, step)


PARTS = (CheckedPart("Camera", lambda kiosk: camera(kiosk.settings.camera)),)
