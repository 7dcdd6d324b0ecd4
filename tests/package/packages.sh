#!/bin/bash
# Of a package three to try upgrades with: old.deb as it is, new.deb of a later version, broken.deb of a still later one whose program does not work.
#
# usage: packages.sh PACKAGE.deb FOLDER [PREVIOUS.deb]      PREVIOUS.deb: an earlier build, which is old.deb then
set -euo pipefail
package=$(readlink -f "$1")
into=$(mkdir -p "$2" && cd "$2" && pwd)
version=$(dpkg-deb -f "$package" Version)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

again() { # VERSION FILE
    sed -i "s/^Version: .*/Version: $1/" "$work/root/DEBIAN/control"
    sed -i "s/$version/$1/g" "$work/root/DEBIAN/preinst"
    dpkg-deb --root-owner-group -Zgzip -z1 -b "$work/root" "$into/$2" > /dev/null
    version=$1
}

cp "${3:-$package}" "$into/old.deb"
dpkg-deb -R "$package" "$work/root"
again "$version+1" new.deb
printf '#!/bin/sh\necho "this program does not work" >&2\nexit 1\n' > "$work/root/usr/lib/albumen/albumend"
again "$version+2" broken.deb
