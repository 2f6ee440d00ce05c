#!/usr/bin/env bash
# README's two commands in a clean clone on a fresh Debian 12: debootstrap into a temporary folder, the machine's own
# settings for package sources copied, nothing else. As root.  usage: fresh.sh [SUITE=bookworm] [COMMAND ...]
# Ends with "N passed, N failed".
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
suite=${1:-bookworm}; shift || true
tree=$(mktemp -d)/tree
passed=0 failed=0
leave() {
  for m in proc dev/pts dev sys; do mountpoint -q "$tree/$m" && umount -l "$tree/$m"; done
  rm -rf --one-file-system "${tree%/tree}"
}
trap leave EXIT

keep() { # what the machine knows of package sources and certificates, where there is any
  local path
  for path in /etc/apt/apt.conf.d /etc/apt/auth.conf.d /etc/apt/keyrings /etc/apt/sources.list.d /etc/apt/sources.list \
    /etc/pip.conf /etc/ssl/certs /etc/resolv.conf /etc/hosts ${PIP_CERT:-} ${SSL_CERT_FILE:-} ${REQUESTS_CA_BUNDLE:-}; do
    [ -e "$path" ] || continue
    mkdir -p "$tree$(dirname "$path")"
    cp -rL --remove-destination "$path" "$tree$(dirname "$path")/"
  done
  rm -f "$tree"/etc/apt/apt.conf.d/docker-* "$tree"/etc/apt/apt.conf.d/*appstream "$tree"/etc/apt/apt.conf.d/*packagekit
  mkdir -p "$tree/root/.m2"
  for path in /etc/maven/settings.xml "$HOME/.m2/settings.xml"; do [ -f "$path" ] && cp "$path" "$tree/root/.m2/settings.xml"; done
  sed -i "s/\bbookworm\b/$suite/g" "$tree"/etc/apt/sources.list* "$tree"/etc/apt/sources.list.d/* 2> /dev/null
}

run() { # COMMAND...: in the tree, as a new user's root would
  chroot "$tree" /usr/bin/env -u DISPLAY HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb LANG=C.UTF-8 \
    bash -c "cd /root/microflux && $*"
}

result() { # NAME STATUS
  if [ "$2" = 0 ]; then passed=$((passed + 1)); echo "ok    $1"; else failed=$((failed + 1)); echo "FAIL  $1"; fi
}

mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2> /dev/null | grep -oE '^(URIs: |deb ).*' | grep -oE 'https?://[^ ]+' | grep -v security | head -1)
debootstrap --variant=minbase --include=ca-certificates "$suite" "$tree" "$mirror" > "${tree%/tree}/debootstrap.log" 2>&1
result "a fresh Debian ($suite)" $?
for m in proc sys dev dev/pts; do mount --rbind "/$m" "$tree/$m" 2> /dev/null || mount --bind "/$m" "$tree/$m"; done
keep
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
