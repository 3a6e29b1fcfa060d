#!/usr/bin/env bash
# Makes a Raspberry Pi OS Lite a kiosk (a plain Debian too, with a webcam and a pedal): packages, user, program in /opt, units. Doing it twice does no
# harm; doing it again from a newer checkout is the update. With DESTDIR set only files are laid out, under that folder.
set -euo pipefail
umask 022
cd "$(dirname "$0")/.."
. systemd/places.sh
export PYTHON=${PYTHON:-/usr/bin/python3}

if [ -z "$DESTDIR" ]; then
    systemd/packages.sh appliance
    systemctl stop "$SERVICE" 2>/dev/null || true
fi

echo "Program: $HOME_OF_KIOSK"
mkdir -p "$HOME_OF_KIOSK"
# The system's packages are seen because picamera2, libcamera and lgpio exist only there.
"$PYTHON" -m venv --clear --system-site-packages "$HOME_OF_KIOSK/venv"
pip=("$HOME_OF_KIOSK/venv/bin/python" -m pip --quiet --disable-pip-version-check install)
"${pip[@]}" --require-hashes -r requirements.lock
# Built from a copy, so that installing as root leaves nothing of root's in the checkout.
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
cp -r pyproject.toml README.md CHANGELOG.md LICENSE kiosk assets "$build"
"${pip[@]}" --no-build-isolation --no-deps --force-reinstall "$build"
rm -rf "$HOME_OF_KIOSK/docs"
cp -r docs "$HOME_OF_KIOSK/docs"

echo "Units, user and rights"
install -D -m 0644 -t "$UNITS" "systemd/$SERVICE" systemd/facial-rehab-kiosk-{update,probation}.service "systemd/$ASKING"
install -D -m 0755 systemd/kiosk-ended.sh "$ENDED"
install -D -m 0755 systemd/kiosk-starting.sh "$STARTING"
install -d -m 0755 "$KEYS"
install -D -m 0644 systemd/facial-rehab-kiosk.modules "$MODULES"
install -D -m 0644 systemd/facial-rehab-kiosk.sysusers "$SYSUSERS"
install -D -m 0644 systemd/facial-rehab-kiosk.rules "$RULES"
install -D -m 0644 systemd/facial-rehab-kiosk-watchdog.conf "$WATCHDOG"
install -D -m 0755 systemd/kiosk-command.sh "$COMMAND"

if [ -n "$DESTDIR" ]; then
    echo "Files are laid out under $DESTDIR; user, services and packages were left alone."
    exit 0
fi
systemd-sysusers
# The service has no network, so what is fetched is fetched now. As systemd would make it (StateDirectory=).
install -d -o kiosk -g kiosk -m 0700 /var/lib/facial-rehab-kiosk
"$COMMAND" models || echo "Hint: the kiosk works without them and sees less. Later: sudo kiosk models"
systemctl daemon-reload
systemctl restart systemd-modules-load.service || true
systemctl enable --now seatd.service
# Two cannot have one screen: log in with Ctrl+Alt+F2, or over the network.
systemctl disable --now getty@tty1.service 2>/dev/null || true
systemctl enable "$SERVICE"
systemctl enable --now "$ASKING"
rm -rf /run/facial-rehab-kiosk-safe
systemctl reset-failed "$SERVICE" 2>/dev/null || true
systemctl start --no-block "$SERVICE"

cmdline=/boot/firmware/cmdline.txt
if [ -f "$cmdline" ] && ! grep -q 'consoleblank=0' "$cmdline"; then
    echo "Hint: add consoleblank=0 to the one line of $cmdline, so that the console never goes dark during a start."
fi
if findmnt -n -o FSTYPE -T /var/lib | grep -qE 'overlay|tmpfs'; then
    echo "Hint: /var/lib forgets at power-off. Put /var/lib/facial-rehab-kiosk on a partition of its own before use."
fi
echo "Done. The kiosk starts now and at every power-on. Next: sudo kiosk doctor"
