#!/usr/bin/env bash
# Takes the kiosk off this machine. What was recorded stays in /var/lib/facial-rehab-kiosk.
set -euo pipefail
if [ "$(id -u)" -ne 0 ]; then
    echo "This changes the system, so it needs root: sudo make uninstall" >&2
    exit 1
fi
DEBIAN_FRONTEND=noninteractive apt-get remove --yes facial-rehab-kiosk
echo "The kiosk is gone. Records, if any, are still in /var/lib/facial-rehab-kiosk; the user 'kiosk' owns them."
echo "Its logs, caches and state of updates go with: sudo apt-get purge facial-rehab-kiosk"
