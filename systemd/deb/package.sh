#!/usr/bin/env bash
# Builds build/deb/facial-rehab-kiosk_VERSION_ARCH.deb: one release, its units, and what installing does. Needs dpkg-deb and
# what tree.sh needs; no root. Twice makes the same bytes. VERSION=… makes up another version, XZ=0 … 9 how small it becomes.
set -euo pipefail
umask 022

arch=${1:?usage: package.sh amd64|arm64}
cd "$(dirname "$0")/../.."
. systemd/deb/settings.sh
version=${VERSION:-$VERSION_OF_SOURCE}
name=facial-rehab-kiosk
mkdir -p build/deb
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
# mktemp's folder is closed to all others; as the package's / it would close the device's.
chmod 755 "$root"

systemd/deb/tree.sh "$version" "$arch" "$root/opt/$name/$version"
file() { install -D -m "$1" "$2" "$root/$3"; }
units=() enabled=()
for unit in systemd/"$name"*.service systemd/"$name"*.path systemd/"$name"*.timer; do
    [ -f "$unit" ] || continue
    file 0644 "$unit" "usr/lib/systemd/system/${unit##*/}"
    units+=("${unit##*/}")
    ! grep -q '^\[Install\]' "$unit" || enabled+=("${unit##*/}")
done
file 0644 systemd/deb/getty.conf "usr/lib/systemd/system/getty@tty1.service.d/$name.conf"
file 0644 systemd/$name-watchdog.conf usr/lib/systemd/system.conf.d/60-$name.conf
file 0644 systemd/$name.sysusers usr/lib/sysusers.d/$name.conf
file 0644 systemd/$name.modules usr/lib/modules-load.d/$name.conf
file 0644 systemd/$name.rules usr/share/polkit-1/rules.d/50-$name.rules
for script in kiosk-ended kiosk-starting; do file 0755 systemd/$script.sh usr/lib/$name/$script; done
file 0755 systemd/deb/look.sh usr/lib/$name/look
file 0755 systemd/kiosk-command.sh usr/bin/kiosk

install -d -m 0755 "$root/etc/$name/release-keys"

docs=usr/share/doc/$name
file 0644 systemd/deb/copyright $docs/copyright
file 0644 systemd/deb/overrides usr/share/lintian/overrides/$name
printf '%s (%s) trixie; urgency=medium\n\n  * What used to be and what is now: /opt/%s/%s/CHANGELOG.md\n\n -- %s  %s\n' \
    $name "$version" $name "$version" "$(sed -n 's/^Maintainer: //p' systemd/deb/control)" \
    "$(LC_ALL=C date -uR -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$root/$docs/changelog.gz"
file 0644 "$root/opt/$name/$version/NOTICE" $docs/NOTICE

mkdir "$root/DEBIAN"
size=$(du -k --apparent-size -s "$root" | cut -f1)
for part in control postinst prerm postrm; do
    sed -e "s/@VERSION@/$version/g; s/@ARCH@/$arch/; s/@SIZE@/$size/" \
        -e "s/@UNITS@/${units[*]}/; s/@ENABLED@/${enabled[*]}/" systemd/deb/$part >"$root/DEBIAN/$part"
done
chmod 755 "$root"/DEBIAN/{postinst,prerm,postrm}
(cd "$root" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums)
find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +

deb=build/deb/${name}_${version}_$arch.deb
dpkg-deb --root-owner-group -Zxz -z"${XZ:-6}" --build "$root" "$deb.part" >/dev/null
mv "$deb.part" "$deb"
echo "$deb"
