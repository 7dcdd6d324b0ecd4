#!/bin/bash
# Boots a root under systemd as PID 1, with a network of its own and every change thrown away, runs a script there as root, prints what it says, and
# ends as it ends.
#
# usage: boot.sh ROOT SCRIPT [systemd-nspawn's options ...]      BOOT_SECONDS=300 at most
set -euo pipefail
root=$(readlink -f "$1")
script=$(readlink -f "$2")
shift 2
export root script limit=${BOOT_SECONDS:-300}
exec unshare --mount bash -c '
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p /run/box/{upper,work,root}
mount -t tmpfs tmpfs /run/box
mkdir -p /run/box/{upper,work,root}
mount -t overlay overlay -o lowerdir=$root,upperdir=/run/box/upper,workdir=/run/box/work /run/box/root
box=/run/box/root
install -m 755 "$script" $box/script
cat > $box/etc/systemd/system/script.service << UNIT
[Unit]
After=multi-user.target dbus.service
SuccessAction=exit-force
FailureAction=exit-force
[Service]
Type=oneshot
ExecStart=/bin/bash /script
StandardOutput=file:/said
StandardError=inherit
TimeoutStartSec=$limit
UNIT
cat > $box/etc/systemd/system/script.target << UNIT
[Unit]
Requires=multi-user.target
Wants=script.service
After=multi-user.target
UNIT
code=0
touch $box/said
tail -n +1 -s 0.2 -f $box/said &
follower=$!
# systemd-nspawn wants a terminal.
timeout $((limit + 20)) script -qec "systemd-nspawn -q -D $box --boot --register=no --keep-unit --hostname=nas --private-network $* systemd.unit=script.target" /run/box/console < /dev/null > /dev/null 2>&1 || code=$?
sleep 2
kill $follower
[ -s $box/said ] || cat /run/box/console
exit $code' boot "$@"
