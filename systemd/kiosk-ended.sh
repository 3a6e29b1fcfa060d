#!/bin/sh
# Run by the kiosk's unit each time the kiosk has ended. Three failures within five minutes leave the flag of safe mode
# for the next start; a stop or restart that somebody asked for begins anew, and is no failure however long it takes.
# Seconds since power-on, so that a clock that jumps counts nothing twice: NOW and PLACE are for the tests.
set -eu
unit=facial-rehab-kiosk.service
place=${PLACE:-/run/facial-rehab-kiosk-safe}
now=${NOW:-$(cut -d. -f1 /proc/uptime)}

if systemctl list-jobs --plain --no-legend 2>/dev/null | grep -qE " $unit +(stop|restart) "; then
    rm -rf "$place"
elif [ -e "${STATE:-/var/lib/facial-rehab-kiosk-update}/probation.json" ]; then
    : # A release on probation: kiosk-starting counts its starts, and goes back rather than into safe mode.
elif [ "${EXIT_STATUS:-}" = 75 ]; then
    : # "Try again later": no screen is switched on. Simple mode would not help, and somebody may switch it on.
elif [ "${SERVICE_RESULT:-success}" != success ]; then
    mkdir -p "$place"
    echo "$now" >>"$place/failures"
    third=$(tail -n 3 "$place/failures" | head -n 1)
    if [ "$(wc -l <"$place/failures")" -ge 3 ] && [ $((now - third)) -le 300 ]; then
        echo RUN_FLAGS=--safe >"$place/flags"
        echo "The kiosk failed three times within five minutes: it starts in safe mode."
    fi
fi
