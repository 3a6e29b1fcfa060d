# shellcheck shell=bash
# What the scripts for arm64 share: this machine's processor lent to programs of aarch64, and a Debian of theirs.

# Without a model named the emulation of an unlimited processor is twenty times slower.
export QEMU_CPU=cortex-a72
mountpoint -q /proc/sys/fs/binfmt_misc || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
[ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] || update-binfmts --enable qemu-aarch64

bare() { # TREE PACKAGE...: a new folder with Debian 13 for arm64 from this machine's mirror
    local tree=$1 IFS=,
    shift
    mkdir -p "$tree"
    nice mmdebstrap --quiet --arch=arm64 --variant=minbase --mode=root --components=main --format=directory \
        --aptopt='Acquire::Languages "none"' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --skip=check/empty --include="$*" trixie "$tree" "$(mirror)"
}
