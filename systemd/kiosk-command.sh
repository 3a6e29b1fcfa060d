#!/bin/sh
# The `kiosk` command of an installed kiosk: knows its data folder, and as root becomes the kiosk's own user, so that
# nothing in the data folder ends up belonging to root. The doctor becomes it by itself, in the service's own confinement.
export KIOSK_DATA="${KIOSK_DATA:-/var/lib/facial-rehab-kiosk}"
command=/opt/facial-rehab-kiosk/current/bin/kiosk
if [ "$(id -u)" -eq 0 ] && [ "${1:-}" != doctor ]; then
    exec runuser -u kiosk -- "$command" "$@"
fi
exec "$command" "$@"
