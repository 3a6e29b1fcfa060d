#!/bin/sh
# opencv-python-headless 4.14.0.94: a film that asks to be mirrored comes out upside down instead.
#
# Behaviour: a phone's front camera may save what it sees and ask, by the display matrix of the MP4, to be shown as in a
#   mirror. OpenCV makes an angle of the matrix, and the angle of a mirror is 180 degrees. It turns the picture by that
#   and leaves the mirror away: left and right are not exchanged where they should be, top and bottom are where they
#   should not. PyAV's `frame.rotation` says the same angle; its side data holds the whole matrix.
# Seen: the stored picture is bright in its upper left quarter, so it is to be seen bright in the upper right. OpenCV
#   shows it bright in the lower right.
# Here: films are read by PyAV, and the matrix is followed sign by sign; a mirrored film would exchange the sides of a
#   face.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet opencv-python-headless==4.14.0.94 av==18.1.0 numpy==2.4.6 || exit 2
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys

import av
import cv2
import numpy

stored = numpy.full((96, 128, 3), 20, numpy.uint8)
stored[:48, :64] = 220
with av.open("mirrored.mp4", "w") as film:
    stream = film.add_stream("libx264", rate=10)
    stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
    stream.set_display_rotation(0, hflip=True)
    for _ in range(5):
        film.mux(stream.encode(av.VideoFrame.from_ndarray(stored, format="rgb24")))
    film.mux(stream.encode())


def bright(picture):
    """The quarter that is bright."""
    quarters = {
        "upper left": picture[10:38, 10:54],
        "upper right": picture[10:38, 74:118],
        "lower left": picture[58:86, 10:54],
        "lower right": picture[58:86, 74:118],
    }
    return max(quarters, key=lambda name: quarters[name].mean())


answer, shown = cv2.VideoCapture("mirrored.mp4").read()
with av.open("mirrored.mp4") as film:
    frame = next(film.decode(video=0))
    matrix = numpy.frombuffer(bytes(frame.side_data["DISPLAYMATRIX"]), numpy.int32)[[0, 1, 3, 4]] >> 16
print(f"stored bright in the {bright(stored)}; the matrix is {matrix.tolist()}, so it should be seen in the upper right")
print(f"OpenCV shows it in the {bright(shown)}; PyAV's frame.rotation says {frame.rotation}")
sys.exit(not (answer and matrix.tolist() == [-1, 0, 0, 1] and bright(shown) == "lower right"))
PY
