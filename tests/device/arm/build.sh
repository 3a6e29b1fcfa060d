#!/usr/bin/env bash
# Builds the image of the device for arm64: a plain Debian 13 as in ../image/build.sh, and a device tree in which QEMU's
# machine "virt" is called a Raspberry Pi 4 and has a simulated header. As root: build.sh FOLDER PROCESSORS MEMORY-IN-MB,
# which must be those that it boots with. Leaves root.tree, vmlinuz, initrd.img and pi.dtb there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../image/chroot.sh"
out=$(realpath -m "${1:?usage: build.sh FOLDER PROCESSORS MEMORY}")
processors=${2:?usage: build.sh FOLDER PROCESSORS MEMORY}
memory=${3:?usage: build.sh FOLDER PROCESSORS MEMORY}
. "$here/lent.sh"
mkdir -p "$out"
cd "$out"
rm -rf --one-file-system builder work
mkdir work
export TMPDIR=$out/work DEBIAN_FRONTEND=noninteractive

echo "The device tree"
# With room for what is added.
virt="-machine virt,gic-version=2,dumpdtb=work/virt.dtb -cpu cortex-a72 -smp $processors -m $memory"
# shellcheck disable=SC2086
qemu-system-aarch64 $virt -nodefaults -display none
dtc -q -I dtb -O dtb -S 65536 -o pi.dtb.part work/virt.dtb
put() { fdtput pi.dtb.part -t "$@"; }
put s / model "Raspberry Pi 4 Model B Rev 1.5"
put s / compatible raspberrypi,4-model-b brcm,bcm2711 linux,dummy-virt
put s / serial-number 10000000c0ffee00
# Its own eight pins would be gpiochip0, and its power key an input device.
fdtput -r pi.dtb.part /gpio-keys "$(fdtget -l pi.dtb.part / | sed -n 's|^pl061|/pl061|p')"
fdtput -c pi.dtb.part /system /gpio-sim /gpio-sim/bank0
put x /system linux,revision c03115
put x /system linux,serial 10000000 c0ffee00
put s /gpio-sim compatible gpio-simulator
put s /gpio-sim/bank0 gpio-sim,label pinctrl-bcm2711
put u /gpio-sim/bank0 ngpios 54
put u /gpio-sim/bank0 '#gpio-cells' 2
fdtput pi.dtb.part /gpio-sim/bank0 gpio-controller
# shellcheck disable=SC2046
put s /gpio-sim/bank0 gpio-line-names $(printf 'GPIO%s ' $(seq 0 27))

echo "Debian 13 for arm64 from this machine's mirror"
packages=(
    linux-image-arm64 systemd-sysv systemd-timesyncd systemd-resolved libpam-systemd dbus udev kmod iproute2 python3
    ca-certificates sudo procps less exfatprogs dosfstools e2fsprogs python3-evdev initramfs-tools usbutils
    util-linux-extra login passwd nano libcap2-bin adduser
)
tree=$out/root.tree
# Half an hour on a busy machine: whoever was broken off after it goes on from it.
if [ ! -e debian.made ]; then
    rm -rf --one-file-system "$tree"
    bare "$tree" "${packages[@]}"
    touch debian.made
fi
kernel=$(basename "$tree"/usr/lib/modules/*)

echo "What Debian's kernel and archive lack: gpio-sim, lgpio"
cp -a --reflink=auto root.tree builder
enter builder
nice chroot builder apt-get update -qq
nice chroot builder apt-get install -y -qq --no-install-recommends "linux-headers-$kernel" linux-source-6.12 xz-utils gcc \
    libc6-dev make python3-dev python3-setuptools swig >/dev/null
source=linux-source-6.12
tar -C work -xf builder/usr/src/$source.tar.xz $source/drivers/gpio $source/kernel/irq
module=builder/root/gpio
mkdir -p $module
cp work/$source/drivers/gpio/gpio-sim.c $module/gpio-sim-main.c
# irq_sim is not exported by Debian's kernel: it is linked in, by the one function that a module may call.
sed 's/irq_to_desc(irqnum)/irq_data_to_desc(irq_get_irq_data(irqnum))/' work/$source/kernel/irq/irq_sim.c >$module/irq_sim.c
printf 'obj-m += gpio-sim.o\ngpio-sim-y := gpio-sim-main.o irq_sim.o\n' >$module/Makefile
python3 -m pip -q download --no-deps --no-binary lgpio -d work lgpio==0.2.2.0
mkdir builder/root/lgpio
tar -C builder/root/lgpio --strip-components 1 -xf work/lgpio-0.2.2.0.tar.gz
nice chroot builder make -s -C "/lib/modules/$kernel/build" M=/root/gpio modules
nice chroot builder sh -c 'cd /root/lgpio && PYPI=1 python3 setup.py -q build_ext --inplace && PYPI=1 python3 setup.py -q build_py' >/dev/null 2>&1
leave builder
mkdir -p "$tree/usr/lib/modules/$kernel/updates"
cp $module/gpio-sim.ko "$tree/usr/lib/modules/$kernel/updates/"
cp builder/root/lgpio/lgpio.py builder/root/lgpio/_lgpio*.so "$tree/usr/lib/python3/dist-packages/"
rm -rf --one-file-system builder

echo "The device's own: agent, header"
install -m 0755 "$here/../image/agent.py" "$tree/usr/local/sbin/device-agent"
install -m 0755 "$here/header.sh" "$tree/usr/local/sbin/device-header"
install -m 0644 -t "$tree/etc/systemd/system" "$here"/../image/device-{agent,header}.service
for group in gpio i2c spi; do chroot "$tree" groupadd -f -r $group; done
echo 'SUBSYSTEM=="gpio", KERNEL=="gpiochip*", GROUP="gpio", MODE="0660"' >"$tree/etc/udev/rules.d/99-com.rules"
chroot "$tree" id -u tech >/dev/null 2>&1 || chroot "$tree" useradd -m -s /bin/bash -G sudo,gpio,video tech
chroot "$tree" passwd -q -d root
echo device >"$tree/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 device\n' >"$tree/etc/hosts"
echo '/dev/vda / ext4 defaults,noatime 0 1' >"$tree/etc/fstab"
mkdir -p "$tree/var/log/journal"
: >"$tree/etc/apt/sources.list" # the mirror was this machine's; the device has none
rm -rf --one-file-system "$tree"/etc/apt/sources.list.d/* "$tree"/var/lib/apt/lists/* "$tree"/var/cache/apt/*.bin
chroot "$tree" systemctl -q enable device-agent device-header serial-getty@ttyAMA0
chroot "$tree" systemctl -q disable apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer dpkg-db-backup.timer
chroot "$tree" depmod "$kernel"
printf 'MODULES=list\nCOMPRESS=gzip\nFSTYPE=ext4\n' >"$tree/etc/initramfs-tools/conf.d/device"
printf 'virtio_pci\nvirtio_blk\next4\ncrc32c_generic\ncrc32c\n' >"$tree/etc/initramfs-tools/modules"
enter root.tree
chroot "$tree" update-initramfs -u >/dev/null 2>&1
leave root.tree
cp "$tree/boot/vmlinuz-$kernel" vmlinuz
cp "$tree/boot/initrd.img-$kernel" initrd.img
mv pi.dtb.part pi.dtb
rm -rf --one-file-system work
