#!/bin/sh
# Starts the command that this file is called as, from the release that it lies in: its own lib/ first, the system's
# packages behind it (picamera2, lgpio and evdev match the system's kernel), and nothing of a user's or a working folder's.
# One process more and no others: on a slow board each costs a start some time.
itself=$(readlink -f "$0")
release=${itself%/*/*}
export PYTHONPATH="$release/lib" PYTHONSAFEPATH=1 PYTHONNOUSERSITE=1
module=${0##*/}
case $module in *-*) module=${module%%-*}_${module#*-} ;; esac
exec /usr/bin/python3 -m "$module" "$@"
