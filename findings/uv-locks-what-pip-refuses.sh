#!/bin/sh
# uv 0.13.9: a lock for Python 3.11 and newer may hold a release that refuses Python 3.11, and pip installs none of it.
#
# Behaviour: `uv pip compile --universal --python-version 3.11` looks at the lower bound of a release's Requires-Python
#   alone. backports.strenum 1.3.1 says ">=3.8.6,<3.11": no Python that the lock is made for may have it. One would expect
#   the newest release that one may have, 1.2.8 (">=3.8.6,<4"), which pip finds.
# Seen: uv writes backports-strenum==1.3.1; pip, asked for that line, knows of no such version for this Python.
# Here: LiteRT asks for the package and never imports it; pyproject.toml holds it below 1.3, so that the lock can be
#   installed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 2; }
cd "$work"
python3 -m venv tools
tools/bin/pip install --quiet --disable-pip-version-check uv==0.13.9 || exit 2
echo 'backports.strenum<=1.3.1' > wanted.in
tools/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --no-header wanted.in > lock.txt || exit 2
cat lock.txt
said=$(tools/bin/pip download --quiet --disable-pip-version-check --no-deps --dest there -r lock.txt 2>&1 || true)
echo "$said" | tail -1
grep -q '^backports-strenum==1\.3\.1$' lock.txt || exit 1
echo "$said" | grep -q 'No matching distribution found for backports-strenum==1.3.1' || exit 1
tools/bin/pip download --quiet --disable-pip-version-check --no-deps --dest there -r wanted.in || exit 1
ls there/backports*strenum-1.2.8-*.whl || exit 1
