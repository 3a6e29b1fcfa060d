#!/bin/sh
# pygame-ce 2.5.8: an open mixer that plays nothing wakes the processor 22 times a second, paused and stopped alike.
#
# Behaviour: pygame.mixer.pause() and stop() leave nothing to play, and one would expect the sound device to wait until
#   there is. Its thread goes on to mix silence, a buffer at a time (2,048 frames of 44,100 a second: 21.5 times), day
#   and night. Only pygame.mixer.quit() ends it: until then a silent program on a small board is never at rest.
# Seen: with SDL's silent driver, waits of all threads in four seconds: next to none before init(), about 22 a second
#   after it, as many after pause() and after stop(), next to none after quit().
# Here: the device is given back after five seconds of silence, and a press opens it again before a sound is asked for
#   (docs/decisions/sound-device-rests.md).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet pygame-ce==2.5.8 || exit 2
SDL_AUDIODRIVER=dummy PYGAME_HIDE_SUPPORT_PROMPT=1 "$work/venv/bin/python" - <<'PY'
import re
import sys
import time
from pathlib import Path

import pygame

SECONDS = 4


def waited():
    """How often all threads of this process have waited for something so far."""
    accounts = [(task / "status").read_text() for task in Path("/proc/self/task").iterdir()]
    return sum(int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", text, re.M)[1]) for text in accounts)


def a_second():
    began = waited()
    time.sleep(SECONDS)
    return (waited() - began) / SECONDS


rates = {"before": a_second()}
pygame.mixer.init(44100, -16, 2, 2048)
rates["open"] = a_second()
pygame.mixer.pause()
rates["paused"] = a_second()
pygame.mixer.stop()
rates["stopped"] = a_second()
pygame.mixer.quit()
rates["given back"] = a_second()
print("waits a second:", ", ".join(f"{name} {rate:.1f}" for name, rate in rates.items()))
resting = all(rates[name] < 3 for name in ("before", "given back"))
awake = all(15 < rates[name] < 30 for name in ("open", "paused", "stopped"))
sys.exit(not (resting and awake))
PY
