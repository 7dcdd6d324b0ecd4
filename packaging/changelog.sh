#!/bin/bash
# debian/changelog, made of packaging/changes: one entry for this version, one point a topic.
#
# usage: changelog.sh > debian/changelog
set -euo pipefail
cd "$(dirname "$0")"
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' ../Directory.Build.props)
# The date stays as it was while the version does, so that two builds of one version are the same.
date=$(sed -n "1,/^ -- /{/^ -- /s/.*>  //p}" ../debian/changelog 2> /dev/null || true)
[ -n "$date" ] && head -n 1 ../debian/changelog | grep -qF "($version)" || date=$(date -R)

echo "albumen ($version) unstable; urgency=medium"
echo
for file in changes/*.md; do
    tr '\n' ' ' < "$file" | sed 's/`//g; s/  */ /g; s/ $//' | fold -s -w 74 | sed '1s/^/  * /; 2,$s/^/    /; s/ *$//'
    echo
done | sed '/^$/d'
echo
echo " -- Albumen <packages@albumen.invalid>  $date"
