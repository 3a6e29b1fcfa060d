#!/bin/sh
# PyAV 18.1.0: its FFmpeg says that it is under the LGPL, and is linked to GPL encoders.
#
# Behaviour: FFmpeg's own way of asking for its terms (`avcodec_license`) answers "LGPL version 3 or later". FFmpeg's
#   configure normally allows x264 and x265 only together with its GPL switch, and then the answer is "GPL": one would
#   have relied on that answer. The same library names both encoders among those that it needs, and both encode.
# Seen: "LGPL version 3 or later"; `libx264` and `libx265` lie in the wheel, libavcodec needs them, both write pictures.
# Here: the terms of a package are read off the files in it, not off what a library says of itself
#   (docs/decisions/setup-gpl-inside.md).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet av==18.1.0 || exit 2
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import ctypes
import io
import sys
from pathlib import Path

import av

libraries = Path(av.__file__).parent.with_name("av.libs")
found = {name: sorted(libraries.glob(f"{name}*")) for name in ("libavcodec", "libx264", "libx265")}
if not all(found.values()):
    sys.exit(f"changed: {found}")
codec = ctypes.CDLL(str(found["libavcodec"][0]))
codec.avcodec_license.restype = ctypes.c_char_p
says = codec.avcodec_license().decode()
needed = found["libavcodec"][0].read_bytes()
linked = all(found[name][0].name.encode() in needed for name in ("libx264", "libx265"))
written = {}
for encoder in ("libx264", "libx265"):
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as film:
        stream = film.add_stream(encoder, rate=25, options={"x265-params": "log-level=none"})
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for _ in range(3):
            film.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        film.mux(stream.encode(None))
    written[encoder] = len(out.getvalue())
print("the library says:", says)
print("linked to libx264 and libx265:", linked)
print("bytes written by each:", written)
sys.exit(0 if says.startswith("LGPL") and linked and min(written.values()) > 500 else 1)
PYTHON
