#!/usr/bin/env bash
# Installs the product's offline folder at this machine's speed, in a copy of the image's tree that is entered as a chroot,
# without a network. As root: offline.sh TREE FOLDER-WITH-offline-AND-checkout NEW-TREE.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/chroot.sh"
tree=${1:?usage: offline.sh TREE FOLDER NEW-TREE}
content=${2:?usage: offline.sh TREE FOLDER NEW-TREE}
new=${3:?usage: offline.sh TREE FOLDER NEW-TREE}
export TMPDIR=/tmp # in the tree
rm -rf --one-file-system "$new"
cp -a --reflink=auto "$tree" "$new"
enter "$new"
mount --bind "$content" "$new/mnt"
nice unshare --net chroot "$new" /mnt/offline/install.sh
cp -r "$content/checkout" "$new/home/tech/kiosk"
umount "$new/mnt"
leave "$new"
