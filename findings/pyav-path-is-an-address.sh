#!/bin/sh
# PyAV 18.1.0: a pathlib.Path whose name has a colon is opened as an address.
#
# Behaviour: `av.open` turns a Path into a text, and FFmpeg takes what stands before a colon for a protocol. A film
#   "12:30.mp4" in the working folder cannot be opened, and a name may mean another file, or several. OpenCV's reader
#   does the same. An open file has no such meaning.
# Seen: of a whole film called "12:30.mp4" PyAV says that there is no such protocol; the same film as an open file has
#   its 5 pictures. A film called "concat:a.ts|b.ts" is never looked at: a.ts and b.ts are.
# Here: FFmpeg gets an open file without a name.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet av==18.1.0 numpy==2.4.6 || exit 2
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys
from pathlib import Path

import av
import numpy


def write(name, count, kind):
    """A film with ``count`` pictures."""
    with open(name, "w+b") as file, av.open(file, "w", format=kind) as film:
        stream = film.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(count):
            picture = numpy.full((48, 64, 3), 20 * number, numpy.uint8)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        film.mux(stream.encode())


def pictures(what):
    """How many pictures PyAV finds in it, or what it says."""
    try:
        with av.open(what) as film:
            return len(list(film.decode(video=0)))
    except av.error.FFmpegError as why:
        return type(why).__name__


write("12:30.mp4", 5, "mp4")
write("a.ts", 3, "mpegts")
write("b.ts", 4, "mpegts")
write("concat:a.ts|b.ts", 9, "mpegts")
by_path, by_file = pictures(Path("12:30.mp4")), pictures(open("12:30.mp4", "rb"))
joined, alone = pictures(Path("concat:a.ts|b.ts")), pictures(open("concat:a.ts|b.ts", "rb"))
print(f"12:30.mp4 by its path: {by_path}; as an open file: {by_file} pictures")
print(f"concat:a.ts|b.ts by its path: {joined} pictures; as an open file: {alone}")
sys.exit(not (isinstance(by_path, str) and by_file == 5 and joined == 7 and alone == 9))
PY
