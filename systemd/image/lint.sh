#!/bin/sh
# Hold the layer and its configuration against rpi-image-gen's own checks: lint.sh CHECKOUT-OF-RPI-IMAGE-GEN
# Needs Python with PyYAML and python-debian (PYTHON names another one). Builds nothing.
set -eu
tool=$(cd "${1:?usage: lint.sh CHECKOUT-OF-RPI-IMAGE-GEN}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
ig() { "${PYTHON:-python3}" "$tool/bin/ig" "$@"; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/dynamic" # where layers are put that the tool makes while it runs
places="DYNlayer=$work/dynamic:app=$here/layer:layer=$tool/layer:device=$tool/device:image=$tool/image"

ig metadata --lint "$here/layer/facial-rehab-kiosk.yaml"
ig layer --path "$places" --describe facial-rehab-kiosk > /dev/null

# As the tool itself goes on with a configuration: its defaults, ours, and every layer that they call for.
echo deb > "$work/some.deb"
echo "IGconf_facialrehabkiosk_deb=$work/some.deb" > "$work/overrides"
ig config --path "$here/config:$tool/config" --overrides "$work/overrides" --write-to "$work/ours" \
    facial-rehab-kiosk.yaml > "$work/said" 2>&1 || { cat "$work/said"; exit 1; }
ig metadata --emit "$tool/registry.defs" > "$work/env"
cat "$work/ours" >> "$work/env"
cat >> "$work/env" <<EOF
DEB_BUILD_ARCH="arm64"
DEB_HOST_ARCH="arm64"
DEB_BUILD_GNU_TYPE="aarch64-linux-gnu"
DEB_HOST_GNU_TYPE="aarch64-linux-gnu"
TOOLCHAIN_MODE="native"
IGTOP="$tool"
IGROOT="$tool"
LAYER_HOOKS="$tool/layer-hooks"
RPI_TEMPLATES="$tool/templates/rpi"
SRCROOT="$here"
DYNROOT="$work"
EOF
ig pipeline --env-in "$work/env" --path "$places" --env-out "$work/resolved" --plan-out "$work/plan" \
    --layers essential rpi5 image-rota trixie-minbase facial-rehab-kiosk > "$work/said" 2>&1 ||
    { cat "$work/said"; exit 1; }
grep -q "facial-rehab-kiosk" "$work/plan"
grep -q "image-rota" "$work/plan"
echo "The layer lints, and takes its place among those of the A/B layout. No image was built."
