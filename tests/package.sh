#!/usr/bin/env bash
# The Debian package is lint-free, its unit is hardened, and the program tells systemd how it is. usage: package.sh [BUILD=build-deb]
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
build=${1:-build-deb} passed=0 failed=0
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
check() { local what=$1; shift; if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL  $what"; fi; }
exposure() { systemd-analyze security --offline=true deploy/systemd/microflux@.service | grep -oE 'level for .*: [0-9.]+' | grep -oE '[0-9.]+$'; }

check 'the package is built' deploy/deb.sh "$dir" "$build"
# the address of whoever hands it on is his to give
check 'lintian finds nothing' lintian --no-cfg --suppress-tags bogus-mail-host,bogus-mail-host-in-debian-changelog --fail-on error,warning "$dir"/*.deb
check "systemd-analyze security: $(exposure), at most 2.0" awk "BEGIN { exit !($(exposure) <= 2.0) }"
check 'told: ready, alive, stopping' python3 - "$build/microflux" "$dir/notify" << 'P'
import os, signal, socket, subprocess, sys, time
ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); ear.bind(sys.argv[2]); ear.settimeout(20)
worker = subprocess.Popen([sys.argv[1], "run", "--bootstrap", "127.0.0.1:1", "--set", "http.address="], stderr=subprocess.DEVNULL,
                          env=dict(os.environ, NOTIFY_SOCKET=sys.argv[2], WATCHDOG_USEC="400000"))
heard = [ear.recv(100).decode() for _ in range(4)]
worker.send_signal(signal.SIGTERM)
while heard[-1] != "STOPPING=1": heard.append(ear.recv(100).decode())
worker.wait(20)
assert heard[:4] == ["READY=1"] + 3 * ["WATCHDOG=1"], heard
P
echo "$passed passed, $failed failed"
[ $failed = 0 ]
