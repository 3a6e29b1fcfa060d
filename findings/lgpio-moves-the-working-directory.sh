#!/bin/sh
# lgpio 0.2.2.0: the setting that moves its pipe elsewhere moves the whole process there, as soon as lgpio is imported.
#
# Behaviour: importing lgpio, which is what gpiozero drives pins with on a Raspberry Pi 5, makes a named pipe `.lgd-nfy0`
#   in the working directory; no chip was opened and no pin asked for. The environment variable LG_WD names another
#   place for such files. One would expect the pipe to be made there; the library changes the working directory of the
#   process to it instead, and stays. A relative path that the program was given before means another file afterwards.
# Seen: `import lgpio` leaves the pipe where the program was started. With LG_WD the working directory before the import
#   and after it are two, and a file that is written by its bare name lies in the second.
# Here: pins are chosen in a scratch folder, the working directory is put back, and LG_WD is not used
#   (kiosk/devices/gpio.py): a relative `--data` would else open another record.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet lgpio==0.2.2.0 || exit 2
mkdir "$work/started" "$work/named" "$work/bare"
cat >"$work/show.py" <<'PY'
import os
from pathlib import Path

before = Path.cwd().name
import lgpio  # noqa: E402, F401

Path("notes.csv").write_text("written by its bare name\n")
print(f"working directory before the import: {before}, after it: {Path.cwd().name}")
PY
(cd "$work/bare" && "$work/venv/bin/python" "$work/show.py")
(cd "$work/started" && LG_WD="$work/named" "$work/venv/bin/python" "$work/show.py")
for place in bare started named; do
    echo "in '$place' afterwards: $(ls -A "$work/$place" | tr '\n' ' ')"
done
[ -p "$work/bare/.lgd-nfy0" ] && [ -f "$work/bare/notes.csv" ] || exit 1
[ -p "$work/named/.lgd-nfy0" ] && [ -f "$work/named/notes.csv" ] && [ -z "$(ls -A "$work/started")" ] || exit 1
