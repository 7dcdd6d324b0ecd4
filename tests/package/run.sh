#!/bin/bash
# Tries the package's life on a clean machine of a Debian release: see life.sh. As root; the release is fetched once.
#
# usage: run.sh bookworm|trixie PACKAGE.deb [PREVIOUS.deb]      PHOTOS=10000
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
roots=${ALBUMEN_ROOTS:-/var/tmp/albumen-roots}
mkdir -p "$roots"
exec 9> "$roots/$1.lock"
flock 9
unshare --mount "$here/root.sh" "$1" "$roots" > "$roots/$1.log" 2>&1 || { code=$?; tail -n 5 "$roots/$1.log" >&2; exit $code; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/packages.sh" "$2" "$work" "${3:-}"
printf 'PHOTOS=%q exec bash /tests/life.sh /packages/old.deb /packages/new.deb /packages/broken.deb /packages/failing.deb\n' "${PHOTOS:-10000}" > "$work/script"
# nspawn's own filter does not know Landlock yet in Debian 12.
filter=(--system-call-filter=landlock_create_ruleset --system-call-filter=landlock_add_rule --system-call-filter=landlock_restrict_self)
fuse=()
[ ! -e /dev/fuse ] || fuse=(--bind=/dev/fuse)
BOOT_SECONDS=900 "$here/boot.sh" "$roots/$1" "$work/script" --bind-ro="$work:/packages" --bind-ro="$here:/tests" "${filter[@]}" "${fuse[@]}"
