#!/bin/sh
# Run by the kiosk's unit, as root, before each start. While a new release is tried root's helper counts its starts, and
# goes back after three that led to nothing. STATE, DATA and PLACE are for the tests.
set -eu
probation=${STATE:-/var/lib/facial-rehab-kiosk-update}/probation.json
data=${DATA:-/var/lib/facial-rehab-kiosk}
tried=
[ ! -e "$probation" ] || tried=yes
if [ "$tried" ]; then
    systemctl start facial-rehab-kiosk-probation.service || echo "The starts of the new release cannot be counted." >&2
fi
# What the helper has put back is root's, and nobody else can read it; it is the kiosk's again, whenever the power went.
[ ! -d "$data" ] || find "$data" -maxdepth 1 -type f -links 1 -perm 600 -user "$(id -u)" \
    \( -name kiosk.db -o -name kiosk.db-wal -o -name staff.json -o -name kiosk.toml \) \
    -exec chown --no-dereference --reference="$data" {} +
if [ "$tried" ] && [ ! -e "$probation" ]; then
    # What the other release did wrong counts no more, and what is left of it is removed beside the start.
    rm -rf "${PLACE:-/run/facial-rehab-kiosk-safe}"
    systemctl start --no-block facial-rehab-kiosk-update.service || true
fi
