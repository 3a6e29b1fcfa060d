#!/bin/sh
# A Raspberry Pi's header, simulated: one GPIO chip with a Pi's label and a Pi's revision in /proc/cpuinfo.
set -e
modprobe gpio-sim
mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config
bank=/sys/kernel/config/gpio-sim/pi/bank0
mkdir -p "$bank"
echo 54 >"$bank/num_lines"
echo pinctrl-bcm2711 >"$bank/label"
for line in $(seq 0 27); do
    mkdir "$bank/line$line"
    echo "GPIO$line" >"$bank/line$line/name"
done
echo 1 >/sys/kernel/config/gpio-sim/pi/live
for line in $(seq 0 27); do # contacts are open at rest
    for pull in /sys/devices/platform/gpio-sim.0/gpiochip*/sim_gpio"$line"/pull; do echo pull-up >"$pull"; done
done
{
    cat /proc/cpuinfo
    printf 'Revision\t: c03115\nModel\t\t: Raspberry Pi 4 Model B Rev 1.5 (simulated)\n'
} >/run/device-cpuinfo
mount --bind /run/device-cpuinfo /proc/cpuinfo
