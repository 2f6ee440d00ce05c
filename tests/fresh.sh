#!/usr/bin/env bash
# README's two commands in a clean clone on a fresh Debian 12: debootstrap into a temporary folder, the machine's own
# settings for package sources copied, nothing else. As root.  usage: fresh.sh [SUITE=bookworm] [COMMAND ...]
# Ends with "N passed, N failed".
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
suite=${1:-bookworm}; shift || true
source "$root/tests/tree.sh"
passed=0 failed=0

run() { # COMMAND...: in the tree, as a new user's root would
  chroot "$tree" /usr/bin/env -u DISPLAY HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb LANG=C.UTF-8 \
    bash -c "cd /root/microflux && $*"
}

result() { # NAME STATUS
  if [ "$2" = 0 ]; then passed=$((passed + 1)); echo "ok    $1"; else failed=$((failed + 1)); echo "FAIL  $1"; fi
}

tree_up "$suite"
result "a fresh Debian ($suite)" $?
git clone -q "$root" "$tree/root/microflux"
result 'a clean clone' $?
[ $# -gt 0 ] || set -- 'deploy/demo.sh --seconds 15' 'deploy/demo.sh --kafka --seconds 20' tests/run.sh
for command in "$@"; do
  begun=$SECONDS
  run "$command" > "${tree%/tree}/out" 2>&1
  status=$?
  tail -25 "${tree%/tree}/out"
  result "$command ($((SECONDS - begun)) s)" $status
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
