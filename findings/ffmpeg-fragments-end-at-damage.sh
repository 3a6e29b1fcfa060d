#!/bin/sh
# PyAV 18.1.0: a fragmented MP4 with one damaged box ends there, in silence.
#
# Behaviour: fragments are meant for recordings that may be broken off. Where the head of one is damaged FFmpeg finds no
#   next one, and says "end of file" instead of an error, though whole fragments follow. In Matroska it does look for
#   the next cluster. The head of an empty box ("free"), written over the damaged one, is enough: all behind is read.
# Seen: of a film of 90 pictures in 6 fragments, with 8 bytes lost at the head of the fourth, 45 are read and no error
#   is raised; with the 8 bytes of an empty box in that place 75 are, and the last one is among them.
# Here: the row of boxes is walked before FFmpeg gets the file, and it is given such a head where the row breaks.
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

with av.open("film.mp4", "w", options={"movflags": "frag_keyframe+empty_moov+default_base_moof"}) as film:
    stream = film.add_stream("libx264", rate=15, options={"g": "15", "bf": "0", "sc_threshold": "0"})
    stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
    for number in range(90):
        picture = numpy.random.default_rng(number).integers(0, 255, (96, 128, 3), numpy.uint8)
        film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
    film.mux(stream.encode())
whole = open("film.mp4", "rb").read()
heads = [at - 4 for at in range(len(whole)) if whole[at : at + 4] == b"moof" and whole[at + 8 : at + 12] == b"mfhd"]


def read(content):
    """The pictures' numbers that are in it, and the error at the end of reading, if there is one."""
    open("read.mp4", "wb").write(content)
    numbers, error = [], None
    with av.open("read.mp4") as film:
        try:
            for packet in film.demux(video=0):
                if packet.size:
                    numbers.append(round(packet.pts * packet.time_base * 15))
        except av.error.FFmpegError as why:
            error = why
    return numbers, error


begin, after = heads[3], heads[4]
damaged = whole[:begin] + bytes(8) + whole[begin + 8 :]
bridged = whole[:begin] + (after - begin).to_bytes(4, "big") + b"free" + whole[begin + 8 :]
(lost, error), (kept, _) = read(damaged), read(bridged)
print(f"{len(heads)} fragments; damaged: {len(lost)} pictures, the last is {max(lost)}, error: {error}")
print(f"bridged: {len(kept)} pictures, the last is {max(kept)}")
sys.exit(not (len(lost) == 45 and error is None and len(kept) == 75 and max(kept) == 89))
PY
