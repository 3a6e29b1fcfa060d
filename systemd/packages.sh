#!/usr/bin/env bash
# Finds which system packages are missing for a purpose (the usage below) by trying what they provide, says which
# and why, and only then installs them: as root at once, with sudo after saying so, otherwise it explains and stops.
set -euo pipefail

purpose=${1:?usage: packages.sh run|test|test-slow|readers|voice|deb|offline|deb-test|device|arm}
python=${PYTHON:-python3}
missing=()
reasons=()

need() { # PACKAGE REASON COMMAND...: the package is missing when the command fails
    local package=$1 reason=$2
    shift 2
    "$@" >/dev/null 2>&1 && return
    missing+=("$package")
    reasons+=("  $package: $reason")
}
loads() { "$python" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1"; }
imports() { "$python" -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)' "$1"; }
has_headers() { "$python" -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))'; }
needs_wayland() { # what SDL loads by name on Wayland: without one it crashes
    local part
    for part in libwayland-egl1=libwayland-egl.so.1 libwayland-cursor0=libwayland-cursor.so.0; do
        need "${part%%=*}" "lets the kiosk draw under cage" loads "${part#*=}"
    done
    need cage "shows the kiosk, and nothing else, on the screen" command -v cage
    # Debian 12's cage does not start without it.
    ! grep -qs '^VERSION_ID="12"' /etc/os-release || need xwayland "cage 0.1.4 starts it" command -v Xwayland
}
on_a_pi() { grep -qs 'Raspberry Pi' /proc/device-tree/model; }

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "The kiosk needs Python 3.11 or newer, and '$python' is not. Install it, or name it: make PYTHON=/path/to/python3" >&2
    exit 1
fi

need python3-venv "makes the virtual environment" imports ensurepip
if [[ $purpose != deb && $purpose != offline ]]; then
    need gcc "builds the reader of foot pedals" command -v gcc
    need python3-dev "builds the reader of foot pedals" has_headers
    if on_a_pi; then
        # A Raspberry Pi gets these from its own system: they must match its kernel and its libcamera.
        need python3-picamera2 "the Pi's camera" imports picamera2
        need python3-lgpio "buttons and lights" imports lgpio
        need python3-evdev "foot pedals and keyboards" imports evdev
    fi
fi
if [[ $purpose == test* || $purpose == readers ]]; then
    need poppler-utils "reads and draws the report as others do" command -v pdftoppm
    need qpdf "checks the report and its password" command -v qpdf
fi
if [[ $purpose == test* ]]; then
    need xvfb "a screen for the tests" command -v Xvfb
    needs_wayland
    need grim "reads back what the tests see under cage" command -v grim
    need xdotool "presses keys in the tests" command -v xdotool
    need systemd "checks the kiosk's units" command -v systemd-analyze
    need dbus "a bus for a stick service of the tests' own" command -v dbus-daemon
fi
if [[ $purpose == test-slow || $purpose == readers ]]; then
    need libreoffice-calc-nogui "opens the workbook as staff do" command -v soffice
    need chromium "draws the report on a page" command -v chromium
    need npm "brings what reads a package in JavaScript" command -v npm
fi
if [ "$purpose" = test-slow ]; then
    # Debian 12 has Java 17, Debian 13 has 21: Spark takes both.
    need default-jre-headless "runs Spark, which reads what a clinic publishes" command -v java
fi
if [ "$purpose" = voice ]; then
    need sox "writes the prompts as Ogg Vorbis, the same bytes each time" command -v sox
    need libsox-fmt-base "gives it Vorbis" bash -c 'sox --help | grep -q vorbis'
    need npm "fetches the styles of the Spanish voice" command -v npm
fi
if [[ $purpose =~ ^(offline|deb-test|device|arm)$ ]]; then
    need apt-utils "makes apt's index of a folder" command -v apt-ftparchive
fi
if [ "$purpose" = deb-test ]; then
    need lintian "reads the package as Debian's own would be read" command -v lintian
fi
if [[ $purpose =~ ^(deb-test|device|arm)$ ]]; then
    need mmdebstrap "makes a Debian 13 to try the package in" command -v mmdebstrap
fi
if [ "$purpose" = arm ]; then
    need qemu-system-arm "is the emulated Raspberry Pi" command -v qemu-system-aarch64
    need qemu-utils "makes its disks" command -v qemu-img
    need device-tree-compiler "calls it a Raspberry Pi" command -v fdtput
    need qemu-user-static "lends this machine's processor to aarch64" command -v qemu-aarch64-static
    need binfmt-support "lends this machine's processor to aarch64" command -v update-binfmts
    need arch-test "asks whether it is lent" command -v arch-test
fi
if [ "$purpose" = device ]; then
    need qemu-system-x86 "is the virtual device" command -v qemu-system-x86_64
    need qemu-utils "makes its disks" command -v qemu-img
    need e2fsprogs "looks at its disks after a power cut" command -v debugfs
    need fdisk "makes its sticks" command -v sfdisk
    need dosfstools "makes its sticks" command -v mkfs.vfat
    need exfatprogs "makes its sticks" command -v mkfs.exfat
    need ntfs-3g "makes its sticks" command -v mkfs.ntfs
    need mtools "fills its sticks" command -v mcopy
    need sleuthkit "reads its sticks" command -v tsk_recover
fi

[ ${#missing[@]} -gt 0 ] || exit 0

install=(apt-get install --yes --no-install-recommends "${missing[@]}")
echo "The kiosk needs system packages that are not here:"
printf '%s\n' "${reasons[@]}"
if ! command -v apt-get >/dev/null; then
    echo "This system has no apt-get. Install what your system calls these packages, then run the command again." >&2
    exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
    echo "Installing them now: apt-get update && ${install[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    "${install[@]}"
elif command -v sudo >/dev/null; then
    echo "Installing them now with sudo (it may ask for your password): sudo apt-get update && sudo ${install[*]}"
    sudo apt-get update -qq
    sudo env DEBIAN_FRONTEND=noninteractive "${install[@]}"
else
    echo "You are not root and there is no sudo. Ask your administrator to run: apt-get update && ${install[*]}" >&2
    exit 1
fi
