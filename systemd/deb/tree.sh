#!/usr/bin/env bash
# Lays out one release of the kiosk in a folder: the program, what it is made of (the lock's wheels for Python 3.13 and the
# given processor, each by its hash), its pages, and the models. Needs uv (fetched by make) and a network or uv's cache; no
# root, no emulation: an amd64 machine lays out an arm64 release. The same input makes the same bytes.
set -euo pipefail
umask 022

usage='usage: tree.sh VERSION amd64|arm64 FOLDER     (FOLDER must not be there yet)'
version=${1:?$usage} arch=${2:?$usage} folder=$(realpath -m "${3:?$usage}")
cd "$(dirname "$0")/../.."
. systemd/deb/settings.sh
case $arch in
    amd64) platform=x86_64-manylinux_2_28 ;;
    arm64) platform=aarch64-manylinux_2_28 ;;
    *) echo "There is no release for '$arch': choose amd64 or arm64." >&2; exit 1 ;;
esac
if ! [[ $version =~ ^[0-9]+(\.[0-9]+)*$ ]]; then
    echo "'$version' is no version: numbers and dots, as in pyproject.toml." >&2
    exit 1
fi
if [ -e "$folder" ]; then
    echo "$folder is there already: name a new folder." >&2
    exit 1
fi

uv=build/uv/bin/uv
[ -x "$uv" ] || make --silent build/uv/bin/uv
# With uv's own Python, which has pip: fetching needs nothing else.
[ -e build/models/NOTICE ] || PYTHONPATH=. build/uv/bin/python -c '
from pathlib import Path
from kiosk.commands.models import fetch_models
fetch_models(Path("build/models"), print)' || echo "The models could not be fetched." >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Two halves of one lock: what runs, and what only turns this folder into a package (or fetches packages: pip).
awk -v tools="$TOOLS" -v shared="$SHARED" -v lock="$work/" '
    BEGIN { for (i = split(tools, names, " "); i; i--) tool[names[i]] = 1
            for (i = split(shared, names, " "); i; i--) both[names[i]] = 1 }
    /^[a-z0-9]/ { split($0, part, /[=; ]/); for_tools = part[1] in tool || part[1] in both; runs = !(part[1] in tool) }
    /^[a-z0-9]| --hash=/ { if (for_tools) print > (lock "tools"); if (runs) print > (lock "runs") }' requirements.lock
fetch=("$uv" pip install --quiet --no-config --require-hashes --no-deps --link-mode copy)
"${fetch[@]}" --python "${PYTHON:-python3}" --target "$work/tools.d" -r "$work/tools"
"${fetch[@]}" --python-version 3.13 --python-platform "$platform" --only-binary :all: --target "$folder/lib" -r "$work/runs"

# From a copy: the version is the one that was asked for, and nothing is left in the checkout.
mkdir "$work/source"
cp -r pyproject.toml README.md CHANGELOG.md LICENSE kiosk assets "$work/source"
find "$work/source" -name __pycache__ -prune -exec rm -rf {} +
sed -i "s/^__version__ = .*/__version__ = \"$version\"/" "$work/source/kiosk/__init__.py"
(cd "$work/source" && PYTHONPATH=$work/tools.d "${PYTHON:-python3}" -S -m hatchling build --target wheel >"$work/built" 2>&1) ||
    { cat "$work/built" >&2; exit 1; }
"${PYTHON:-python3}" -m zipfile --extract "$work"/source/dist/*.whl "$folder/lib"

# Starters for this machine's pythons, and traces of where it was built.
rm -rf "$folder/lib/bin" "$folder/lib/share" "$folder/lib/.lock"
# Tests, examples and manuals of others: some of their fonts may not be passed on.
find "$folder/lib" -path "$folder/lib/kiosk" -prune -o -type d -name tests -prune -exec rm -rf {} +
rm -rf "$folder"/lib/pygame/{docs,examples}
# What LiteRT would run on graphics cards, and what converts models: two fifths of it.
rm -rf "$folder"/lib/ai_edge_litert/{libLiteRtWebGpuAccelerator.so,aot,tflite/converter}
find "$folder/lib" \( -name direct_url.json -o -name uv_cache.json -o -name REQUESTED \) -delete
find "$folder/lib" -name __pycache__ -prune -exec rm -rf {} +
# What is left out is no longer listed either; the lists told where this was built, by the hashes of starters.
"${PYTHON:-python3}" - "$folder/lib" <<'END'
import csv, pathlib, sys
lib = pathlib.Path(sys.argv[1])
for record in lib.glob("*.dist-info/RECORD"):
    with record.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.reader(file) if (lib / row[0]).is_file()]
    with record.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(sorted(rows))
END

mkdir "$folder/bin"
for command in kiosk sqlite-utils; do
    install -m 0755 systemd/deb/start.sh "$folder/bin/$command"
done
cp -r docs "$folder/docs"
cp README.md CHANGELOG.md LICENSE "$folder"
if [ -e build/models/NOTICE ]; then
    cp -r build/models "$folder/models"
else
    echo "The models that look at a face are not inside: the kiosk works without them and sees less." >&2
fi
"${PYTHON:-python3}" systemd/deb/notice.py "$folder" >"$folder/NOTICE"
find "$folder" -type d -exec chmod 755 {} + -o -exec chmod 644 {} +
chmod 755 "$folder"/bin/*
find "$folder" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
