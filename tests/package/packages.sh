#!/bin/bash
# Of a package four to try upgrades with: old.deb as it is, new.deb of a later version, broken.deb of a still later one whose program does not work, and
# failing.deb, which can take over as far as anybody can tell, and when started changes the databases and ends.
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
mv "$work/root/usr/lib/albumen/albumend" "$work/albumend"
printf '#!/bin/sh\necho "this program does not work" >&2\nexit 1\n' > "$work/root/usr/lib/albumen/albumend"
again "$version+2" broken.deb
# What a migration does: a backup under the name that the package looks for, then a schema that an older program does not know.
cp "$work/albumend" "$work/root/usr/lib/albumen/albumend.works"
cat > "$work/root/usr/lib/albumen/albumend" << 'PROGRAM'
#!/bin/sh
program=/usr/lib/albumen/albumend.works state=/var/lib/albumen
[ "$1" = run ] || exec $program "$@"
saved=$state/backups/before-$($program --version | cut -d ' ' -f 2)
[ -d "$saved" ] || cp -a "$(ls -d $state/backups/2* | tail -n 1)" "$saved"
sqlite3 $state/catalog.db 'PRAGMA user_version = 999'
exit 1
PROGRAM
chmod 755 "$work/root/usr/lib/albumen/albumend"
again "$version" failing.deb
