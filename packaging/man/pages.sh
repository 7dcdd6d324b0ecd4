#!/bin/bash
# The manual pages that no verb has: albumend(8), as it stands here, and albumen.yaml(5), which shows the shipped configuration.
#
# usage: pages.sh FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
into=$(mkdir -p "$1" && cd "$1" && pwd)
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$here/../../Directory.Build.props")
date=$(date -u -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}" +%Y-%m-%d)

sed "s/@DATE@/$date/; s/@VERSION@/$version/" "$here/albumend.8" > "$into/albumend.8"
{
    sed "s/@DATE@/$date/; s/@VERSION@/$version/" "$here/albumen.yaml.5"
    # roff: a backslash is written \e, and a line must not begin with a dot or an apostrophe.
    sed "s/\\\\/\\\\e/g; s/-/\\\\-/g; s/^\([.']\)/\\\\\&\1/" "$here/../../config/albumen.yaml"
    echo '.EE'
    echo '.SH SEE ALSO'
    echo '.BR albumend (8), '
    echo '.BR albumen (1)'
} > "$into/albumen.yaml.5"
