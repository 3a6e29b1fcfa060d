#!/usr/bin/env bash
# Runs the quick suite on aarch64 with Debian 13's Python: a small Debian 13 for arm64 in a folder is entered as a chroot,
# and this machine lends it a processor (qemu-user by binfmt_misc). Everything in it is set up by the project's own
# `make setup`, as on a Pi. As root: suite.sh FOLDER [PLACE ...]: places of tests/ (all), each by itself, so that what is
# known after an hour is kept; FOLDER/suite.txt has a line for each.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../image/chroot.sh"
out=$(realpath -m "${1:?usage: suite.sh FOLDER [PLACE ...]}")
shift
cd "$here/../../.."
. "$here/lent.sh"
root=$out/root
mkdir -p "$out"
if [ ! -e "$out/made" ]; then
    echo "Debian 13 for arm64"
    rm -rf --one-file-system "$root"
    bare "$root" git make python3 ca-certificates
    touch "$out/made"
fi
mkdir -p "$root/root/kiosk"
# Its own .venv and mirror of nothing stay; what is not in this checkout any more goes.
find "$root/root/kiosk" -mindepth 1 -maxdepth 1 ! -name .venv -exec rm -rf {} +
git ls-files -z --cached --others --exclude-standard | tar -cf - --null --files-from - | tar -C "$root/root/kiosk" -xf -
mkdir -p "$root/root/kiosk/build"
[ ! -d build/models ] || cp -r build/models "$root/root/kiosk/build/"

enter "$root"
mount -t tmpfs tmpfs "$root/tmp" -o mode=1777
mkdir -p "$root/dev/shm" "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm" -o mode=1777
mount -t devpts devpts "$root/dev/pts" -o newinstance,ptmxmode=0666
echo "deb $(mirror) trixie main" >"$root/etc/apt/sources.list"
unset PIP_FIND_LINKS PIP_CONFIG_FILE
inside() { # COMMAND...: in the checkout, as a test's machine
    nice -n 10 chroot "$root" env -C /root/kiosk HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        DEBIAN_FRONTEND=noninteractive PIP_CERT=/run/host/ca-certificates.crt SSL_CERT_FILE=/run/host/ca-certificates.crt \
        SDL_VIDEODRIVER=dummy SDL_AUDIODRIVER=dummy GPIOZERO_PIN_FACTORY=mock PYGAME_HIDE_SUPPORT_PROMPT=1 "$@"
}
# Tests of what git knows ask for a repository.
inside sh -c 'git init -q 2>/dev/null; git add -A; git -c user.name=t -c user.email=t@t.invalid commit -qm t' || true
began=$SECONDS
inside systemd/packages.sh test
inside make setup
echo "set up in $((SECONDS - began)) s: $(inside .venv/bin/python -c 'import platform as p; print(p.machine(), p.python_version())')"
places=("$@")
[ $# -gt 0 ] || places=(tests/*/ tests/test_*.py)
failed=0
: >"$out/suite.txt"
for place in "${places[@]}"; do
    [[ $place != tests/device/ && $place != */__pycache__/ ]] || continue
    began=$SECONDS code=0
    inside .venv/bin/python -m pytest -m "not slow and not device" -p no:cacheprovider -rf "$place" >"$out/last.txt" 2>&1 || code=$?
    cat "$out/last.txt" >>"$out/suite.log"
    echo "$place: $(tail -n 1 "$out/last.txt") ($((SECONDS - began)) s)" | tee -a "$out/suite.txt"
    # 5: no quick test there.
    [ "$code" = 0 ] || [ "$code" = 5 ] || { failed=1; grep -E '^(FAILED|ERROR)' "$out/last.txt" | tee -a "$out/suite.txt" || true; }
done
exit $failed
