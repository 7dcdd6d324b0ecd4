#!/bin/bash
# debian/tests: the package's life, see life.sh, from the package that is installed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && dpkg-repack --tag=none albumen)
dpkg -P albumen
"$here/packages.sh" "$work"/albumen_*.deb "$work"
PHOTOS=${PHOTOS:-2000} bash "$here/life.sh" "$work/old.deb" "$work/new.deb" "$work/broken.deb" "$work/failing.deb"
