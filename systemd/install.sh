#!/usr/bin/env bash
# Makes this machine a kiosk (Debian 13, Raspberry Pi OS Lite): builds the package for it, or takes the one named by
# DEB=FILE, installs it with what it needs, and ends when the kiosk's picture is on the screen, or says why it is not.
# Doing it twice does no harm; doing it again from a newer checkout is the update.
set -euo pipefail
umask 022
cd "$(dirname "$0")/.."

if [ "$(id -u)" -ne 0 ]; then
    echo "This changes the system, so it needs root: sudo make install" >&2
    exit 1
fi
. systemd/deb/settings.sh
deb=${DEB:-}
if [ -z "$deb" ]; then
    arch=$(dpkg --print-architecture)
    systemd/packages.sh deb
    # As whoever said sudo, so that nothing of root's stays in the checkout; hardly packed, because it is read once.
    build=(env XZ=0 systemd/deb/package.sh "$arch")
    if [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" != root ]; then build=(runuser -u "$SUDO_USER" -- "${build[@]}"); fi
    "${build[@]}"
    deb=build/deb/facial-rehab-kiosk_${VERSION_OF_SOURCE}_$arch.deb
elif [ ! -f "$deb" ]; then
    echo "There is no file $deb." >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq || echo "apt could not fetch its lists; what is here already may be enough." >&2
wanted=("$(realpath "$deb")")
for package in $PI_PACKAGES; do
    ! LC_ALL=C apt-cache policy "$package" | grep -q 'Candidate: [^(]' || wanted+=("$package")
done
apt-get install --yes --reinstall --allow-downgrades --no-install-recommends "${wanted[@]}"
/usr/lib/facial-rehab-kiosk/look
echo "Done. The kiosk starts at every power-on. Next: sudo kiosk doctor"
