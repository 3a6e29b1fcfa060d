#!/bin/sh
# The first program of a system that nobody writes to: what is changed lies in memory, over the disk. It is given on the
# kernel's line as init=, and goes on with systemd.
set -e
mount -t tmpfs tmpfs /mnt
mkdir /mnt/changed /mnt/work /mnt/root
modprobe overlay
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/changed,workdir=/mnt/work /mnt/root
for part in dev proc sys run; do mount -n --move /$part /mnt/root/$part; done
cd /mnt/root
mkdir -p mnt/disk
pivot_root . mnt/disk
exec /sbin/init
