#!/bin/bash
# A clean Debian root with systemd, and what the package and its test need, so that the test itself needs no network. Made once.
#
# usage: root.sh bookworm|trixie FOLDER      ends with 77 when Debian cannot be reached
set -euo pipefail
suite=$1
root=$(mkdir -p "$2" && cd "$2" && pwd)/$suite
[ ! -e "$root.complete" ] || exit 0
mirror=$(awk '/^URIs:/ { print $2; exit }' /etc/apt/sources.list.d/debian.sources 2> /dev/null || true)
vips=libvips42
[ "$suite" = bookworm ] || vips=libvips42t64
rm -rf "$root"
debootstrap --variant=minbase --include=ca-certificates,systemd,systemd-sysv,dbus,libpam-systemd,udev,tzdata "$suite" "$root" "${mirror:-http://deb.debian.org/debian}" || exit 77
mount --bind /proc "$root/proc"
trap 'umount "$root/proc"' EXIT
# No service is started in a root that is not running.
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install -y --no-install-recommends "$vips" ffmpeg libraw-bin libsqlite3-0 libsystemd0 libssl3 \
    libimage-exiftool-perl libvips-tools avahi-daemon avahi-utils polkitd udisks2 curl rclone cadaver davfs2 jq sqlite3 iproute2 procps openssl dpkg-repack < /dev/null || exit 77
rm "$root/usr/sbin/policy-rc.d"
touch "$root.complete"
