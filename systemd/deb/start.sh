#!/bin/sh
# Starts the command that this file is called as, from the release that it lies in: its own lib/ first, the system's
# packages behind it (picamera2, lgpio and evdev match the system's kernel), and nothing of a user's or a working folder's.
release=$(dirname "$(dirname "$(readlink -f "$0")")")
export PYTHONPATH="$release/lib" PYTHONSAFEPATH=1 PYTHONNOUSERSITE=1
module=$(basename "$0" | tr - _)
exec /usr/bin/python3 -m "$module" "$@"
