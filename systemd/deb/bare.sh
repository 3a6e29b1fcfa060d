#!/usr/bin/env bash
# Makes a tar file of the smallest Debian 13 of this machine's processor, to try packages in. Needs mmdebstrap and root.
set -euo pipefail
tar=$(realpath -m "${1:?usage: bare.sh FILE.tar}")
cd "$(dirname "$0")/../.."
. systemd/deb/settings.sh
mkdir -p "$(dirname "$tar")"
debian13 | mmdebstrap --quiet --variant=minbase --mode=root --aptopt='Acquire::Languages "none"' trixie "$tar.part.tar" -
mv "$tar.part.tar" "$tar"
