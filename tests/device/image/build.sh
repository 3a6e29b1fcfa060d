#!/usr/bin/env bash
# Builds the virtual device's image, as plain as a Raspberry Pi OS Lite: nothing of the kiosk's, and none of what its
# package must bring (cage, seatd, udisks2, polkitd, alsa-utils). As root: build.sh FOLDER. Leaves root.tree (the files),
# vmlinuz and initrd.img there. The mirror is DEVICE_MIRROR, else the one this machine's own apt takes Debian from.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/chroot.sh"
out=${1:?usage: build.sh FOLDER}
mkdir -p "$out"
cd "$out"
rm -rf --one-file-system root.tree builder work
mkdir work
export TMPDIR=$out/work DEBIAN_FRONTEND=noninteractive

packages=(
    linux-image-amd64 systemd-sysv systemd-timesyncd systemd-resolved libpam-systemd dbus udev kmod iproute2 python3
    ca-certificates sudo procps less git make exfatprogs dosfstools e2fsprogs gpiod python3-evdev initramfs-tools usbutils
    util-linux-extra login passwd nano libcap2-bin adduser
)
echo "Debian 13 from this machine's mirror"
nice mmdebstrap --quiet --variant=minbase --mode=root --components=main --aptopt='Acquire::Languages "none"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' --skip=check/empty \
    --include="$(IFS=,; echo "${packages[*]}")" trixie work/root.tar "$(mirror)"
mkdir root.tree
tar -C root.tree -xf work/root.tar
rm work/root.tar
tree=$out/root.tree
kernel=$(basename "$tree"/usr/lib/modules/*)

echo "What Debian's kernel and archive lack: gpio-sim, v4l2loopback, lgpio"
cp -a --reflink=auto root.tree builder
enter builder
nice chroot builder apt-get update -qq
nice chroot builder apt-get install -y -qq --no-install-recommends "linux-headers-$kernel" linux-source-6.12 xz-utils gcc \
    libc6-dev python3-dev python3-setuptools swig >/dev/null
chroot builder sh -c 'cd /root && apt-get download -qq v4l2loopback-dkms && dpkg -x v4l2loopback-dkms_*.deb loopback' 2>/dev/null
source=linux-source-6.12
tar -C work -xf builder/usr/src/$source.tar.xz $source/drivers/gpio $source/kernel/irq
mods=builder/root/mods
mkdir -p $mods/gpio $mods/loopback
cp work/$source/drivers/gpio/gpio-sim.c $mods/gpio/gpio-sim-main.c
# irq_sim is not exported by Debian's kernel: it is linked in, by the one function that a module may call.
sed 's/irq_to_desc(irqnum)/irq_data_to_desc(irq_get_irq_data(irqnum))/' work/$source/kernel/irq/irq_sim.c >$mods/gpio/irq_sim.c
printf 'obj-m += gpio-sim.o\ngpio-sim-y := gpio-sim-main.o irq_sim.o\n' >$mods/gpio/Makefile
cp builder/root/loopback/usr/src/v4l2loopback-*/v4l2loopback*.[ch] $mods/loopback/
printf 'obj-m += v4l2loopback.o\n' >$mods/loopback/Makefile
python3 -m pip -q download --no-deps --no-binary lgpio -d work lgpio==0.2.2.0
mkdir builder/root/lgpio
tar -C builder/root/lgpio --strip-components 1 -xf work/lgpio-0.2.2.0.tar.gz
for module in gpio loopback; do
    nice chroot builder make -s -C "/lib/modules/$kernel/build" M=/root/mods/$module modules
done
nice chroot builder sh -c 'cd /root/lgpio && PYPI=1 python3 setup.py -q build_ext --inplace && PYPI=1 python3 setup.py -q build_py' >/dev/null 2>&1
leave builder
mkdir "$tree/usr/lib/modules/$kernel/updates"
cp $mods/gpio/gpio-sim.ko $mods/loopback/v4l2loopback.ko "$tree/usr/lib/modules/$kernel/updates/"
cp builder/root/lgpio/lgpio.py builder/root/lgpio/_lgpio*.so "$tree/usr/lib/python3/dist-packages/"
rm -rf --one-file-system builder

echo "The device's own: agent, header, user"
install -m 0755 "$here/agent.py" "$tree/usr/local/sbin/device-agent"
install -m 0755 "$here/header.sh" "$tree/usr/local/sbin/device-header"
install -m 0644 -t "$tree/etc/systemd/system" "$here/device-agent.service" "$here/device-header.service"
for group in gpio i2c spi; do chroot "$tree" groupadd -f -r $group; done
echo 'SUBSYSTEM=="gpio", KERNEL=="gpiochip*", GROUP="gpio", MODE="0660"' >"$tree/etc/udev/rules.d/99-com.rules"
chroot "$tree" useradd -m -s /bin/bash -G sudo,gpio,video tech
echo tech:tech | chroot "$tree" chpasswd
echo 'tech ALL=(ALL) NOPASSWD: ALL' >"$tree/etc/sudoers.d/010_tech"
chroot "$tree" passwd -q -d root
echo device >"$tree/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 device\n' >"$tree/etc/hosts"
echo '/dev/vda / ext4 defaults,noatime 0 1' >"$tree/etc/fstab"
mkdir -p "$tree/var/log/journal"
: >"$tree/etc/apt/sources.list" # the mirror was this machine's; the device has none
rm -rf --one-file-system "$tree"/etc/apt/sources.list.d/* "$tree"/var/lib/apt/lists/* "$tree"/var/cache/apt/*.bin
chroot "$tree" systemctl -q enable device-agent device-header serial-getty@ttyS0
chroot "$tree" systemctl -q disable apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer dpkg-db-backup.timer
chroot "$tree" depmod "$kernel"
printf 'MODULES=list\nCOMPRESS=gzip\nFSTYPE=ext4\n' >"$tree/etc/initramfs-tools/conf.d/device"
printf 'virtio_pci\nvirtio_blk\next4\ncrc32c_generic\ncrc32c\n' >"$tree/etc/initramfs-tools/modules"
enter root.tree
chroot "$tree" update-initramfs -u >/dev/null 2>&1
leave root.tree
cp "$tree/boot/vmlinuz-$kernel" vmlinuz
cp "$tree/boot/initrd.img-$kernel" initrd.img
rm -rf --one-file-system work
