# Where an installed kiosk lies: read by install.sh and uninstall.sh. DESTDIR puts everything under another root.
DESTDIR=${DESTDIR:-}
HOME_OF_KIOSK=$DESTDIR/opt/facial-rehab-kiosk
UNITS=$DESTDIR/etc/systemd/system
SYSUSERS=$DESTDIR/etc/sysusers.d/facial-rehab-kiosk.conf
RULES=$DESTDIR/etc/polkit-1/rules.d/50-facial-rehab-kiosk.rules
WATCHDOG=$DESTDIR/etc/systemd/system.conf.d/60-facial-rehab-kiosk.conf
MODULES=$DESTDIR/usr/lib/modules-load.d/facial-rehab-kiosk.conf
ENDED=$DESTDIR/usr/lib/facial-rehab-kiosk/kiosk-ended
STARTING=$DESTDIR/usr/lib/facial-rehab-kiosk/kiosk-starting
KEYS=$DESTDIR/etc/facial-rehab-kiosk/release-keys
COMMAND=$DESTDIR/usr/local/bin/kiosk
SERVICE=facial-rehab-kiosk.service
ASKING=facial-rehab-kiosk-update.path

if [ -z "$DESTDIR" ] && [ "$(id -u)" -ne 0 ]; then
    echo "This changes the system, so it needs root: sudo make $(basename "$0" .sh)" >&2
    exit 1
fi
