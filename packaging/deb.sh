#!/bin/bash
# Builds the Debian package from a copy of the source as it is here, and looks at it with lintian.
#
# usage: deb.sh FOLDER      the package, its .changes and .buildinfo are left there
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
into=$(mkdir -p "$1" && cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# dpkg-buildpackage leaves its results beside the source and its traces in it.
mkdir "$work/albumen"
if git -C "$source" rev-parse --git-dir > /dev/null 2>&1; then
    comm -z -23 <(git -C "$source" ls-files -z --cached --others --exclude-standard | sort -zu) <(git -C "$source" ls-files -z --deleted | sort -zu) | (cd "$source" && xargs -0 cp --parents -a -t "$work/albumen")
else
    cp -a "$source/." "$work/albumen"
fi
"$source/packaging/changelog.sh" | cmp -s - "$source/debian/changelog" || { echo "debian/changelog is not what packaging/changes say; packaging/changelog.sh > debian/changelog makes it anew." >&2; exit 1; }

(cd "$work/albumen" && dpkg-buildpackage --no-sign --build=binary -d > "$work/log" 2>&1) || { tail -n 40 "$work/log" >&2; exit 1; }
rm -f "$into"/albumen_*
cp "$work"/albumen_* "$into"
lintian --allow-root --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs "$into"/albumen_*.deb
ls -l --block-size=M "$into"/albumen_*.deb | awk '{ print $9 ": " $5 }'
