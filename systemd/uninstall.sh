#!/usr/bin/env bash
# Takes the kiosk off this machine. What was recorded stays in /var/lib/facial-rehab-kiosk.
set -euo pipefail
. "$(dirname "$0")/places.sh"

if [ -z "$DESTDIR" ]; then
    systemctl disable --now "$SERVICE" "$ASKING" 2>/dev/null || true
    rm -rf /run/facial-rehab-kiosk-safe
fi
rm -rf "$HOME_OF_KIOSK"
rm -f "$UNITS/$SERVICE" "$UNITS"/facial-rehab-kiosk-{update,probation}.service "$UNITS/$ASKING" "$ENDED" "$STARTING" "$MODULES" "$SYSUSERS" "$RULES" "$WATCHDOG" "$COMMAND"
if [ -z "$DESTDIR" ]; then
    systemctl daemon-reload
    systemctl enable --now getty@tty1.service
fi
echo "The kiosk is gone. Records, if any, are still in $DESTDIR/var/lib/facial-rehab-kiosk; the user 'kiosk' owns them."
