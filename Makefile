# make deps    installs what Debian offers (as root; otherwise prints the line to run)
# make build   leaves runnable out/albumend and out/albumen, manual pages in out/man and completions in out/completions
# make run     a first try on a private root, ./.albumen; LIBRARY=/path/to/photos, PORT=1850, ROOT=./.albumen
# make deb     leaves out/deb/albumen_VERSION_amd64.deb; for 'apt install'
# make test    everything; the last line is "N passed, N failed"; ALBUMEN_THOROUGH=10 tries what is left to chance ten times as often
# make bench   ratios against other tools, measured in the same run
# make lint    format, analyzers, warnings as errors

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
.PHONY: deps build run deb test bench lint clean

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
export DOTNET_SKIP_FIRST_TIME_EXPERIENCE := 1
# What the manual pages are dated by.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2> /dev/null || date +%s)
# No build server outlives the command that started it.
export MSBUILDDISABLENODEREUSE := 1
export UseSharedCompilation := false

TO_RUN := libvips42 libvips-tools libraw-bin libsqlite3-0 libsystemd0 ffmpeg libimage-exiftool-perl tzdata qrencode
TO_TEST := bash zsh fish mandoc bsdutils litmus rclone exiv2 cadaver davfs2 openssl glib-networking gvfs gvfs-backends gvfs-daemons libglib2.0-bin dbus dbus-daemon curl inotify-tools strace faketime e2fsprogs mount tmux chromium sqlite3 jq python3 procps zbar-tools avahi-daemon avahi-utils udisks2 systemd python3-dbus python3-gi iproute2 debootstrap systemd-container
TO_PACK := build-essential debhelper dpkg-dev fakeroot lintian
TO_BENCH := apache2-bin media-types nginx
PACKAGES := $(TO_RUN) $(TO_TEST) $(TO_BENCH)
# Somebody who only wants to look needs no browser and no web server. (Holds for deps too, when run asks for it.)
build run: PACKAGES := $(TO_RUN)

# One client of the tests comes from npm; without npm, or away from the net, its test is skipped and says so.
NPM_CLIENTS := if [ -d tests/clients/node_modules/webdav ] || ! command -v npm > /dev/null; then exit 0; fi; npm ci --prefix tests/clients --silent || echo "tests/clients could not be installed; a test will be skipped" >&2

SOURCES := $(shell find src config packaging/publish.proj -not \( \( -name bin -o -name obj \) -prune \) -type f) Directory.Build.props Directory.Packages.props global.json

deps:
	@missing=$$(for package in $(PACKAGES); do \
	    [ "$$(dpkg-query -W -f='$${db:Status-Status}' $$package 2> /dev/null)" = installed ] || echo -n " $$package"; done); \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ]; then echo "Missing; run as root:  apt-get install --no-install-recommends$$missing" >&2; exit 1; fi; \
	compgen -G '/var/lib/apt/lists/*Packages*' > /dev/null || apt-get update; \
	DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $$missing
	$(if $(filter litmus,$(PACKAGES)),@$(NPM_CLIENTS))

build: out/.complete

out/.complete: $(SOURCES)
	@command -v dotnet > /dev/null || { echo "The .NET 10 SDK is missing: https://dotnet.microsoft.com/download" >&2; exit 1; }
	dotnet msbuild packaging/publish.proj -verbosity:minimal
	@rm -rf out/man out/completions; mkdir -p out/completions
	@out/albumen man out/man
	@packaging/man/pages.sh out/man
	@for shell in bash zsh fish; do out/albumen completion $$shell > out/completions/albumen.$$shell; done
	@touch $@

run: deps build
	@packaging/run.sh "$(or $(ROOT),.albumen)" "$(LIBRARY)" "$(PORT)"

deb: PACKAGES := $(TO_PACK)
deb: deps
	packaging/deb.sh out/deb

test: deps build
	dotnet build tests/Albumen.Tests --configuration Release --verbosity quiet
	@ALBUMEN_PROGRAMS=$(CURDIR)/out tests/run.sh tests/Albumen.Tests/bin/Release/net10.0/linux-x64/Albumen.Tests

bench: deps build
	dotnet run --project tests/Albumen.Benchmarks --configuration Release

lint:
	dotnet format Albumen.slnx --verify-no-changes --severity warn
	dotnet build Albumen.slnx --configuration Release --verbosity quiet -warnaserror

clean:
	rm -rf out .sample .sample.partial
	find src tests -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
