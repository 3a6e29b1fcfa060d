#!/usr/bin/env bash
# Installs the product's offline folder in a copy of the image's tree, by a processor lent: ../image/offline.sh says how.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lent.sh"
exec "$here/../image/offline.sh" "$@"
