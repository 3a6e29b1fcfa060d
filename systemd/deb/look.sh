#!/bin/sh
# Looks whether the installed kiosk runs, and says what is wrong if it does not: the end of every installation.
# usage: look [SECONDS]. Ready is what the kiosk itself says after its first picture is on the screen while records can be
# stored; a few seconds later it must still be the same one.
set -eu
unit=facial-rehab-kiosk.service
limit=${1:-180}
still=5
safe=${PLACE:-/run/facial-rehab-kiosk-safe}/flags
cmdline=${CMDLINE:-/boot/firmware/cmdline.txt}

if [ ! -d "${BOOTED:-/run/systemd/system}" ]; then
    echo "systemd does not run here, so the kiosk could not be looked at: it starts at the next power-on."
    exit 0
fi
of_unit() { systemctl show --property="$1" --value "$unit" 2>/dev/null || true; }

said() { # WORDS-IN-THE-JOURNAL SENTENCE: the first that fits is told
    [ -n "$told" ] || ! printf '%s' "$lines" | grep -qE "$1" || { told=$2; echo "$told" >&2; }
}
not_running() {
    echo "The kiosk does not run: $1" >&2
    lines=$(journalctl --unit="$unit" --boot --lines=40 --output=cat --no-pager 2>/dev/null || true)
    told=
    said 'No space left' "The disk is full: make room, then sudo systemctl restart kiosk"
    said 'Read-only file system' "The disk cannot be written: is the card locked or worn out?"
    said 'Could not (connect|open) .*seat|seatd.*refused|Unable to create the wlroots backend.*seat' \
        "seatd does not give the kiosk the screen: sudo systemctl status seatd"
    said '0 GPUs|no GPU|/dev/dri|[Uu]nable to create the wlroots backend' \
        "No screen was found: connect and switch on a screen, then sudo systemctl restart kiosk"
    said 'EGL|cannot scale|[Ff]ailed to create (EGL|renderer)' \
        "The screen's driver does not work: are libegl1 and libgl1-mesa-dri installed?"
    said 'ModuleNotFoundError|ImportError|SyntaxError|No such file or directory.*bin/kiosk' \
        "The program is not whole: install the package again"
    said 'watchdog' "It hung and was stopped."
    if [ -n "$lines" ]; then
        echo "The last it said (journalctl -u facial-rehab-kiosk has all):" >&2
        printf '%s\n' "$lines" | tail -n 8 | sed 's/^/  /' >&2
    else
        echo "It has said nothing. systemctl status kiosk may know more." >&2
    fi
    exit 1
}

[ "$(of_unit LoadState)" = loaded ] || not_running "this machine has no such service; install the package again"
case $(of_unit UnitFileState) in enabled*) ;; *) not_running "it is not switched on: sudo systemctl enable --now kiosk" ;; esac
echo "Looking whether the kiosk comes up (within $limit s) ..."
waited=0
until [ "$(of_unit ActiveState)" = active ]; do
    [ "$waited" -lt "$limit" ] || not_running "no picture within $limit s ($(of_unit NRestarts) restarts so far)."
    sleep 1
    waited=$((waited + 1))
done
first=$(of_unit MainPID)
sleep "$still"
[ "$(of_unit ActiveState) $(of_unit MainPID)" = "active $first" ] || not_running "it came up and ended again within $still s."
if [ -e "$safe" ]; then
    not_running "only in safe mode, after three failures; this is what it said."
fi
echo "The kiosk runs: its picture is on the screen, and it can store records."

if [ -f "$cmdline" ] && ! grep -q 'consoleblank=0' "$cmdline"; then
    echo "Hint: add consoleblank=0 to the one line of $cmdline, so that the console never goes dark during a start."
fi
if findmnt -n -o FSTYPE -T /var/lib/facial-rehab-kiosk 2>/dev/null | grep -qE 'overlay|tmpfs'; then
    echo "Hint: /var/lib forgets at power-off. Put /var/lib/facial-rehab-kiosk on a partition of its own before use."
fi
