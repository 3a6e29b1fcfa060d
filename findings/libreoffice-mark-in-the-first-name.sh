#!/bin/sh
# LibreOffice 7.4.7.2: a CSV that is converted at a command line keeps the UTF-8 mark in its first name.
#
# Behaviour: opened in a window, a CSV with a mark (BOM) is read as UTF-8. `soffice --convert-to` without options of the
#   import takes it for the code page of Windows, and the mark becomes three letters before the first column's name.
# Seen: the first cell is "device_id" without a mark, and three letters longer with one.
# Here: the tables of a package have no mark, since their words are ASCII.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v soffice >/dev/null || { echo "soffice is missing (Debian: libreoffice-calc-nogui)"; exit 2; }
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet openpyxl==3.1.5 || exit 2
soffice --version
cd "$work"
printf 'device_id,x\nk1,2\n' > without.csv
printf '\357\273\277device_id,x\nk1,2\n' > with.csv
for table in without with; do
    soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to xlsx "$table.csv" >/dev/null 2>&1
done
"$work/venv/bin/python" - <<'PY'
import sys

import openpyxl

seen = {name: openpyxl.load_workbook(f"{name}.xlsx").active["A1"].value for name in ("without", "with")}
for name, cell in seen.items():
    print(f"{name} a mark: the first cell is {cell!r}")
sys.exit(seen != {"without": "device_id", "with": "\u00ef\u00bb\u00bfdevice_id"})
PY
