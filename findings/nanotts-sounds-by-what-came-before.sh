#!/bin/sh
# py-nanotts 0.1.1: the same sentence, at the same settings, sounds otherwise after another sentence was spoken.
#
# Behaviour: a new NanoTTS() is made for each sentence, and one would expect each to begin alike. The noise that SVOX pico
#   puts into its voice goes on inside the library from where the last sentence ended. The first sentence of a process,
#   and the same one again right after it, are the same bytes; after another sentence they are not.
# Seen: of "Halten." spoken first, and once more after "Gehen Sie weiter.": as many samples, other ones.
# Here: each sentence of the German voice is spoken by a process of its own, so that the same words give the same bytes
#   (assets/tools/speak.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet py-nanotts==0.1.1 || exit 2

cat >"$work/show.py" <<'PY'
import sys
from py_nanotts import NanoTTS


def spoken(text):
    return NanoTTS().speak(text, voice="de-DE", speed=0.9)


first = spoken("Halten.")
spoken("Gehen Sie weiter.")
later = spoken("Halten.")
print("as many bytes:", len(first) == len(later))
print("the same bytes:", first == later)
sys.exit(0 if len(first) == len(later) and first != later else 1)
PY
"$work/venv/bin/python" "$work/show.py"
