#!/bin/bash
# Starts Albumen on a root of its own, for a first try: nothing outside ROOT is written. Ctrl-C stops it.
#
# usage: run.sh ROOT [LIBRARY] [PORT]      without LIBRARY: the one ROOT knows, else a sample library made for the purpose
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${ALBUMEN_OUT:-$here/../out}
say() { echo "$*" >&2; }
fail() { say "$@"; exit 1; }

mkdir -p "$1/etc/albumen"
root=$(cd "$1" && pwd)
configuration=$root/etc/albumen/albumen.yaml
albumen() { "$out/albumen" --root "$root" "$@"; }

# ---- configuration: written once, and again only when another library or port is asked for -------------------------

port=$(sed -n 's/^http:.*listen: *"[^"]*:\([0-9]*\)".*/\1/p' "$configuration" 2> /dev/null || true)
written=$(sed -n "s/^    path: '\(.*\)'\$/\1/p;" "$configuration" 2> /dev/null | sed "s/''/'/g" || true)
if [ -n "${2:-}" ]; then
    [ -d "$2" ] || fail "LIBRARY=$2 is no folder."
    library=$(cd "$2" && pwd)
elif [ -s "$configuration" ]; then
    library=$written
else
    library=$(cd "$here/.." && pwd)/.sample
fi
[ "$library" != "$(cd "$here/.." && pwd)/.sample" ] || "$here/sample/make-sample.sh" "$library"
if [ ! -s "$configuration" ] || [ "$library" != "$written" ] || [ "${3:-$port}" != "$port" ]; then
    port=${3:-${port:-1850}}
    cat > "$configuration" << YAML
# Written by 'make run'; config/albumen.yaml explains every key there is.
volumes:
  - name: photos
    path: '${library//\'/\'\'}'
http: { listen: "127.0.0.1:$port" }
https: off
YAML
fi

# ---- the daemon ----------------------------------------------------------------------------------------------------

if albumen status > /dev/null 2>&1; then fail "Albumen is running from $root already; stop it first."; fi
if [ -n "$port" ] && (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null; then
    fail "Port $port is taken by another program; choose one with 'make run PORT=...'."
fi
# A password from before the accounts were deleted opens nothing.
[ -e "$root/var/lib/albumen/auth.db" ] || rm -f "$root/password"

log=$root/albumend.log
"$out/albumend" --root "$root" run > "$log" 2>&1 &
daemon=$!
stop() {
    trap '' INT TERM
    kill -TERM "$daemon" 2> /dev/null || true
    wait "$daemon" || true
    rm -f "$root/password.new"
}
trap stop EXIT
trap 'say; say "Stopping ..."; exit 0' INT TERM

for ((tries = 0; ; tries++)); do
    if ! kill -0 "$daemon" 2> /dev/null; then
        code=0
        wait "$daemon" || code=$?
        say "albumend stopped with exit code $code; it said:"
        tail -n 20 "$log" >&2
        exit 1
    fi
    albumen status > /dev/null 2>&1 && break
    [ $tries -lt 300 ] || fail "albumend does not answer after a minute; see $log"
    sleep 0.2
done

albumen scan --wait || say "The scan found problems; 'out/albumen --root $1 problems' lists them."

# ---- who may come in -----------------------------------------------------------------------------------------------

if [ ! -s "$root/password" ]; then
    albumen user add me > /dev/null 2>&1 || true
    (umask 077 && albumen app-password create me --json | sed -n 's/.*"password": *"\([^"]*\)".*/\1/p' > "$root/password.new")
    [ -s "$root/password.new" ] || fail "No app password could be made; see $log"
    mv "$root/password.new" "$root/password"
fi
password=$(< "$root/password")

cat << TEXT

  Albumen shows $library at

      http://127.0.0.1:$port/        user  me        password  $password

  Browser        open the address
  GNOME, KDE     dav://me@127.0.0.1:$port/   (Files: Other Locations; Dolphin: webdav://)
  Command line   gio mount dav://me@127.0.0.1:$port/
  macOS          Finder, Go, Connect to Server: http://127.0.0.1:$port/
  Windows        net use Z: http://127.0.0.1:$port/ /user:me $password
  rclone         rclone lsf :webdav: --webdav-url http://127.0.0.1:$port/ --webdav-user me --webdav-pass \$(rclone obscure $password)
  curl           curl -u me:$password http://127.0.0.1:$port/Timeline/

  Status: out/albumen --root $1 status      Log: $log
  Ctrl-C stops it; 'make run' starts it again.

TEXT
code=0
wait "$daemon" || code=$?
say "albumend stopped by itself with exit code $code; see $log"
exit "$code"
