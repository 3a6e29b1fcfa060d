#!/bin/sh
# PyAV 18.1.0: a film with a fragment for each frame is not on the disk before it is closed.
#
# Behaviour: `frag_every_frame` is meant for films that survive a power cut. FFmpeg keeps what was muxed in a buffer
#   of its own (256 KiB) all the same, until that is full. The option `flush_packets=1` of the container writes each
#   fragment.
# Seen: after 60 frames the file has under 100 bytes; with `flush_packets=1` it has thousands, more after each frame.
# Here: a film is made in memory and written whole; fragments would not have saved more of it.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet av==18.1.0 numpy==2.4.6 || exit 2
cd "$work"
"$work/venv/bin/python" - <<'PY'
import os
import sys

import av
import numpy

MOVFLAGS = {"movflags": "frag_every_frame+empty_moov+default_base_moof"}


def sizes(options):
    """Bytes on the disk after 1, 10 and 60 frames, before the film is closed."""
    found = []
    with av.open("film.mp4", "w", format="mp4", options=options) as film:
        stream = film.add_stream("libx264", rate=30, options={"tune": "zerolatency", "g": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(60):
            picture = numpy.full((48, 64, 3), number * 4, numpy.uint8)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            if number in (0, 9, 59):
                found.append(os.path.getsize("film.mp4"))
        film.mux(stream.encode())
    return found


kept, flushed = sizes(MOVFLAGS), sizes(MOVFLAGS | {"flush_packets": "1"})
print(f"bytes after 1, 10 and 60 frames: {kept}; with flush_packets=1: {flushed}")
sys.exit(not (max(kept) < 100 and 100 < flushed[0] < flushed[1] < flushed[2]))
PY
