#!/bin/sh
# The `kiosk` command of an installed kiosk: knows its data folder, and as root becomes the kiosk's own user, so that
# nothing in the data folder ends up belonging to root.
export KIOSK_DATA="${KIOSK_DATA:-/var/lib/facial-rehab-kiosk}"
command=/opt/facial-rehab-kiosk/current/bin/kiosk
if [ "$(id -u)" -eq 0 ]; then
    exec runuser -u kiosk -- "$command" "$@"
fi
exec "$command" "$@"
