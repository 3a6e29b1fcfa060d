#!/bin/sh
# PyAV 18.1.0: a decoder's options given to av.open are dropped without a word.
#
# Behaviour: the documentation says that `options` go "to the container and all streams". They reach the probing of the
#   streams, but not the decoders that are used afterwards, and nothing says that they were not used. Set as
#   `stream.codec_context.options` before the first picture they work.
# Seen: with `err_detect=explode` in av.open a damaged picture of a Motion JPEG film is decoded and handed out like a
#   good one; set on the codec's context, the same option makes an error of it.
# Here: a patched-up picture would be measured as movement, so the option stands on the context.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet av==18.1.0 numpy==2.4.6 || exit 2
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys

import av
import numpy

picture = numpy.random.default_rng(1).integers(0, 255, (96, 128, 3), numpy.uint8)
with av.open("film.avi", "w") as film:
    stream = film.add_stream("mjpeg", rate=10)
    stream.width, stream.height, stream.pix_fmt = 128, 96, "yuvj420p"
    for _ in range(10):
        film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
    film.mux(stream.encode())
with av.open("film.avi") as film:
    fifth = [packet for packet in film.demux(video=0) if packet.size][4]
content = bytearray(open("film.avi", "rb").read())
content[fifth.pos + fifth.size // 2 : fifth.pos + fifth.size] = bytes(fifth.size - fifth.size // 2)
open("film.avi", "wb").write(content)


def decoded(to_open, to_context):
    """How many pictures come out, and how many errors."""
    pictures = errors = 0
    with av.open("film.avi", options=to_open) as film:
        stream = film.streams.video[0]
        stream.codec_context.options = to_context
        for packet in film.demux(stream):
            try:
                pictures += len(packet.decode())
            except av.error.FFmpegError:
                errors += 1
    return pictures, errors


explode = {"err_detect": "explode"}
seen = {"no option": decoded({}, {}), "av.open": decoded(explode, {}), "codec_context": decoded({}, explode)}
for where, (pictures, errors) in seen.items():
    print(f"{where}: {pictures} pictures, {errors} errors")
sys.exit(not (seen["no option"] == seen["av.open"] == (10, 0) and seen["codec_context"] == (9, 1)))
PY
