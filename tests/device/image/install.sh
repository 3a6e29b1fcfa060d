#!/usr/bin/env bash
# Installs a checkout of the product by its own installer, at this machine's speed, in a copy of the image's tree that is
# entered as a chroot. As root: install.sh TREE CHECKOUT NEW-TREE.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/chroot.sh"
tree=${1:?usage: install.sh TREE CHECKOUT NEW-TREE}
checkout=${2:?usage: install.sh TREE CHECKOUT NEW-TREE}
new=${3:?usage: install.sh TREE CHECKOUT NEW-TREE}
export DEBIAN_FRONTEND=noninteractive TMPDIR=/tmp
rm -rf --one-file-system "$new"
cp -a --reflink=auto "$tree" "$new"
mkdir "$new/home/tech/kiosk"
tar -C "$checkout" -cf - --exclude=./build --exclude=./.venv --exclude=./.git . | tar -C "$new/home/tech/kiosk" -xf -
enter "$new"
echo "deb $(mirror) trixie main" >"$new/etc/apt/sources.list"
export PIP_CERT=/run/host/ca-certificates.crt SSL_CERT_FILE=/run/host/ca-certificates.crt
# Nothing runs in a tree: systemctl only links and unlinks there, and refuses --now.
export SYSTEMD_OFFLINE=1
mkdir "$new/run/host/bin"
cat >"$new/run/host/bin/systemctl" <<'WRAPPER'
#!/bin/bash
exec /usr/bin/systemctl "${@/--now/--quiet}"
WRAPPER
chmod 0755 "$new/run/host/bin/systemctl"
export PATH=/run/host/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
unset PIP_FIND_LINKS PIP_CONFIG_FILE
nice chroot "$new" make -C /home/tech/kiosk install
# For tests that look at one fault at a time: two packages that the installation once forgot.
mkdir "$new/home/tech/wayland"
chroot "$new" sh -c 'cd /home/tech/wayland && apt-get download -qq libwayland-egl1 libwayland-cursor0'
chroot "$new" chown -R tech:tech /home/tech/kiosk
leave "$new"
: >"$new/etc/apt/sources.list"
rm -rf --one-file-system "$new"/var/lib/apt/lists/* "$new"/var/cache/apt/* "$new/root/.cache"
