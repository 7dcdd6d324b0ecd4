#!/bin/bash
# Makes the pictures of the README anew, from the sample library alone: the gallery in Chromium, the console in tmux.
# Wants what 'make deps' installs, and out/ as 'make build' leaves it.
#
# usage: packaging/pictures/make.sh [SAMPLE]      SAMPLE: a sample library that is there already
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${ALBUMEN_OUT:-$here/../../out}
for tool in chromium tmux vips python3 jq; do command -v "$tool" > /dev/null || { echo "${0##*/}: $tool is missing; 'make deps' installs it" >&2; exit 1; }; done

work=$(mktemp -d)
daemon=
finish() {
    tmux -S "$work/tmux" kill-server 2> /dev/null || true
    [ -z "$daemon" ] || { kill "$daemon" 2> /dev/null; wait "$daemon" || true; }
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

library=$(realpath -m "${1:-$work/photos}")
"$here/../sample/make-sample.sh" "$library"

# ---- an archive of its own ---------------------------------------------------------------------------------------------

albumen() { "$out/albumen" --root "$work" "$@"; }
mkdir -p "$work/etc/albumen"
cat > "$work/etc/albumen/albumen.yaml" << YAML
volumes: [{ name: photos, path: '$library', sidecars: mirror }]
http: { listen: "127.0.0.1:0" }
YAML
"$out/albumend" --root "$work" run > "$work/log" 2>&1 &
daemon=$!
for ((tries = 0; tries < 300; tries++)); do
    albumen status > /dev/null 2>&1 && break
    kill -0 "$daemon" 2> /dev/null || { cat "$work/log" >&2; exit 1; }
    sleep 0.2
done
albumen scan --wait > /dev/null || true
albumen user add anna > /dev/null
password=$(albumen app-password create anna --json | jq -r .password)
address=$(albumen mount --json | jq -r .url | head -n 1)

# ---- the gallery ---------------------------------------------------------------------------------------------------

# picture PAGE WIDTH HEIGHT FILE
picture() {
    chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-color-profile=srgb --user-data-dir="$work/chromium" --window-size="$2,$3" \
        --virtual-time-budget=15000 --screenshot="$work/page.png" "$1" > /dev/null 2>&1
    case $4 in
    *.webp) vips webpsave "$work/page.png" "$here/$4" --Q 78 --effort 6 --strip ;;
    *.png) vips pngsave "$work/page.png" "$here/$4" --palette --effort 10 --compression 9 --strip ;;
    esac
}
door=${address/:\/\//:\/\/anna:$password@}
picture "${door}Folders/photos/2023/Island%20Hopping/" 1200 746 gallery.webp

# ---- the console ---------------------------------------------------------------------------------------------------

columns=112 lines=32
at() { tmux -u -f /dev/null -S "$work/tmux" "$@"; }
at new-session -d -x $columns -y $lines "exec env -u NO_COLOR COLORTERM=truecolor TERM=tmux-256color LANG=C.UTF-8 '$out/albumen' --root '$work' console" \; set-option -g status off \; set-option -ga terminal-features ',*:RGB'

sleep 4
# The page Browse, a folder, its third photo; then the picture beside it is drawn.
for keys in 3 o "/Folders/photos/2023/Island Hopping" Enter j j; do
    at send-keys "$keys"
    sleep 2
done
sleep 5
at capture-pane -p -e | python3 "$here/terminal.py" $columns > "$work/screen.html"
picture "file://$work/screen.html" 1040 604 console.png
ls -l "$here"
