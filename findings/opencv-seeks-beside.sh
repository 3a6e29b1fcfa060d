#!/bin/sh
# opencv-python-headless 4.14.0.94: in an uneven film, seeking by time lands elsewhere and answers True.
#
# Behaviour: CAP_PROP_POS_MSEC turns the time into a frame's number by the film's mean rate. Where pictures come
#   unevenly, as from a camera in poor light, that is another picture. `set` answers True. The stamp read after `grab`
#   is right.
# Seen: in a film with 60 pictures in 2 s and 20 in the next 4 s, asked for 2000 ms it answers True and is at 1353 ms.
# Here: a film is read from its beginning, and a picture is known by its own stamp.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet opencv-python-headless==4.14.0.94 av==18.1.0 numpy==2.4.6 || exit 2
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys
from fractions import Fraction

import av
import cv2
import numpy

MILLISECOND = Fraction(1, 1000)
with av.open("film.mp4", "w") as film:
    stream = film.add_stream("libx264", rate=30, options={"tune": "zerolatency", "g": "1"})
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    stream.time_base = stream.codec_context.time_base = MILLISECOND
    for stamp in [33 * n for n in range(60)] + [2000 + 200 * n for n in range(1, 21)]:
        frame = av.VideoFrame.from_ndarray(numpy.full((48, 64, 3), stamp // 25, numpy.uint8), format="rgb24")
        frame.pts, frame.time_base = stamp, MILLISECOND
        film.mux(stream.encode(frame))
    film.mux(stream.encode())

reader = cv2.VideoCapture("film.mp4")
stamps = []
while reader.grab():
    stamps.append(round(reader.get(cv2.CAP_PROP_POS_MSEC)))
print(f"read in order, the last three pictures are at {stamps[-3:]} ms")
answer = reader.set(cv2.CAP_PROP_POS_MSEC, 2000)
reader.grab()
landed = reader.get(cv2.CAP_PROP_POS_MSEC)
print(f"asked for 2000 ms it answers {answer} and is at {landed:.0f} ms")
sys.exit(not (stamps[-3:] == [5600, 5800, 6000] and answer and abs(landed - 2000) > 200))
PY
