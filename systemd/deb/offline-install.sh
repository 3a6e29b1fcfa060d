#!/usr/bin/env bash
# Makes this machine a kiosk from the folder that this file lies in, without a network. Doing it twice does no harm; doing
# it from a newer folder is the update. It ends when the kiosk's picture is on the screen, or says why it is not.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

if [ "$(id -u)" -ne 0 ]; then
    echo "This changes the system, so it needs root: sudo $0" >&2
    exit 1
fi
for_arch=$(sed -n 's/^Architectures: //p' Release)
if [ "$(dpkg --print-architecture)" != "$for_arch" ]; then
    echo "This folder is for $for_arch, and this machine is $(dpkg --print-architecture): take the other folder." >&2
    exit 1
fi
if ! bad=$(sha256sum --quiet --check SHA256SUMS 2>/dev/null); then
    printf 'This folder is damaged; nothing was changed. Copy it again.\n%s\n' "$bad" >&2
    exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,sources.d}
# A stick's name may hold what apt cannot read in an address.
ln -s "$PWD" "$work/folder"
echo "deb [trusted=yes] file:$work/folder ./" >"$work/sources.d/kiosk.list"
apt=(apt-get -qq -o Dir::State::lists="$work/lists" -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/sources.d"
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root -o Acquire::Languages=none)
version=$(grep -A 9 '^Package: facial-rehab-kiosk$' Packages | sed -n 's/^Version: //p')
# This folder's, whatever is installed.
wanted=("facial-rehab-kiosk=$version")
for package in python3-lgpio python3-picamera2; do
    ! grep -qx "Package: $package" Packages || wanted+=("$package")
done
export DEBIAN_FRONTEND=noninteractive
echo "Installing facial-rehab-kiosk $version from this folder; no network is used."
"${apt[@]}" update
if ! "${apt[@]}" install --yes --reinstall --allow-downgrades --no-install-recommends "${wanted[@]}"; then
    echo "apt could not install from this folder; its reasons are above. The folder is for Debian 13," \
        "this is $(. /etc/os-release && echo "$PRETTY_NAME")." >&2
    exit 1
fi
/usr/lib/facial-rehab-kiosk/look
echo "Done. The kiosk starts at every power-on. Next: sudo kiosk doctor"
