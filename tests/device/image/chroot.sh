# shellcheck shell=bash
# What the scripts of the image share: this machine's Debian mirror, and going into a tree of files as if it ran.

mirror() {
    if [ -n "${DEVICE_MIRROR:-}" ]; then
        echo "$DEVICE_MIRROR"
    else
        apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Identifier: Packages' | awk '$2 == "Debian" {print $1; exit}'
    fi
}

[ "$(id -u)" = 0 ] || { echo "Building the device's image needs root: sudo make device-test" >&2; exit 1; }
# In mounts of the script's own: however it ends, nothing of it stays mounted where somebody could delete through it.
[ -n "${OWN_MOUNTS:-}" ] || exec env OWN_MOUNTS=1 unshare --mount --propagation private "$0" "$@"

enter() { # TREE: its /proc and names, until `leave`. Its /dev is its own: the host's is never in it
    mount -t proc proc "$1/proc"
    cp --remove-destination -L /etc/resolv.conf "$1/etc/resolv.conf"
    cp -L /etc/hosts "$1/etc/hosts"
    # Fetching in the tree trusts what this machine trusts; `leave` takes that away again.
    mkdir -p "$1/run/host"
    cp /etc/ssl/certs/ca-certificates.crt "$1/run/host/"
}

leave() { # TREE
    umount "$1/proc"
    rm -rf "$1/run/host"
    printf '127.0.0.1 localhost\n127.0.1.1 device\n' >"$1/etc/hosts"
}
