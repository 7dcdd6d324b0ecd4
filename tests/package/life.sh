#!/bin/bash
# The package's life on a machine of its own, with systemd as PID 1: installed, configured, mounted, reloaded, restarted, upgraded, an upgrade that fails, a
# downgrade that is refused, removed, purged; the library's bytes, names, times and rights the same throughout. Prints 'ok' or 'not ok' a check.
#
# usage: life.sh OLD.deb NEW.deb BROKEN.deb FAILING.deb      as packages.sh makes them
set -uo pipefail
old=$1 new=$2 broken=$3 failing=$4
photos=${PHOTOS:-10000}
export HOME=/root LC_ALL=C
failures=0
base=http://127.0.0.1:1850

ok() { # NAME COMMAND ...
    local name=$1
    shift
    if "$@" > /tmp/last 2>&1; then echo "ok      $name"; else
        echo "not ok  $name"
        sed 's/^/            /' /tmp/last | tail -n 20
        failures=$((failures + 1))
    fi
}
no() { ! "$@"; }
is() { [ "$1" = "$2" ] || { echo "'$1' is not '$2'"; return 1; }; }
has() { grep -qF -- "$2" <<< "$1" || { echo "'$2' is not in: $1"; return 1; }; }
note() { echo "note    $*"; }
until_true() { for ((n = 0; n < 300; n++)); do "$@" > /dev/null 2>&1 && return 0; sleep 0.2; done; "$@"; }
manifest() { (cd /srv/photos && find . -printf '%p %y %m %u %g %s %T@\n' | sort && find . -type f -print0 | sort -z | xargs -0 sha256sum) | sha256sum; }
pid() { systemctl show -p MainPID --value albumen; }
indexed() { albumen status --json | jq '[.volumes[].files] | add'; }
has_all() { is "$(indexed)" "$photos"; }
rating() { albumen ls -r --json /Folders | jq -c 'select(.path | endswith("/0007.jpg")) | .asset.rating' | head -n 1; }
get() { curl -sk -o /dev/null -w '%{http_code}' --max-time 60 -u "me:$password" "${1:-$base}/Folders/photos/00/0007.jpg"; }
leftovers() { find / -xdev \( -path /proc -o -path /sys -o -path /run -o -path /dev -o -path /tmp -o -path /srv -o -path /var/log -o -path /deb -o -path /root -o -path /var/cache/davfs2 \) -prune -o -print | sort; }

ip link set lo up 2> /dev/null || true
# In a container of its own there is no network to be told of anything.
if ip -o link | grep -qvE ': lo:'; then :; else ip link add lan0 type veth peer name lan1 && ip link set lan1 up && ip addr add 10.9.9.1/24 dev lan0 && ip link set lan0 up; fi

# ---- a library of somebody else --------------------------------------------------------------------------------------

groupadd -f family
useradd -g family -M anna 2> /dev/null || true
mkdir -p /srv/photos
vips gaussnoise /tmp/noise.v 320 240 2> /dev/null && vips jpegsave /tmp/noise.v /tmp/seed.jpg 2> /dev/null || ffmpeg -v error -f lavfi -i testsrc=s=320x240 -frames:v 1 /tmp/seed.jpg
for ((i = 0; i < photos; i++)); do
    ((i % 500)) || mkdir -p "/srv/photos/$(printf %02d $((i / 500)))"
    # What stands behind the end of a JPEG is no part of the picture and makes it another file.
    { cat /tmp/seed.jpg; echo "$i"; } > "/srv/photos/$(printf '%02d/%04d.jpg' $((i / 500)) "$i")"
done
chown -R anna:family /srv/photos
chmod -R u=rwX,g=rX,o= /srv/photos
before=$(manifest)
leftovers > /tmp/before

# ---- install ---------------------------------------------------------------------------------------------------------

ok "it installs" dpkg -i "$old"
ok "the service runs" until_true systemctl is-active --quiet albumen.service
ok "albumen answers root" albumen status
ok "others are told who may" bash -c 'runuser -u nobody -- albumen status 2>&1 | grep -q .; ! runuser -u nobody -- albumen status'
start=$(($(systemctl show -p ActiveEnterTimestampMonotonic --value albumen) - $(systemctl show -p InactiveExitTimestampMonotonic --value albumen)))
note "first start to READY=1: $((start / 1000)) ms"
ok "its exposure is 1.5 at most" systemd-analyze security --threshold=15 albumen.service
note "systemd-analyze security: $(systemd-analyze security albumen.service 2> /dev/null | tail -n 1)"

# ---- configure -------------------------------------------------------------------------------------------------------

adduser albumen family > /dev/null 2>&1 || usermod -aG family albumen
systemctl restart albumen
printf 'volumes:\n  - name: photos\n    path: /srv/photos\n    sidecars: mirror\nhttps: { listen: "*:1851" }\n' > /etc/albumen/conf.d/photos.yaml
first=$(pid)
ok "a configuration is applied by reload" systemctl reload albumen
ok "the volume is there" until_true bash -c 'albumen volume list --json | jq -e "select(.name == \"photos\") // (.[]? | select(.name == \"photos\"))"'
ok "all of it is indexed" albumen scan --wait
ok "and counted" has_all
ok "the library is the same after the index" is "$(manifest)" "$before"
ok "the daemon cannot write into it" nsenter -t "$(pid)" -m sh -c 'test -e /srv/photos/00/0007.jpg && ! touch /srv/photos/intruder' 

# ---- mount -----------------------------------------------------------------------------------------------------------

albumen user add me > /dev/null 2>&1
password=$(albumen app-password create me --json | jq -r .password)
ok "curl gets a photo byte by byte" bash -c "curl -sf -u 'me:$password' $base/Folders/photos/00/0007.jpg | cmp - /srv/photos/00/0007.jpg"
export RCLONE_CONFIG_NAS_TYPE=webdav RCLONE_CONFIG_NAS_URL=$base RCLONE_CONFIG_NAS_USER=me
RCLONE_CONFIG_NAS_PASS=$(rclone obscure "$password")
export RCLONE_CONFIG_NAS_PASS
ok "rclone finds every photo of a folder the same" rclone check --download NAS:Folders/photos/00 /srv/photos/00
if [ -e /dev/fuse ] && command -v mount.davfs > /dev/null; then
    mkdir -p /mnt/nas
    ok "davfs2 mounts it" bash -c "printf 'me\n$password\n' | mount -t davfs $base/ /mnt/nas && cmp /mnt/nas/Folders/photos/00/0008.jpg /srv/photos/00/0008.jpg"
    umount /mnt/nas > /dev/null 2>&1
    rmdir /mnt/nas
else note "no FUSE here, so davfs2 was not tried"; fi
if systemctl is-active --quiet avahi-daemon; then
    ok "the network is told of it" until_true bash -c 'avahi-browse -rptk _webdavs._tcp | grep -q "^=;.*;1851;.*path=/"'
else note "no avahi-daemon runs here, so its announcement was not looked for"; fi
ok "https shows a certificate of its own" bash -c 'openssl s_client -connect 127.0.0.1:1851 -CAfile <(albumen certificate --pem) -verify_return_error < /dev/null'
ok "a rating is taken" bash -c 'albumen set rating=5 /Folders/photos/00/0007.jpg'
if systemctl is-active --quiet systemd-logind; then
    ok "a shutdown waits while its sidecar does" bash -c 'for n in 1 2 3; do albumen set rating=$n /Folders/photos/00/0009.jpg; for m in $(seq 20); do systemd-inhibit --list --no-pager | grep -q Albumen && exit 0; sleep 0.1; done; done; exit 1'
    ok "and no longer" until_true bash -c '! systemd-inhibit --list --no-pager | grep -q Albumen'
else note "no systemd-logind runs here, so its inhibitor was not looked for"; fi
ok "and known" is "$(rating)" 5

# ---- reload and restart ----------------------------------------------------------------------------------------------

first=$(pid)
printf 'volumes: [{ name: x, path: /srv/x, colour: red }]\n' > /etc/albumen/conf.d/wrong.yaml
ok "a wrong configuration is refused by reload" no systemctl reload albumen
ok "with file, line and reason in the journal" bash -c "journalctl -u albumen --no-pager | grep -q \"wrong.yaml:1:.*colour\""
ok "and the daemon goes on" is "$(pid) $(get)" "$first 200"
rm /etc/albumen/conf.d/wrong.yaml
# The second door was configured while systemd had the first one open.
for door in $base https://127.0.0.1:1851; do
    (for ((n = 0; n < 100; n++)); do get $door; echo; sleep 0.05; done > /tmp/codes) &
    requests=$!
    sleep 0.3
    systemctl restart albumen
    wait $requests
    ok "of 100 requests to $door around a restart none is refused" is "$(sort /tmp/codes | uniq -c | tr -s ' ')" " 100 200"
done
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=nas.example -keyout /etc/ssl/private/nas.key -out /etc/ssl/private/nas.crt 2> /dev/null
chmod 700 /etc/ssl/private
chmod 600 /etc/ssl/private/nas.key
sed -i 's|^https:.*|https: { listen: "*:1851", certificate: /etc/ssl/private/nas.crt, key: /etc/ssl/private/nas.key }|' /etc/albumen/conf.d/photos.yaml
ok "a certificate that only root can read is taken at a reload" systemctl reload albumen
ok "and shown" until_true bash -c 'openssl s_client -connect 127.0.0.1:1851 < /dev/null 2> /dev/null | grep -q nas.example'
sed -i 's|/etc/ssl/private/nas.key|/etc/ssl/private/nas.crt|' /etc/albumen/conf.d/photos.yaml
first=$(pid)
ok "one that does not fit its key is refused" no systemctl reload albumen
ok "and the daemon goes on with the other" is "$(pid) $(get https://127.0.0.1:1851)" "$first 200"
sed -i 's|^https:.*|https: { listen: "*:1851" }|; s|listen: "127|&|' /etc/albumen/conf.d/photos.yaml
ok "and with its own again" systemctl reload albumen
until_true albumen status > /dev/null
rm /etc/ssl/private/nas.*
mkdir -p /run/systemd/system/albumen.service.d
printf '[Service]\nWatchdogSec=3\n' > /run/systemd/system/albumen.service.d/99-watch.conf
systemctl daemon-reload
systemctl restart albumen
kill -STOP "$(pid)"
ok "a daemon that hangs is started again" until_true bash -c "! kill -0 $(pid) 2> /dev/null && albumen status"
rm /run/systemd/system/albumen.service.d/99-watch.conf
systemctl daemon-reload
systemctl restart albumen
ok "a killed daemon is back by itself" bash -c 'kill -9 $(systemctl show -p MainPID --value albumen); for n in $(seq 100); do albumen status > /dev/null 2>&1 && exit 0; sleep 0.2; done; exit 1'

# ---- upgrade ---------------------------------------------------------------------------------------------------------

is_previous() { albumen status > /dev/null && systemctl show -p ExecStart albumen | grep -q albumen.previous; }
albumen backup now > /dev/null
printf 'volumes: [{ name: x, path: /srv/x, colour: red }]\n' > /etc/albumen/conf.d/wrong.yaml
first=$(pid)
ok "an upgrade with a mistake in the configuration is refused" no dpkg -i "$new"
ok "and the daemon goes on" is "$(pid) $(get)" "$first 200"
# As other packages do; the doors stay.
systemctl daemon-reload
rm /etc/albumen/conf.d/wrong.yaml
(for ((n = 0; n < 400; n++)); do get; echo; sleep 0.05; done > /tmp/codes) &
requests=$!
ok "it is upgraded" dpkg -i "$new"
wait $requests
ok "while every request is answered" is "$(sort /tmp/codes | uniq -c | tr -s ' ')" " 400 200"
ok "to the new version" is "$(dpkg-query -W -f '${Version}' albumen)" "$(dpkg-deb -f "$new" Version)"
ok "which has every photo" until_true has_all
ok "and what was said of them" is "$(rating)" 5
ok "nothing of the previous program is left" no ls -d /usr/lib/albumen.previous /usr/lib/systemd/system/albumen.service.d/90-previous.conf
ok "installed once more it is the same" dpkg -i "$new"

ok "a version that cannot take over is not configured" no dpkg -i "$broken"
ok "the previous one goes on" until_true is_previous
ok "with everything" is "$(rating) $(get)" "5 200"
systemctl restart albumen
ok "also after a restart, with what the configuration says of volumes" bash -c 'albumen status && systemctl cat albumen | grep -q "^# Volume .photos."'
ok "and the right one mends it" dpkg -i "$new"
ok "from its own place" no is_previous

ok "a version that changes the databases and then does not start is not configured" no dpkg -i "$failing"
ok "the previous one goes on" until_true is_previous
ok "with everything as it was" is "$(rating) $(get)" "5 200"
ok "and the right one mends it" dpkg -i "$new"
ok "from its own place" no is_previous

ok "an older version is refused" bash -c "! dpkg -i '$old' 2> /tmp/refused && grep -q 'older' /tmp/refused"
ok "and nothing changed" is "$(dpkg-query -W -f '${Version} ${db:Status-Status}' albumen) $(rating)" "$(dpkg-deb -f "$new" Version) installed 5"
systemctl disable --now albumen.service albumen.socket 2> /dev/null
ok "one that is switched off is upgraded" dpkg -i "$new"
ok "and stays off" no systemctl is-active albumen.service
systemctl enable --now albumen.service albumen.socket 2> /dev/null
ok "the library is the same" is "$(manifest)" "$before"
note "memory at rest: $(awk '/VmRSS/ { print int($2 / 1024) " MiB" }' "/proc/$(pid)/status")"

# ---- remove and purge ------------------------------------------------------------------------------------------------

ok "it is removed" dpkg -r albumen
ok "nothing runs or listens" bash -c '! pgrep -x albumend && ! curl -s http://127.0.0.1:1850/'
ok "the state is kept" test -s /var/lib/albumen/catalog.db
ok "and comes back with the package" bash -c "dpkg -i '$new' && for n in \$(seq 100); do albumen status > /dev/null 2>&1 && exit 0; sleep 0.2; done; exit 1"
ok "with what was said" is "$(rating)" 5
echo kept > /var/lib/albumen/inbox/letter.txt
ok "it is purged" dpkg -P albumen
ok "what nobody took from the inbox is kept" bash -c 'grep -rq kept /var/lib/albumen-inbox-*'
rm -rf /var/lib/albumen-inbox-*
leftovers > /tmp/after
# Debian keeps the users of a package; systemd and dpkg note what they did.
ok "nothing is left" is "$(comm -13 /tmp/before /tmp/after | grep -vE '^/(etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$|etc/\.pwd\.lock|var/lib/(dpkg|systemd)/|var/cache/(ldconfig|apt)/|var/tmp/systemd-private-|etc/systemd/system/.*script)' || true)" ""
ok "the library is the same at the end" is "$(manifest)" "$before"
echo "failures: $failures"
exit $((failures > 0))
