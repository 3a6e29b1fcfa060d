#!/bin/sh
# opencv-python-headless 4.14.0.94: a damaged picture in the middle looks like the end of the film.
#
# Behaviour: `read` answers False at the end of a film, and at a picture that cannot be decoded too. Nothing tells the
#   two apart: a loop `while ok` stops at the first damaged place, and what it saw passes for the whole.
# Seen: of a film of 60 pictures with one key picture damaged in its middle, the loop sees about half; PyAV raises an
#   error for that place and decodes the last picture.
# Here: reading goes on behind a damaged place, and how many pictures are missing is said.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet opencv-python-headless==4.14.0.94 av==18.1.0 numpy==2.4.6 || exit 2
cd "$work"
"$work/venv/bin/python" - <<'PY' 2>/dev/null
import sys

import av
import cv2
import numpy

with av.open("film.mp4", "w") as film:
    stream = film.add_stream("libx264", rate=10, options={"g": "10", "bf": "0"})
    stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
    for number in range(60):
        picture = numpy.random.default_rng(number).integers(0, 255, (96, 128, 3), numpy.uint8)
        film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
    film.mux(stream.encode())
with av.open("film.mp4") as film:
    hit = [packet for packet in film.demux(video=0) if packet.size][30]
content = bytearray(open("film.mp4", "rb").read())
content[hit.pos : hit.pos + hit.size] = bytes([0xA5]) * hit.size
open("film.mp4", "wb").write(content)

reader, by_opencv = cv2.VideoCapture("film.mp4"), 0
while reader.read()[0]:
    by_opencv += 1
numbers, errors = [], 0
with av.open("film.mp4") as film:
    for packet in film.demux(video=0):
        try:
            numbers += [round(frame.time * 10) for frame in packet.decode()]
        except av.error.FFmpegError:
            errors += 1
print(f"OpenCV: {by_opencv} of 60 pictures, then the end; PyAV: the last is number {numbers[-1]}, {errors} errors")
sys.exit(not (by_opencv <= 31 and numbers[-1] == 59 and errors))
PY
