#!/usr/bin/env bash
# Makes build/offline/ARCH: one folder from which a Debian 13 machine becomes a kiosk without a network. In it are the package,
# every Debian package that it needs down to the last library, apt's index of them, their sums, and install.sh. Needs a
# network, no root. The packages come from this machine's own apt sources, with Debian 13 in the place of its release;
# OFFLINE_SOURCES=FILE names others (a .list or .sources file).
set -euo pipefail
umask 022
export LC_ALL=C

arch=${1:?usage: offline.sh amd64|arm64}
cd "$(dirname "$0")/../.."
. systemd/deb/settings.sh
deb=build/deb/facial-rehab-kiosk_${VERSION:-$VERSION_OF_SOURCE}_$arch.deb
[ -f "$deb" ] || { echo "$deb is not there yet: make deb DEB_ARCH=$arch" >&2; exit 1; }
target=build/offline/$arch
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folder=$work/folder
mkdir -p "$folder" "$work"/{state/lists/partial,cache/archives/partial}
cp "$deb" "$folder"
cp systemd/deb/offline-install.sh "$folder/install.sh"

index() {
    (cd "$folder" && rm -f Packages Release &&
        if command -v apt-ftparchive >/dev/null; then apt-ftparchive packages .; else dpkg-scanpackages --multiversion . 2>/dev/null; fi >"$work/Packages" &&
        mv "$work/Packages" Packages &&
        printf 'Suite: trixie\nArchitectures: %s\nDate: %s\nSHA256:\n %s %s Packages\n' "$arch" \
            "$(date -u -d "@$SOURCE_DATE_EPOCH" '+%a, %d %b %Y %T UTC')" "$(sha256sum Packages | cut -d' ' -f1)" "$(stat -c %s Packages)" >Release)
}
if ! command -v apt-ftparchive >/dev/null && ! command -v dpkg-scanpackages >/dev/null; then
    echo "Neither apt-ftparchive nor dpkg-scanpackages is here: sudo apt-get install apt-utils" >&2
    exit 1
fi
index

sources=$work/kiosk.list
if [ -n "${OFFLINE_SOURCES:-}" ]; then
    sources=$work/kiosk.${OFFLINE_SOURCES##*.}
    cp "$OFFLINE_SOURCES" "$sources"
else
    debian13 >"$sources"
    [ -s "$sources" ] || { echo "This machine's apt sources name nothing of its own release: OFFLINE_SOURCES=FILE names others." >&2; exit 1; }
fi
mkdir "$work/sources.d"
mv "$sources" "$work/sources.d"
echo "deb [trusted=yes] file:$folder ./" >"$work/sources.d/own.list"
# Nothing counts as installed: whatever the device lacks is here.
: >"$work/state/status"
apt() {
    local command=$1
    shift
    "$command" -qq -o Dir::State="$work/state" -o Dir::State::status="$work/state/status" -o Dir::Cache="$work/cache" \
        -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/sources.d" -o Dir::Etc::preferences=/dev/null \
        -o Dir::Etc::preferencesparts=/dev/null -o APT::Architecture="$arch" -o APT::Architectures="$arch" \
        -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none "$@"
}
apt apt-get update
pi=() lacking=()
for package in $PI_PACKAGES; do
    if apt apt-cache policy "$package" | grep -q 'Candidate: [^(]'; then pi+=("$package"); else lacking+=("$package"); fi
done
apt apt-get install --yes --download-only --no-install-recommends facial-rehab-kiosk "${pi[@]}" >/dev/null
cp "$work"/cache/archives/*.deb "$folder"
index
{
    echo "For Debian 13 (trixie) $arch, made $(date -u +%F). Installed by: sudo ./install.sh"
    if [ ${#lacking[@]} -gt 0 ]; then
        echo "Not inside, because the apt sources that this was made from do not have them: ${lacking[*]}."
        echo "They are Raspberry Pi OS's own (buttons and lamps, the Pi's camera). A Pi that lacks them needs a network once:"
        echo "    sudo apt-get install --no-install-recommends ${lacking[*]}"
        echo "or a folder that was made on a Pi, where this takes them along. Neither has been tried on a Pi yet."
    else
        echo "Inside are Raspberry Pi OS's own ${pi[*]}. This has not been tried on a Pi yet."
    fi
    echo
    sed -n 's/^Package: //p; s/^Version: //p' "$folder/Packages" | paste -d' ' - - | LC_ALL=C sort
} >"$folder/CONTENTS"
(cd "$folder" && sha256sum -- * >"$work/sums" && mv "$work/sums" SHA256SUMS)
rm -rf "$target"
mkdir -p build/offline
mv "$folder" "$target"
echo "$target: $(find "$target" -name '*.deb' | wc -l) packages, $(du -sm "$target" | cut -f1) MB"
